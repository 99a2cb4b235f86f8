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
        // Standard input may be commands, and output may be for a program.
        guard let terminal = unsafe fopen("/dev/tty", "r+") else { return nil }
        defer { _ = unsafe fclose(terminal) }
        let descriptor = unsafe fileno(terminal)
        var before = termios()
        guard unsafe tcgetattr(descriptor, &before) == 0 else { return nil }
        var silent = before
        silent.c_lflag &= ~tcflag_t(ECHO)
        _ = unsafe fputs("Password of \(account): ", terminal)
        _ = unsafe fflush(terminal)
        guard unsafe tcsetattr(descriptor, TCSAFLUSH, &silent) == 0 else { return nil }
        defer {
            _ = unsafe tcsetattr(descriptor, TCSAFLUSH, &before)
            _ = unsafe fputs("\n", terminal)
        }
        var line = [CChar](repeating: 0, count: 2048)
        guard unsafe fgets(&line, CInt(line.count), terminal) != nil else { return nil }
        let bytes = line.prefix { $0 != 0 && $0 != 0x0A }.map { UInt8(bitPattern: $0) }
        return String(validating: bytes, as: UTF8.self)
    }
}
