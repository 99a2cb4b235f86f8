import Foundation
import InteropSessions

// Fifty clients on the server that the environment names, for as many minutes as the argument says;
// see `Tests/Interop/soak`.
guard let server = try Server.named() else {
    print("NO SERVER: nothing was tried; Tests/Interop/soak starts servers and this")
    exit(2)
}
let minutes = CommandLine.arguments.dropFirst().first.flatMap(Double.init) ?? 10
let crowd = try await Crowd(server)
try await crowd.run(for: .seconds(minutes * 60))
let isGood = try await crowd.compare()
exit(isGood ? 0 : 1)
