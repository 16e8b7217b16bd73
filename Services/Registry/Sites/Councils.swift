import Messages
import Postgres
import ServiceKit

/// A seat of a site's council. Rows are never changed; those of the newest appointment are the
/// council.
struct CouncilSeat: Record {
    let site: SiteID
    /// The sequence of the site's fact that appointed it.
    let appointment: Int64
    let position: Int16
    let person: PersonID
    let appointedOn: BusinessDate

    static let table = RecordTable<CouncilSeat>(
        "council_seat",
        columns: [
            Column("site", \.site), Column("appointment", \.appointment),
            Column("position", \.position), Column("person", \.person),
            Column("appointed_on", \.appointedOn),
        ])
}

/// Appoints the councils of sites. Each appointment replaces the one before.
enum Councils {
    static func appoint(_ command: AppointCouncil, _ unit: UnitOfWork) throws -> Emission {
        var site = try Sites.require(command.site, on: command.appointedOn, unit)
        try command.appointedOn.require(
            from: site.openedOn, else: .appointedTooEarly, at: "/appointedOn")
        try unit.requireOrder(
            command.appointedOn, from: site.councilOn ?? site.openedOn, else: .appointedTooEarly,
            at: "/appointedOn")
        var council: [PersonID] = []
        for (index, id) in command.council.enumerated() {
            let person = try Persons.require(id, at: "/council/\(index)", unit)
            try unit.requireScope(person.territory, at: "/council/\(index)")
            try person.requirePresent(at: "/council/\(index)")
            guard !council.contains(person.id) else {
                throw Refusal(.memberListedTwice, at: "/council/\(index)")
            }
            council.append(person.id)
        }
        site.councilOn = command.appointedOn
        let appointed = try unit.save(
            &site,
            CouncilAppointed(
                site: site.id, kind: site.kind, territory: site.territory, council: council,
                appointedOn: command.appointedOn))
        for (index, person) in council.enumerated() {
            unit.append(
                CouncilSeat(
                    site: site.id, appointment: site.sequence, position: Int16(index + 1),
                    person: person, appointedOn: command.appointedOn))
        }
        return appointed
    }
}

extension RefusalCode {
    static let appointedTooEarly = RefusalCode(
        "appointed_too_early", "a date on or after the opening and the last appointment")
}
