/// The Gregorian calendar, carried on into the years before it. Days are counted from the first of
/// the year 0, and nothing here is before that.
enum Gregorian {
    static let daysBefore1970 = days(before: 1970)

    /// The days up to the beginning of a year.
    static func days(before year: Int) -> Int {
        // The year 0 is a leap year, so those before a year are counted by rounding up.
        365 * year + (year + 3) / 4 - (year + 99) / 100 + (year + 399) / 400
    }

    /// The days from the beginning of a year to that of a month.
    static func days(before month: Int, of year: Int) -> Int {
        (1..<month).reduce(0) { $0 + days(in: $1, of: year) }
    }

    /// The days that a month has.
    static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// The date of a day.
    static func date(of day: Int) -> (year: Int, month: Int, day: Int) {
        // Of 400 years, which have 146,097 days: the year or, near its ends, the next one to it.
        var year = day * 400 / 146_097
        if days(before: year) > day { year -= 1 }
        if days(before: year + 1) <= day { year += 1 }
        var rest = day - days(before: year)
        var month = 1
        while rest >= days(in: month, of: year) {
            rest -= days(in: month, of: year)
            month += 1
        }
        return (year, month, rest + 1)
    }
}
