public import StanzaKit

extension Presence {
    /// How much the resource wants to be chosen, from −128 to 127. RFC 6121, section 4.7.2.3.
    ///
    /// Servers deliver messages to the resource with the highest; a negative one gets none that
    /// are for the bare address. It reads as 0 where nothing is said, or nothing that is such a
    /// number (``Irregularity/undefinedPriority(_:)``); of several elements the first counts.
    /// ``removePriority()`` says nothing again.
    public var priority: Int8 {
        get { element.first("priority", in: .client)?.statedPriority ?? 0 }
        set {
            element.replace(with: Element("priority", in: .client, text: String(newValue)))
        }
    }

    /// Takes the priority out, which is then 0.
    public mutating func removePriority() {
        element.removeAll("priority", in: .client)
    }
}

extension Element {
    /// What a `priority` element says; `nil` where that is no integer of eight bits.
    var statedPriority: Int8? {
        children.isEmpty ? Int8(text.trimmingXMLSpace()) : nil
    }
}
