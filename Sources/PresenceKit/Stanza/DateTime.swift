/// A moment, as extensions of XMPP write it: `2002-09-10T23:08:25.5Z`. XEP-0082, section 3.2.
///
/// ```swift
/// if let since = presence.idleSince, let now = DateTime(secondsSince1970: seconds) {
///     print("idle for", now - since)
/// }
/// ```
///
/// It is exact, from the year 0 to 9999 and down to a nanosecond, and needs no Foundation:
/// `Date(timeIntervalSince1970: moment.timeIntervalSince1970)` is the way there. An offset from UTC
/// is applied and forgotten, so that it can be neither compared nor passed on: it tells where
/// somebody is.
public struct DateTime: Sendable, Hashable {
    /// Whole seconds since the beginning of 1970 in UTC, rounded down; leap seconds do not count,
    /// as in POSIX.
    public let secondsSince1970: Int64
    /// What is to be added, from 0 to 999,999,999.
    public let nanoseconds: Int32

    /// The moment so many seconds after the beginning of 1970 in UTC.
    ///
    /// - Parameters:
    ///   - secondsSince1970: Seconds, without leap seconds; before 1970 negative.
    ///   - nanoseconds: What is to be added, from 0 to 999,999,999.
    /// - Returns: `nil` before the year 0 and after 9999, and for nanoseconds beyond a second.
    public init?(secondsSince1970: Int64, nanoseconds: Int32 = 0) {
        guard Self.range.contains(secondsSince1970), 0..<1_000_000_000 ~= nanoseconds
        else { return nil }
        self.secondsSince1970 = secondsSince1970
        self.nanoseconds = nanoseconds
    }

    /// The seconds since the beginning of 1970 in UTC, as near as the type allows.
    public var timeIntervalSince1970: Double {
        Double(secondsSince1970) + Double(nanoseconds) / 1e9
    }

    /// The time from `right` to `left`; negative if `left` comes first.
    public static func - (left: DateTime, right: DateTime) -> Duration {
        .seconds(left.secondsSince1970 - right.secondsSince1970)
            + .nanoseconds(left.nanoseconds - right.nanoseconds)
    }

    /// From the year 0 on, before 10000.
    private static let range = {
        let days = { Int64(Gregorian.days(before: $0) - Gregorian.daysBefore1970) }
        return days(0) * 86_400..<days(10_000) * 86_400
    }()
}

extension DateTime: Comparable {
    /// Whether `left` comes first.
    public static func < (left: DateTime, right: DateTime) -> Bool {
        (left.secondsSince1970, left.nanoseconds) < (right.secondsSince1970, right.nanoseconds)
    }
}
