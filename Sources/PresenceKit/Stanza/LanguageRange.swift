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
            var range = Array(normal(range).string.utf8)[...]
            while !range.isEmpty {
                if let place = tags.firstIndex(where: { $0[...] == range })
                    ?? tags.firstIndex(where: { $0.starts(with: range + [hyphen]) })
                {
                    return place
                }
                range = shortened(range)
            }
        }
        return nil
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
