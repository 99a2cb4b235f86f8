import Foundation
import XCTest

@testable import PresenceProgram

/// Plays the person at a terminal.
final class PasswordTests: XCTestCase {
    /// The two ends of a terminal: what a person sees and types, and what a program opens.
    private struct Terminal {
        let person: FileHandle
        /// Held open, so that the terminal stays when the program has closed it.
        let program: FileHandle
        let path: String

        init() throws {
            var person: CInt = -1
            var program: CInt = -1
            var name = [CChar](repeating: 0, count: 256)
            guard unsafe openpty(&person, &program, &name, nil, nil) == 0 else {
                throw XCTSkip("there are no terminals here")
            }
            self.person = FileHandle(fileDescriptor: person, closeOnDealloc: true)
            self.program = FileHandle(fileDescriptor: program, closeOnDealloc: true)
            let bytes = name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            path = String(decoding: bytes, as: UTF8.self)
        }

        func settings() throws -> termios {
            var settings = termios()
            guard unsafe tcgetattr(person.fileDescriptor, &settings) == 0 else {
                throw CocoaError(.fileReadUnknown)
            }
            return settings
        }

        /// Reads until `text` was shown.
        func read(until text: String) -> String {
            var shown = ""
            while !shown.contains(text) {
                let data = person.availableData
                if data.isEmpty { break }
                shown += String(decoding: data, as: UTF8.self)
            }
            return shown
        }
    }

    /// - Returns: The password, and what was shown behind the prompt.
    private func answer(_ typed: [UInt8]) async throws -> (password: String?, shown: String) {
        let terminal = try Terminal()
        let before = try terminal.settings()
        let path = terminal.path
        async let password = Self.ask(path)
        _ = terminal.read(until: "Password: ")
        try terminal.person.write(contentsOf: Data(typed))
        let shown = terminal.read(until: "\n")
        let answer = await password
        XCTAssertEqual(
            try terminal.settings().c_lflag, before.c_lflag, "it shows again what is typed")
        return (answer, shown)
    }

    @concurrent
    private static func ask(_ path: String) async -> String? {
        Password.ask("Password: ", at: path)
    }

    func testWhatIsTypedIsNotShown() async throws {
        let (password, shown) = try await answer(Array("pässword \n".utf8))
        XCTAssertEqual(password, "pässword ")
        XCTAssertEqual(shown, "\r\n")
    }

    func testTheTerminalShowsAgainWhatIsTypedAfterCtrlC() async throws {
        let (password, shown) = try await answer(Array("secr".utf8) + [3])
        XCTAssertNil(password)
        XCTAssertEqual(shown, "\r\n")
    }

    func testTheEndOfInputAndWhatIsNoTextAreNoPassword() async throws {
        let ended = try await answer([4])
        XCTAssertNil(ended.password)
        let broken = try await answer([0xFF, 0x0A])
        XCTAssertNil(broken.password)
    }

    func testWithoutATerminalThereIsNoPassword() {
        XCTAssertNil(Password.ask("Password: ", at: "/dev/null"))
        XCTAssertNil(Password.ask("Password: ", at: "/nowhere/at/all"))
    }
}
