/// One way through the corpus, run once with checks and then as often as told, so that the
/// difference of two runs under valgrind is the cost of the passes alone.
///
///     Benchmark MODE FILE PASSES
///
/// Prints what the checked pass saw; a mode and its floor must print the same.
@main
struct Benchmark {
    static func main() throws {
        let arguments = CommandLine.arguments
        guard arguments.count == 4, let mode = Mode(rawValue: arguments[1]),
            let passes = Int(arguments[3])
        else {
            let modes = Mode.allCases.map(\.rawValue).joined(separator: "|")
            print("usage: Benchmark \(modes) FILE PASSES")
            return
        }
        let file = try readFile(arguments[2])
        switch mode {
        case .parseFloor: print(try ParseBenchmark(stream: file).runFloor(passes: passes))
        case .parse: print(try ParseBenchmark(stream: file).run(passes: passes))
        case .serializeFloor: print(try SerializeBenchmark(lines: file).runFloor(passes: passes))
        case .serialize: print(try SerializeBenchmark(lines: file).run(passes: passes))
        case .address: print(try AddressBenchmark().run(passes: passes))
        case .addressBeyondASCII: print(try AddressBenchmark().runBeyondASCII(passes: passes))
        case .lookup: print(try AddressBenchmark().runLookup(passes: passes))
        case .rosterLookup: print(try AddressBenchmark().runRosterLookup(passes: passes))
        case .lookupBeyondASCII: print(try AddressBenchmark().runLookupBeyondASCII(passes: passes))
        }
    }

    enum Mode: String, CaseIterable {
        case parseFloor = "parse-floor"
        case parse
        case serializeFloor = "serialize-floor"
        case serialize
        case address
        case addressBeyondASCII = "address-beyond-ascii"
        case lookup
        case rosterLookup = "roster-lookup"
        case lookupBeyondASCII = "lookup-beyond-ascii"
    }
}

/// Why a benchmark means nothing.
struct BenchmarkError: Error {
    var reason: String
}
