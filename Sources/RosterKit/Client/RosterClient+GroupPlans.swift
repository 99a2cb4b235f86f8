internal import StanzaKit

extension RosterClient {
    /// Carries out a plan: one edit after the other, each when the one before is answered.
    ///
    /// An edit that the server refuses, or does not answer in time, does not keep the others from
    /// being tried. The end of the session and the cancellation of the task do: the report has what
    /// remains. Entries that were removed meanwhile, or taken out of the group, are left alone.
    ///
    /// - Parameters:
    ///   - plan: What to do.
    ///   - timeout: How long to wait for each answer, by the clock of the stream; as long as the
    ///     session lasts if `nil`.
    ///   - onProgress: Called in line after every step.
    /// - Returns: What came of it.
    @discardableResult
    public func perform(
        _ plan: GroupPlan, timeoutPerStep timeout: Duration? = nil,
        onProgress: (GroupPlan.Report) -> Void = { _ in }
    ) async -> GroupPlan.Report {
        var report = GroupPlan.Report(remaining: plan.steps[...])
        while let step = report.remaining.first {
            if !isOfUse(step) {
                report.skipped.append(step.contact)
            } else {
                do throws(RequestError) {
                    try await setEntry(
                        step.contact, addingTo: step.joining, removingFrom: step.leaving,
                        timeout: timeout)
                    report.done.append(step.contact)
                } catch {
                    if error.code == .disconnected || error.code == .cancelled { return report }
                    report.failures.append(GroupPlan.Report.Failure(step: step, error: error))
                }
            }
            report.remaining.removeFirst()
            onProgress(report)
        }
        return report
    }

    private func isOfUse(_ step: GroupPlan.Step) -> Bool {
        let groups = roster[step.contact]?.groups.map(ExactText.init) ?? []
        return step.leaving.contains { groups.contains(ExactText($0)) }
    }
}
