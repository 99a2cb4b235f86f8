extension DateTime: LosslessStringConvertible {
    /// Reads a moment; white space around it does not count.
    ///
    /// Fractions of a second may have any number of digits: nanoseconds are kept, the rest is cut
    /// off. `24:00:00` is the beginning of the next day, and so is a leap second, which is 23:59:60
    /// in UTC: POSIX does not count it.
    ///
    /// - Returns: `nil` for anything but the DateTime profile: without an offset, with a day that
    ///   the month does not have, before the year 0 or after 9999.
    public init?(_ description: String) {
        var reader = Reader(rest: Array(description.trimmingXMLSpace().utf8)[...])
        guard let year = reader.digits(4), reader.take("-"),
            let month = reader.digits(2, in: 1...12), reader.take("-"),
            let day = reader.digits(2, in: 1...Gregorian.days(in: month, of: year)),
            reader.take("T"),
            let hour = reader.digits(2, in: 0...24), reader.take(":"),
            let minute = reader.digits(2, in: 0...59), reader.take(":"),
            let second = reader.digits(2, in: 0...60), let nanosecond = reader.fraction(),
            let offset = reader.offset(), reader.rest.isEmpty
        else { return nil }
        if hour == 24, minute + second + nanosecond > 0 { return nil }
        let minutes = hour * 60 + minute - offset
        if second == 60, (minutes + 1) % (24 * 60) != 0 { return nil }
        let days =
            Gregorian.days(before: year) + Gregorian.days(before: month, of: year) + day - 1
            - Gregorian.daysBefore1970
        self.init(
            secondsSince1970: Int64(days) * 86_400 + Int64(minutes * 60 + second),
            nanoseconds: Int32(nanosecond))
    }

    /// The moment in UTC, with as many digits of the fraction as it takes.
    public var description: String {
        // Where `Int` has 32 bits, as on some watches, it has no room for all seconds.
        let seconds = secondsSince1970 + Int64(Gregorian.daysBefore1970) * 86_400
        let second = Int(seconds % 86_400)
        let date = Gregorian.date(of: Int(seconds / 86_400))
        let day = "\(padded(date.year, 4))-\(padded(date.month))-\(padded(date.day))"
        let time = "\(padded(second / 3600)):\(padded(second / 60 % 60)):\(padded(second % 60))"
        if nanoseconds == 0 { return "\(day)T\(time)Z" }
        var fraction = padded(Int(nanoseconds), 9)
        while fraction.last == "0" { fraction.removeLast() }
        return "\(day)T\(time).\(fraction)Z"
    }

    private func padded(_ number: Int, _ count: Int = 2) -> String {
        let digits = String(number)
        return String(repeating: "0", count: count - digits.utf8.count) + digits
    }
}

/// Reads what is left of the text of a moment.
private struct Reader {
    var rest: ArraySlice<UInt8>

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard rest.first.map(UInt32.init) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly `count` digits, of a number in `range`.
    mutating func digits(_ count: Int, in range: ClosedRange<Int> = 0...9999) -> Int? {
        let digits = rest.prefix(count)
        guard digits.count == count, digits.allSatisfy(isDigit) else { return nil }
        rest = rest.dropFirst(count)
        let number = number(digits)
        return range.contains(number) ? number : nil
    }

    /// Nanoseconds: 0 without a fraction, `nil` where the point has no digit behind it.
    mutating func fraction() -> Int? {
        guard take(".") else { return 0 }
        let digits = rest.prefix(while: isDigit)
        rest = rest.dropFirst(digits.count)
        let padding = repeatElement(UInt8(ascii: "0"), count: max(9 - digits.count, 0))
        return digits.isEmpty ? nil : number(digits.prefix(9) + padding)
    }

    /// The minutes by which a clock is ahead of UTC, at most 14 hours. XML Schema 1.1, part 2,
    /// section 3.3.7.
    mutating func offset() -> Int? {
        if take("Z") { return 0 }
        let isAhead = take("+")
        guard isAhead || take("-"), let hours = digits(2, in: 0...14), take(":"),
            let minutes = digits(2, in: 0...59), hours < 14 || minutes == 0
        else { return nil }
        return (hours * 60 + minutes) * (isAhead ? 1 : -1)
    }

    private func isDigit(_ byte: UInt8) -> Bool { 0x30...0x39 ~= byte }

    private func number(_ digits: ArraySlice<UInt8>) -> Int {
        digits.reduce(0) { $0 * 10 + Int($1 - UInt8(ascii: "0")) }
    }
}
