/// What was found wrong in a world. One list is shared by all who look.
final class WorldFindings {
    private(set) var list: [String] = []
    /// How often somebody looked.
    private(set) var checks = 0
    /// The number of the action at hand.
    var time = 0
    /// What is going on, put into words only when it is asked for.
    var moment: () -> String = { "the beginning" }

    /// Notes what is wrong.
    func add(_ finding: String) {
        // One wrong thing breaks many promises.
        if list.count < 20 { list.append("\(moment()): \(finding)") }
    }

    /// Notes where something is not as it has to be.
    func expect(_ isTrue: Bool, _ finding: @autoclosure () -> String) {
        checks += 1
        if !isTrue { add(finding()) }
    }
}
