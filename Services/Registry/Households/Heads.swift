import Messages
import ServiceKit

// A household has one head at most. Whoever would make a second one is refused. Two whom nobody has made, such as when a death
// turns out to be none, are a task for the office (`LifeTasks`).

extension People {
    /// Refuses to make somebody a second head on that day. Two who were heads before the command are no fault of it.
    /// - Parameter pointer: what makes the head in the command.
    func requireOneHead(
        of household: HouseholdID, on day: BusinessDate, at pointer: String, _ unit: UnitOfWork
    ) throws {
        let before = heads(of: household, on: day)
        let after = try now(unit).heads(of: household, on: day)
        guard after.count < 2 || after.isSubset(of: before) else {
            throw Refusal(.twoHeads, at: pointer)
        }
    }

    private func heads(of household: HouseholdID, on day: BusinessDate) -> Set<PersonID> {
        let heads = persons.filter { person in
            let stay = person.stays.stay(on: day)
            return stay?.household == household && stay?.role == .head
                && person.countsUntil.map(day.isBefore) ?? true
        }
        return Set(heads.map { $0.survivor ?? $0.id })
    }
}

extension RegisterHousehold {
    /// The same for one that nobody has lived in.
    func requireOneHead() throws(Refusal) {
        guard members.count(where: { $0.role == .head }) < 2 else {
            throw Refusal(.twoHeads, at: "/members")
        }
    }
}

extension RefusalCode {
    static let twoHeads = RefusalCode("two_heads", "one head, who is alive")
}
