internal import Foundation
internal import StanzaKit

/// Where the password comes from.
enum Password {
    /// Takes it from the environment, or asks for it without showing what is typed.
    ///
    /// - Returns: `nil` if there is none.
    static func read(for account: BareJID) -> String? {
        if let password = ProcessInfo.processInfo.environment["PRESENCE_PASSWORD"] {
            return password
        }
        return ask("Password of \(account): ", at: "/dev/tty")
    }

    /// Asks without showing what is typed.
    ///
    /// Ctrl-C and Ctrl-Z are only characters meanwhile: a program that they end or stop would leave
    /// a terminal behind that shows nothing. Ctrl-C gives up instead.
    ///
    /// - Parameter path: The terminal. Standard input may be commands, and output may be for a
    ///   program.
    /// - Returns: `nil` if there is no terminal, or no answer.
    static func ask(_ prompt: String, at path: String) -> String? {
        guard let terminal = unsafe fopen(path, "r+") else { return nil }
        defer { _ = unsafe fclose(terminal) }
        let descriptor = unsafe fileno(terminal)
        var before = termios()
        guard unsafe tcgetattr(descriptor, &before) == 0 else { return nil }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO | ISIG)
        unsafe withUnsafeMutableBytes(of: &silent.c_cc) { unsafe $0[Int(VEOL)] = interrupt }
        guard unsafe tcsetattr(descriptor, TCSAFLUSH, &silent) == 0 else { return nil }
        defer {
            _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &before)
            _ = unsafe fputs("\n", terminal)
        }
        _ = unsafe fputs(prompt, terminal)
        _ = unsafe fflush(terminal)
        var bytes: [UInt8] = []
        while true {
            let character = unsafe fgetc(terminal)
            if character == EOF || character == CInt(interrupt) { return nil }
            if character == 0x0A { return String(validating: bytes, as: UTF8.self) }
            bytes.append(UInt8(truncatingIfNeeded: character))
        }
    }

    /// Ctrl-C.
    private static let interrupt: UInt8 = 3
}
