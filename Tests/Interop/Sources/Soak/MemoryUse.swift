import Foundation

/// What the process takes of memory, sampled every two seconds.
final class MemoryUse: CustomStringConvertible {
    private var samples: [(time: Duration, kilobytes: Int)] = []

    /// Takes a sample, if it is time for one.
    func sample(at time: Duration) {
        if let last = samples.last, time < last.time + .seconds(2) { return }
        if let resident = Self.resident { samples.append((time, resident)) }
    }

    /// The resident set of this process in kB; `nil` where there is no `/proc`.
    private static var resident: Int? {
        guard let status = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8),
            let line = status.split(separator: "\n").first(where: { $0.hasPrefix("VmRSS:") })
        else { return nil }
        return line.split(separator: " ").compactMap { Int($0) }.first
    }

    /// The median of the samples between two parts of the whole time.
    private func median(from: Double, to: Double) -> Int {
        let part = samples[Int(Double(samples.count) * from)..<Int(Double(samples.count) * to)]
        return part.map(\.kilobytes).sorted()[safe: part.count / 2] ?? 0
    }

    /// Whether the last third took no more than the second, but for a tenth and two megabytes: the
    /// first is when rosters are filled.
    var isFlat: Bool {
        median(from: 2 / 3, to: 1) <= median(from: 1 / 3, to: 2 / 3) * 11 / 10 + 2048
    }

    var description: String {
        let all = samples.map(\.kilobytes)
        let thirds = (0..<3).map { median(from: Double($0) / 3, to: Double($0 + 1) / 3) / 1024 }
        return """
            memory: \((all.first ?? 0) / 1024) MB at first, \((all.max() ?? 0) / 1024) MB at most; \
            medians of the thirds \(thirds) MB
            """
    }
}

extension Array {
    fileprivate subscript(safe index: Int) -> Element? {
        indices.contains(index) ? self[index] : nil
    }
}
