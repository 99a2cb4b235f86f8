internal import Foundation

/// Standard output.
@MainActor
final class Printer {
    let printsJSON: Bool
    /// Called once, when nobody reads any more.
    var onLoss: (() -> Void)?
    /// Whether what is printed reaches nobody: the other end of the pipe was closed.
    private(set) var isLost = false
    private let output: FileHandle

    init(printsJSON: Bool, to output: FileHandle = .standardOutput) {
        self.printsJSON = printsJSON
        self.output = output
    }

    func tell(_ happening: Happening) {
        if !printsJSON {
            if !happening.text.isEmpty { write("\(Words.shown(happening.text))\n") }
        } else if let line = try? JSONLine.encoded(happening) {
            write("\(line)\n")
        }
    }

    /// Prints what is for people only.
    func show(_ text: String) {
        if !printsJSON { write("\(text)\n") }
    }

    /// Lines come out when they are written, whoever reads.
    private func write(_ text: String) {
        if isLost { return }
        do {
            try output.write(contentsOf: Data(text.utf8))
        } catch {
            isLost = true
            onLoss?()
        }
    }
}
