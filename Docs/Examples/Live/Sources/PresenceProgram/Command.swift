internal import PresenceKit
internal import StanzaKit

/// What somebody asks for in one line.
enum Command {
    case add(BareJID, name: String?, groups: [String])
    case remove(BareJID)
    case rename(BareJID, String?)
    case group(BareJID, [String])
    case ungroup(BareJID, [String])
    case subscribe(BareJID, reason: String?)
    case approve(BareJID)
    case deny(BareJID)
    case unsubscribe(BareJID)
    case cancel(BareJID)
    case status(Presence)
    case join(BareJID, nick: String, password: String?)
    case leave(BareJID)
    case probe(JID)
    case wait(Duration)
    case roster
    case help
    case quit

    static let overview = """
        add JID [NAME [GROUP...]]     put somebody into the roster
        remove JID                    take somebody out, with all subscriptions
        rename JID [NAME]             call somebody otherwise, or nothing
        group JID GROUP...            put somebody into groups
        ungroup JID GROUP...          take somebody out of groups
        subscribe JID [REASON]        ask to see somebody's presence
        unsubscribe JID               see it no more
        approve JID                   let somebody see your presence
        deny JID                      answer a request with no
        cancel JID                    let somebody see it no more
        status SHOW [TEXT]            online, chat, away, xa, dnd or offline
        join ROOM NICK [PASSWORD]     enter a room
        leave ROOM                    leave a room
        probe JID                     ask for somebody's presence
        wait SECONDS                  do nothing for a while, in a script
        roster                        print the roster
        help, quit
        A NAME or GROUP with blanks goes between double quotes.
        """

    /// Why a line is no command.
    struct Problem: Error, CustomStringConvertible {
        let description: String

        init(_ description: String) { self.description = description }
    }

    /// Reads a line; `nil` for one that is empty or begins with `#`.
    init?(_ line: String) throws(Problem) {
        var words = try Words.split(line)[...]
        guard let verb = words.popFirst(), !verb.hasPrefix("#") else { return nil }
        let command: Command
        switch verb {
        case "add":
            command = .add(
                try Self.bare(&words), name: words.popFirst(), groups: Self.rest(&words))
        case "remove": command = .remove(try Self.bare(&words))
        case "rename": command = .rename(try Self.bare(&words), Self.text(&words))
        case "group": command = .group(try Self.bare(&words), try Self.groups(&words))
        case "ungroup": command = .ungroup(try Self.bare(&words), try Self.groups(&words))
        case "subscribe": command = .subscribe(try Self.bare(&words), reason: Self.text(&words))
        case "unsubscribe": command = .unsubscribe(try Self.bare(&words))
        case "approve": command = .approve(try Self.bare(&words))
        case "deny": command = .deny(try Self.bare(&words))
        case "cancel": command = .cancel(try Self.bare(&words))
        case "status": command = .status(try Self.presence(&words))
        case "join":
            command = .join(
                try Self.bare(&words), nick: try Self.word("a nick", &words),
                password: words.popFirst())
        case "leave": command = .leave(try Self.bare(&words))
        case "probe": command = .probe(try Self.address(&words))
        case "wait": command = .wait(try Self.duration(&words))
        case "roster": command = .roster
        case "help", "?": command = .help
        case "quit", "exit": command = .quit
        default: throw Problem("There is no command '\(verb)'; 'help' lists them.")
        }
        if let word = words.first { throw Problem("'\(word)' is too much.") }
        self = command
    }
}

// MARK: Arguments

extension Command {
    private static func word(
        _ what: String, _ words: inout ArraySlice<String>
    ) throws(Problem) -> String {
        guard let word = words.popFirst() else { throw Problem("\(what) is missing.") }
        return word
    }

    private static func address(_ words: inout ArraySlice<String>) throws(Problem) -> JID {
        let text = try word("An address", &words)
        do throws(JIDError) {
            return try JID(validating: text)
        } catch {
            throw Problem("'\(text)' is no address: \(error)")
        }
    }

    private static func bare(_ words: inout ArraySlice<String>) throws(Problem) -> BareJID {
        try address(&words).bare
    }

    private static func groups(_ words: inout ArraySlice<String>) throws(Problem) -> [String] {
        [try word("A group", &words)] + rest(&words)
    }

    private static func rest(_ words: inout ArraySlice<String>) -> [String] {
        defer { words = [] }
        return Array(words)
    }

    private static func text(_ words: inout ArraySlice<String>) -> String? {
        words.isEmpty ? nil : rest(&words).joined(separator: " ")
    }

    private static func presence(_ words: inout ArraySlice<String>) throws(Problem) -> Presence {
        let word = try word("A status", &words)
        let show = Presence.Show(rawValue: word)
        if show == nil && word != "online" && word != "offline" {
            throw Problem("A status is online, chat, away, xa, dnd or offline.")
        }
        return Presence(
            type: word == "offline" ? .unavailable : .available, show: show, status: text(&words))
    }

    private static func duration(_ words: inout ArraySlice<String>) throws(Problem) -> Duration {
        guard let seconds = Double(try word("A number", &words)), (0...86400).contains(seconds)
        else { throw Problem("That is no number of seconds.") }
        return .seconds(seconds)
    }
}
