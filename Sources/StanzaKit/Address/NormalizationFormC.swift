/// Unicode Normalization Form C, of the same version as ``UnicodeProperties``.
enum NormalizationFormC {
    /// Normalizes `text`. Unicode Standard Annex #15.
    ///
    /// The work is linear in the length, but for runs of marks, which are sorted.
    static func normalized(_ text: [Unicode.Scalar]) -> [Unicode.Scalar] {
        guard text.contains(where: { $0.unicode.mayChangeInFormC }) else { return text }
        var decomposed: [Unicode.Scalar] = []
        decomposed.reserveCapacity(text.count + 8)
        for scalar in text { UnicodeMapping.appendDecomposition(of: scalar, to: &decomposed) }
        var classes = decomposed.map { $0.unicode.combiningClass }
        sortMarks(&decomposed, &classes)
        return composed(decomposed, classes)
    }

    /// Brings every run of marks into the order of their classes.
    private static func sortMarks(_ text: inout [Unicode.Scalar], _ classes: inout [UInt32]) {
        var start = 0
        while start < text.count {
            guard classes[start] != 0 else {
                start += 1
                continue
            }
            let end = classes[start...].firstIndex(of: 0) ?? text.count
            // The order within one class stays.
            let order = (start..<end).sorted { (classes[$0], $0) < (classes[$1], $1) }
            let (marks, markClasses) = (order.map { text[$0] }, order.map { classes[$0] })
            text.replaceSubrange(start..<end, with: marks)
            classes.replaceSubrange(start..<end, with: markClasses)
            start = end
        }
    }

    private static func composed(
        _ text: [Unicode.Scalar], _ classes: [UInt32]
    ) -> [Unicode.Scalar] {
        var result: [Unicode.Scalar] = []
        result.reserveCapacity(text.count)
        var starter: Int?
        // The class of what stands last behind the starter; `nil` where nothing does.
        var lastClass: UInt32?
        for (scalar, combiningClass) in zip(text, classes) {
            let isBlocked = lastClass.map { $0 >= combiningClass } ?? false
            if let starter, !isBlocked,
                let composed = UnicodeMapping.composition(result[starter], scalar)
            {
                result[starter] = composed
                continue
            }
            if combiningClass == 0 {
                starter = result.count
                lastClass = nil
            } else {
                lastClass = combiningClass
            }
            result.append(scalar)
        }
        return result
    }
}
