/// SHA-256, for vectors that give the digest of a tree in place of the tree. FIPS 180-4.
package enum SHA256 {
    package static func hexDigest(of message: [UInt8]) -> String {
        var padded = message
        padded.append(0x80)
        while padded.count % 64 != 56 { padded.append(0) }
        for shift in stride(from: 56, through: 0, by: -8) {
            padded.append(UInt8(truncatingIfNeeded: (UInt64(message.count) * 8) >> UInt64(shift)))
        }
        var state = initialState
        for block in stride(from: 0, to: padded.count, by: 64) {
            compress(padded[block..<block + 64], into: &state)
        }
        return state.map { word in
            let digits = String(word, radix: 16)
            return String(repeating: "0", count: 8 - digits.count) + digits
        }.joined()
    }

    private static func compress(_ block: ArraySlice<UInt8>, into state: inout [UInt32]) {
        var words: [UInt32] = []
        for index in stride(from: block.startIndex, to: block.endIndex, by: 4) {
            words.append(block[index..<index + 4].reduce(0) { $0 << 8 | UInt32($1) })
        }
        for index in 16..<64 {
            let (a, b) = (words[index - 15], words[index - 2])
            let s0 = rotate(a, 7) ^ rotate(a, 18) ^ a >> 3
            let s1 = rotate(b, 17) ^ rotate(b, 19) ^ b >> 10
            words.append(words[index - 16] &+ s0 &+ words[index - 7] &+ s1)
        }
        var work = state
        for index in 0..<64 {
            let s1 = rotate(work[4], 6) ^ rotate(work[4], 11) ^ rotate(work[4], 25)
            let choice = (work[4] & work[5]) ^ (~work[4] & work[6])
            let first = work[7] &+ s1 &+ choice &+ constants[index] &+ words[index]
            let s0 = rotate(work[0], 2) ^ rotate(work[0], 13) ^ rotate(work[0], 22)
            let majority = (work[0] & work[1]) ^ (work[0] & work[2]) ^ (work[1] & work[2])
            work.removeLast()
            work[3] = work[3] &+ first
            work.insert(first &+ s0 &+ majority, at: 0)
        }
        for index in 0..<8 { state[index] = state[index] &+ work[index] }
    }

    private static func rotate(_ word: UInt32, _ count: UInt32) -> UInt32 {
        word >> count | word << (32 - count)
    }

    private static let primes: [Int] = (2...311).filter { candidate in
        !(2..<candidate).contains { candidate % $0 == 0 }
    }

    /// The first 32 bits of the fractional parts of the roots of the first primes.
    private static let initialState = primes.prefix(8).map { fraction(Double($0).squareRoot()) }
    private static let constants = primes.prefix(64).map { cubeRootFraction($0) }

    private static func fraction(_ value: Double) -> UInt32 {
        UInt32((value - value.rounded(.down)) * 4_294_967_296)
    }

    /// By bisection over integers: floor(cbrt(prime) * 2^32) mod 2^32.
    private static func cubeRootFraction(_ prime: Int) -> UInt32 {
        var (low, high) = (UInt64(1) << 32, UInt64(8) << 32)
        while high - low > 1 {
            let middle = (low + high) / 2
            let wide = UInt128(middle)
            if wide * wide * wide <= UInt128(prime) << 96 { low = middle } else { high = middle }
        }
        return UInt32(truncatingIfNeeded: low)
    }
}
