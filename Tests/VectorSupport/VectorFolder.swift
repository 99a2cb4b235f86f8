package import Foundation

/// The recordings that the tests replay: those of the repository, and those below the folders that
/// the environment variable `PRESENCEKIT_VECTORS` lists, separated by colons.
package struct VectorFolder {
    /// A sort of recording; its folder bears the name.
    package enum Kind: String, CaseIterable, Sendable {
        case roster, presence, subscription, transcripts, security, jid
        case specExamples = "spec-examples"
        case corpora
    }

    package let url: URL
    /// Whether the folder came in through the environment.
    package let isExtra: Bool

    package static var all: [VectorFolder] {
        let own = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "Vectors", directoryHint: .isDirectory)
        let extra = ProcessInfo.processInfo.environment["PRESENCEKIT_VECTORS"] ?? ""
        return [VectorFolder(url: own, isExtra: false)]
            + extra.split(separator: ":").map {
                VectorFolder(
                    url: URL(filePath: String($0), directoryHint: .isDirectory), isExtra: true)
            }
    }

    /// Every file below the folder but documentation, in a fixed order.
    package func files() throws -> [VectorFile] {
        let found = FileManager.default.enumerator(
            at: url, includingPropertiesForKeys: [.isRegularFileKey])
        guard let found else { throw JSONError(description: "no folder \(url.path())") }
        var files: [VectorFile] = []
        for case let file as URL in found where file.pathExtension != "md" {
            if try file.resourceValues(forKeys: [.isRegularFileKey]).isRegularFile == true {
                files.append(VectorFile(url: file, folder: self))
            }
        }
        return files.sorted { $0.url.path().utf8.lexicographicallyPrecedes($1.url.path().utf8) }
    }

    /// The files of one kind in all folders; those that belong to another one are not among them.
    package static func files(of kind: Kind) throws -> [VectorFile] {
        try all.flatMap { try $0.files() }.filter { $0.kind == kind && !$0.belongsToAnother }
    }
}

/// A file of recordings.
package struct VectorFile {
    package let url: URL
    package let folder: VectorFolder

    /// The nearest folder around it that is named like a kind, the given folder included.
    package var kind: VectorFolder.Kind? {
        var components = url.standardizedFileURL.pathComponents.dropLast()
        while let last = components.popLast() {
            if let kind = VectorFolder.Kind(rawValue: last) { return kind }
        }
        return nil
    }

    /// Whether another file names it, so that it counts with that one.
    package var belongsToAnother: Bool {
        let name = url.lastPathComponent
        if kind == .corpora { return false }
        return name.hasSuffix(".bin") || name.hasSuffix(".expected.json")
            || url.pathComponents.contains("inputs") || name.hasPrefix("observed-")
            || name == "crosscheck.json" || name.hasPrefix("precis-idna-classes")
    }

    /// The kind and what is below its folder, as reports name the file.
    package var name: String {
        let components = url.standardizedFileURL.pathComponents
        guard let kind, let index = components.lastIndex(of: kind.rawValue) else {
            return url.path()
        }
        return components[index...].joined(separator: "/")
    }

    package func bytes() throws -> [UInt8] { try Self.bytes(of: url) }

    package func json() throws -> JSON { try JSON(bytes()) }

    package func lines() throws -> [JSON] {
        try bytes().split(separator: 0x0A).map { try JSON(Array($0)) }
    }

    /// The bytes of a file that this one names.
    package func bytes(of name: String) throws -> [UInt8] {
        try Self.bytes(of: url.deletingLastPathComponent().appending(path: name))
    }

    /// The files beside this one whose names begin with `prefix` and end with `suffix`.
    package func companions(_ prefix: String, _ suffix: String) throws -> [URL] {
        try FileManager.default.contentsOfDirectory(
            at: url.deletingLastPathComponent(), includingPropertiesForKeys: nil
        )
        .filter { $0.lastPathComponent.hasPrefix(prefix) && $0.lastPathComponent.hasSuffix(suffix) }
        .sorted { $0.path().utf8.lexicographicallyPrecedes($1.path().utf8) }
    }

    package static func bytes(of url: URL) throws -> [UInt8] { [UInt8](try Data(contentsOf: url)) }

    /// Prints the one line that every replayed file gets.
    package func report(vectors: Int, steps: Int, note: String = "") {
        print(
            "replayed \(vectors) vectors, \(steps) steps: \(name)\(note.isEmpty ? "" : " (\(note))")"
        )
    }
}
