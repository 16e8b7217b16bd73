internal import Messages

/// Bounds how many commands of one publisher a worker decides in a second, so that a publisher that floods a service makes
/// itself wait and not the others. What is above is refused in memory, before anything asks the database.
struct PublisherRates {
    /// Commands a second; 0 for no limit.
    let limit: Int
    /// A publisher without a limit.
    let exempt: String
    private var second: Int64 = 0
    private var taken: [String: Int] = [:]

    init(limit: Int, exempt: String) {
        self.limit = limit
        self.exempt = exempt
    }

    /// A command that its publisher may not have decided now. One that was delivered before may have been decided, so it is
    /// looked up.
    mutating func limited(_ examined: Examined, now: Timestamp) -> Examined {
        let intake = examined.intake
        guard limit > 0, intake.origin == .commands, !intake.isParked, !intake.isRepeat,
            intake.deadReason == nil, case .success = examined.content,
            let publisher = intake.publisher, publisher != exempt
        else { return examined }
        let current = now.microseconds / 1_000_000
        if current != second { (second, taken) = (current, [:]) }
        taken[publisher, default: 0] += 1
        guard taken[publisher, default: 0] > limit else { return examined }
        let refusal = Refusal(
            .publisherOverQuota, pointer: "",
            expected: "at most \(limit) commands a second; send this one again later, unchanged")
        return Examined(
            intake: intake, digest: examined.digest, type: examined.type,
            mayKeepBody: examined.mayKeepBody, id: examined.id, content: .failure(refusal),
            isCopy: examined.isCopy, ignored: examined.ignored)
    }
}
