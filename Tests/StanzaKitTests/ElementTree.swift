import StanzaKit
import VectorSupport
import XCTest

/// Elements as the vectors print them: `["{ns}local", {attribute: value}, [children]]`.
enum ElementTree {
    /// The tree as JSON without white space and with everything beyond ASCII escaped.
    static func text(_ element: Element) -> String {
        let attributes = element.attributes
            .map { (name($0.name), $0.value) }
            .sorted { $0.0.utf8.lexicographicallyPrecedes($1.0.utf8) }
            .map { "\(quoted($0.0)):\(quoted($0.1))" }
        let content = element.content.map { node in
            switch node {
            case .element(let child): text(child)
            case .text(let run): quoted(run)
            }
        }
        let tag = quoted(name(AttributeName(element.name, in: element.namespace)))
        return "[\(tag),{\(attributes.joined(separator: ","))},[\(content.joined(separator: ","))]]"
    }

    /// A value of the vectors in the same form.
    static func text(_ json: JSON) -> String {
        switch json {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .number(let value): value
        case .string(let value): quoted(value)
        case .array(let values): "[\(values.map { text($0) }.joined(separator: ","))]"
        case .object(let members):
            "{\(members.map { "\(quoted($0.key)):\(text($0.value))" }.joined(separator: ","))}"
        }
    }

    /// The element that a vector describes; the nested form is built in one pass, as deep as it
    /// says.
    static func build(_ json: JSON) throws -> Element {
        guard let nest = json["nest"] else {
            var element = try emptyElement(json)
            for child in try XCTUnwrap(json["children"]?.array) {
                if let text = child.string {
                    element.append(text)
                } else {
                    element.append(try build(child))
                }
            }
            return element
        }
        let outer = try emptyElement(nest)
        var builder = Element.Builder(outer.name, in: outer.namespace)
        for _ in 1..<(try XCTUnwrap(json["depth"]?.int)) {
            builder.open(outer.name, in: outer.namespace)
        }
        return builder.finish()
    }

    private static func emptyElement(_ json: JSON) throws -> Element {
        let namespace = XMLNamespace(rawValue: try XCTUnwrap(json["ns"]?.string))
        var element = Element(try XCTUnwrap(json["name"]?.string), in: namespace)
        for (key, value) in try XCTUnwrap(json["attrs"]?.members) {
            let parts = key.split(separator: "}", maxSplits: 1)
            let name =
                key.hasPrefix("{")
                ? AttributeName(
                    String(parts[1]), in: XMLNamespace(rawValue: String(parts[0].dropFirst())))
                : AttributeName(key)
            element[name] = try XCTUnwrap(value.string)
        }
        return element
    }

    private static func name(_ name: AttributeName) -> String {
        name.namespace == .empty ? name.name : "{\(name.namespace.rawValue)}\(name.name)"
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for unit in text.utf16 {
            switch unit {
            case 0x22: result += "\\\""
            case 0x5C: result += "\\\\"
            case 0x08: result += "\\b"
            case 0x09: result += "\\t"
            case 0x0A: result += "\\n"
            case 0x0C: result += "\\f"
            case 0x0D: result += "\\r"
            case 0x20...0x7E: result.unicodeScalars.append(Unicode.Scalar(UInt8(unit)))
            default:
                let digits = String(unit, radix: 16)
                result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            }
        }
        return result + "\""
    }
}
