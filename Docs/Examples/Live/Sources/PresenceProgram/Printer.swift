internal import Foundation

/// Standard output.
@MainActor
struct Printer {
    let printsJSON: Bool
    private let encoder = JSONEncoder()

    init(printsJSON: Bool) {
        self.printsJSON = printsJSON
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    }

    func tell(_ happening: Happening) {
        if !printsJSON {
            if !happening.text.isEmpty { write("\(Words.shown(happening.text))\n") }
        } else if let line = try? encoder.encode(happening) {
            write("\(String(decoding: line, as: UTF8.self))\n")
        }
    }

    /// Prints what is for people only.
    func show(_ text: String) {
        if !printsJSON { write("\(text)\n") }
    }

    /// Lines come out when they are written, whoever reads.
    private func write(_ text: String) {
        FileHandle.standardOutput.write(Data(text.utf8))
    }
}
