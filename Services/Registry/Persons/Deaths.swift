import Messages
import ServiceKit

/// Records that persons have died. They stay members of their household, and stay in all counts
/// before that day.
enum Deaths {
    static func record(_ command: RecordDeath, _ unit: UnitOfWork) throws -> Emission {
        var person = try Persons.requireInScope(command.person, unit)
        if case .deceased = person.state { throw Refusal(.alreadyDeceased, at: "/person") }
        try command.diedOn.require(
            from: person.birthDate, else: .diedBeforeBirth, at: "/diedOn")
        let before = person
        person.state = .deceased(on: command.diedOn)
        var stock = RegisteredStock()
        try stock.count(before, &person, on: command.diedOn, unit)
        try LifeTasks.after(before, person, on: command.diedOn, unit)
        return try unit.save(
            &person,
            PersonDied(
                person: person.id, household: person.household, territory: person.territory,
                diedOn: command.diedOn, stock: stock.changes))
    }
}

extension RefusalCode {
    static let alreadyDeceased = RefusalCode(
        "already_deceased", "a person whose death was not recorded yet")
    static let diedBeforeBirth = RefusalCode(
        "died_before_birth", "a date on or after the person's birth")
}
