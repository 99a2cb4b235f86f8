extension String {
    /// The text without white space of XML around it.
    package func trimmingXMLSpace() -> Substring {
        // Hardly any text has it.
        if let first = utf8.first, let last = utf8.last, !first.isXMLSpace, !last.isXMLSpace {
            return self[...]
        }
        guard let first = utf8.firstIndex(where: { !$0.isXMLSpace }),
            let last = utf8.lastIndex(where: { !$0.isXMLSpace })
        else { return "" }
        return self[first...last]
    }

    /// The words between white space of XML.
    func splitAtXMLSpace() -> [String] {
        utf8.split(whereSeparator: \.isXMLSpace).map { String(Substring($0)) }
    }
}

extension UInt8 {
    fileprivate var isXMLSpace: Bool {
        self == 0x20 || self == 0x0A || self == 0x09 || self == 0x0D
    }
}
