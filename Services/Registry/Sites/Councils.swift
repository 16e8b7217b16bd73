import Messages
import Postgres
import ServiceKit

/// A seat of a site's council. Rows are never changed; those of the appointment that stands are the
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

/// Appoints the councils of sites. Business dates decide which one stands, not arrival. One of the message's own
/// day always stands, so that one of a wrong later day can be replaced.
enum Councils {
    static func appoint(_ command: AppointCouncil, _ unit: UnitOfWork) throws -> Emission {
        var site = try Sites.require(command.site, on: command.appointedOn, unit)
        try command.appointedOn.require(
            from: site.openedOn, else: .appointedTooEarly, at: "/appointedOn")
        let stands = site.councilOn.map { command.appointedOn >= min($0, unit.days.today) } ?? true
        var council: [PersonID] = []
        for (index, id) in command.council.enumerated() {
            let person = try Persons.require(id, at: "/council/\(index)", unit)
            try Persons.requirePresent(
                person, on: command.appointedOn, at: "/council/\(index)", unit)
            guard !council.contains(person.id) else {
                throw Refusal(.memberListedTwice, at: "/council/\(index)")
            }
            council.append(person.id)
        }
        if stands {
            (site.councilOn, site.council) = (command.appointedOn, site.sequence + 1)
        } else if let councilOn = site.councilOn {
            unit.remark(
                .otherCouncilStands, at: "/appointedOn",
                expected: "the council of \(councilOn), which stands")
        }
        let appointed = try unit.save(
            &site,
            CouncilAppointed(
                site: site.id, kind: site.kind, territory: site.territory, council: council,
                appointedOn: command.appointedOn, stands: stands))
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
        "appointed_too_early", "a date on or after the opening")
    static let otherCouncilStands = RefusalCode(
        "other_council_stands", "a date on or after that of the council that stands")
}
