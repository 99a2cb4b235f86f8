internal import StanzaKit

/// How one of several texts is chosen by its language. RFC 4647.
enum LanguageRange {
    /// A language tag as it is compared: letters of ASCII in lower case.
    static func normal(_ tag: String) -> ExactText {
        ExactText(
            String(
                decoding: tag.utf8.map { (0x41...0x5A).contains($0) ? $0 | 0x20 : $0 },
                as: UTF8.self))
    }

    /// Which of the tags is the best for somebody who wants `ranges`, the first most of all; `nil`
    /// if none fits.
    ///
    /// A range is looked up as in section 3.4: as it is, then without its last subtag, and so on.
    /// At each step a tag that only says more than the range fits where no exact one does, as in
    /// section 3.3.1.
    static func firstMatch(of ranges: [String], in tags: [String?]) -> Int? {
        if ranges.isEmpty { return nil }
        let tags = tags.map { Array($0.map(normal)?.string.utf8 ?? "".utf8) }
        for range in ranges {
            if let place = firstMatch(of: Array(normal(range).string.utf8), in: tags) {
                return place
            }
        }
        return nil
    }

    /// The tag that fits at the earliest step.
    ///
    /// Anybody may send tags of very many subtags, so no step looks at all tags again: the work is
    /// linear in the length of all.
    private static func firstMatch(of range: [UInt8], in tags: [[UInt8]]) -> Int? {
        let steps = longestSteps(of: range)
        var best: (place: Int, length: Int, isExact: Bool)?
        for (place, tag) in tags.enumerated() {
            let length = steps[sharedLength(of: tag, and: range)]
            let isExact = length == tag.count
            let known = best?.length ?? 0
            if length > known || length == known && isExact && best?.isExact == false {
                best = (place, length, isExact)
            }
        }
        return best?.place
    }

    /// For every length the longest step of the look-up that is not longer; 0 where there is none.
    private static func longestSteps(of range: [UInt8]) -> [Int] {
        var steps = Array(repeating: 0, count: range.count + 1)
        var rest = range[...]
        while !rest.isEmpty {
            steps[rest.count] = rest.count
            rest = shortened(rest)
        }
        for length in steps.indices.dropFirst() where steps[length] == 0 {
            steps[length] = steps[length - 1]
        }
        return steps
    }

    /// How much of both is the same, in whole subtags.
    private static func sharedLength(of tag: [UInt8], and range: [UInt8]) -> Int {
        let length = zip(tag, range).prefix { $0 == $1 }.count
        let endsBoth = [tag, range].allSatisfy { $0.count == length || $0[length] == hyphen }
        return endsBoth ? length : tag[..<length].lastIndex(of: hyphen) ?? 0
    }

    private static let hyphen = UInt8(ascii: "-")

    /// The range without its last subtag, and without a single letter that then comes last.
    private static func shortened(_ range: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
        guard let end = range.lastIndex(of: hyphen) else { return [] }
        let rest = range[..<end]
        let last = rest.lastIndex(of: hyphen).map { $0 + 1 } ?? rest.startIndex
        let lastLength = rest.endIndex - last
        return lastLength == 1 ? rest.dropLast(2) : rest
    }
}
