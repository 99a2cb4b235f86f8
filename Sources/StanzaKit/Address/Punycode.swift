/// The ASCII form of a label without its prefix. RFC 3492.
///
/// Both ways give up on what fits no label, so that neither takes long on anything.
enum Punycode {
    /// The longest text that fits into a label of 63 octets behind `xn--`.
    static let maximumLength = 59

    private static let (base, tmin, tmax, skew, damp) =
        (36 as UInt32, 1 as UInt32, 26 as UInt32, 38 as UInt32, 700 as UInt32)
    private static let (initialBias, initialScalar) = (72 as UInt32, 128 as UInt32)

    /// The text that `encoded` stands for; `nil` where it stands for none. Letters are in lower
    /// case.
    static func decoded(_ encoded: ArraySlice<UInt8>) -> [Unicode.Scalar]? {
        guard encoded.count <= maximumLength else { return nil }
        var output: [Unicode.Scalar] = []
        var rest = encoded
        if let delimiter = encoded.lastIndex(of: .hyphen) {
            output = encoded[..<delimiter].map { Unicode.Scalar($0) }
            rest = encoded[encoded.index(after: delimiter)...]
            // The delimiter is there only where something stands in front of it.
            guard !output.isEmpty, output.allSatisfy({ $0.isASCII }) else { return nil }
        }
        var (next, index, bias) = (initialScalar, 0 as UInt32, initialBias)
        while !rest.isEmpty {
            let (old, count) = (index, UInt32(output.count) + 1)
            guard let delta = number(&rest, bias) else { return nil }
            let (sum, overflow) = index.addingReportingOverflow(delta)
            if overflow { return nil }
            bias = adapted(sum - old, count, isFirst: old == 0)
            let (value, isTooLarge) = next.addingReportingOverflow(sum / count)
            guard !isTooLarge, let scalar = Unicode.Scalar(value) else { return nil }
            next = value
            index = sum % count
            output.insert(scalar, at: Int(index))
            index += 1
        }
        return output
    }

    /// The ASCII form of `text`; `nil` where it is longer than a label.
    static func encoded(_ text: ArraySlice<Unicode.Scalar>) -> [UInt8]? {
        // Each scalar becomes one octet or more.
        guard text.count <= maximumLength else { return nil }
        var output = text.compactMap { $0.isASCII ? UInt8($0.value) : nil }
        var handled = UInt32(output.count)
        if handled > 0 { output.append(.hyphen) }
        let basicCount = handled
        var (next, delta, bias) = (initialScalar, 0 as UInt32, initialBias)
        while handled < text.count {
            var smallest = UInt32.max
            for scalar in text where scalar.value >= next {
                smallest = min(smallest, scalar.value)
            }
            // At most 59 scalars below 2^21: this fits.
            delta += (smallest - next) * (handled + 1)
            next = smallest
            for scalar in text {
                if scalar.value < next { delta += 1 }
                if scalar.value != next { continue }
                append(delta, bias, to: &output)
                bias = adapted(delta, handled + 1, isFirst: handled == basicCount)
                delta = 0
                handled += 1
            }
            delta += 1
            next += 1
        }
        return output.count <= maximumLength ? output : nil
    }

    private static func threshold(_ position: UInt32, _ bias: UInt32) -> UInt32 {
        position <= bias ? tmin : min(max(position - bias, tmin), tmax)
    }

    /// Takes one number off the front of `digits`; `nil` where none is there, or too large a one.
    private static func number(
        _ digits: inout ArraySlice<UInt8>, _ bias: UInt32
    ) -> UInt32? {
        var (number, weight, position) = (0 as UInt32, 1 as UInt32, base)
        while let digit = digits.popFirst().flatMap(value) {
            let (product, overflow) = digit.multipliedReportingOverflow(by: weight)
            let (sum, isTooLarge) = number.addingReportingOverflow(product)
            if overflow || isTooLarge { return nil }
            number = sum
            let threshold = threshold(position, bias)
            if digit < threshold { return number }
            let (next, isTooHeavy) = weight.multipliedReportingOverflow(by: base - threshold)
            if isTooHeavy { return nil }
            weight = next
            position += base
        }
        return nil
    }

    private static func value(_ letter: UInt8) -> UInt32? {
        switch letter {
        case 0x61...0x7A: UInt32(letter - 0x61)
        case 0x30...0x39: UInt32(letter - 0x30) + 26
        default: nil
        }
    }

    private static func append(_ delta: UInt32, _ bias: UInt32, to output: inout [UInt8]) {
        var (rest, position) = (delta, base)
        while true {
            let threshold = threshold(position, bias)
            if rest < threshold { break }
            output.append(letter(threshold + (rest - threshold) % (base - threshold)))
            rest = (rest - threshold) / (base - threshold)
            position += base
        }
        output.append(letter(rest))
    }

    private static func letter(_ digit: UInt32) -> UInt8 {
        UInt8(digit < 26 ? 0x61 + digit : 0x30 + digit - 26)
    }

    private static func adapted(_ delta: UInt32, _ count: UInt32, isFirst: Bool) -> UInt32 {
        var delta = isFirst ? delta / damp : delta / 2
        delta += delta / count
        var position: UInt32 = 0
        while delta > (base - tmin) * tmax / 2 {
            delta /= base - tmin
            position += base
        }
        return position + (base - tmin + 1) * delta / (delta + skew)
    }
}
