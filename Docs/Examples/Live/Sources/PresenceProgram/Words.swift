/// Text that people write and read.
enum Words {
    /// The words of a line. Between double quotes blanks count, and `\` takes the next character as
    /// it is.
    static func split(_ line: String) throws(Command.Problem) -> [String] {
        var words: [String] = []
        var word: String?
        var isQuoted = false
        var rest = Substring(line)
        while let character = rest.popFirst() {
            switch character {
            case "\"":
                isQuoted.toggle()
                word = word ?? ""
            case "\\":
                guard let next = rest.popFirst() else {
                    throw Command.Problem("There is nothing behind the last backslash.")
                }
                word = (word ?? "") + String(next)
            case _ where character.isWhitespace && !isQuoted:
                if let done = word { words.append(done) }
                word = nil
            default: word = (word ?? "") + String(character)
            }
        }
        if isQuoted { throw Command.Problem("A quotation mark is missing.") }
        if let word { words.append(word) }
        return words
    }

    /// What others wrote, as it may be shown on a terminal: on one line, without what would move
    /// the cursor or turn the rest of the line round.
    static func shown(_ text: String) -> String {
        var shown = ""
        for scalar in text.unicodeScalars {
            switch scalar.properties.generalCategory {
            case .control, .lineSeparator, .paragraphSeparator: shown += " "
            case .format where !isJoiner(scalar): continue
            default: shown.unicodeScalars.append(scalar)
            }
        }
        return shown
    }

    /// What letters and emoji are put together with.
    private static func isJoiner(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\u{200C}" || scalar == "\u{200D}"
    }
}
