import Foundation
import Messages
import Postgres
import ServiceKit

/// A seat of a site's council. Only ever added to: the rows of the newest appointment are the council.
struct CouncilSeat: Record {
    let site: SiteID
    /// Which of the site's facts appointed it.
    let appointment: Int64
    let position: Int16
    let person: PersonID
    let appointedOn: BusinessDate

    static let table = RecordTable<CouncilSeat>(
        "council_seat",
        columns: [
            Column("site", { $0.site }), Column("appointment", { $0.appointment }),
            Column("position", { $0.position }), Column("person", { $0.person }),
            Column("appointed_on", { $0.appointedOn }),
        ])
}

/// Says who the councils of sites are: each appointment replaces the one before.
enum Councils {
    static func keys(_ command: AppointCouncil, _ keys: inout Keys) {
        keys.need(Site.self, command.site.uuid)
        for person in command.council { keys.need(Person.self, person.uuid) }
    }

    static func appoint(_ command: AppointCouncil, _ unit: UnitOfWork) throws -> Outcome {
        guard var site = try unit.find(Site.self, command.site.uuid) else {
            return .waiting(for: command.site.uuid, else: .unknownSite, at: "/site")
        }
        guard try Territories.covers(site.territory, unit) else {
            return .rejected(.outOfScope, at: "/site")
        }
        guard site.closedOn == nil else { return .rejected(.siteClosed, at: "/site") }
        let earliest = site.councilOn ?? site.openedOn
        guard command.appointedOn >= earliest else {
            return .rejected(
                .appointedTooEarly, at: "/appointedOn", expected: "a date from \(earliest) on")
        }
        var council: [PersonID] = []
        for (index, id) in command.council.enumerated() {
            let pointer = "/council/\(index)"
            guard let person = try Persons.find(id, unit) else {
                return .waiting(for: id.uuid, else: .unknownPerson, at: pointer)
            }
            guard !person.state.isErased else { return .rejected(.personErased, at: pointer) }
            guard person.state.isPresent else { return .rejected(.personGone, at: pointer) }
            guard !council.contains(person.id) else {
                return .rejected(.memberListedTwice, at: pointer)
            }
            council.append(person.id)
        }
        site.councilOn = command.appointedOn
        try unit.save(&site)
        for (index, person) in council.enumerated() {
            unit.append(
                CouncilSeat(
                    site: site.id, appointment: site.sequence, position: Int16(index + 1),
                    person: person, appointedOn: command.appointedOn))
        }
        return .accepted(
            CouncilAppointed(
                site: site.id, kind: site.kind, territory: site.territory, council: council,
                appointedOn: command.appointedOn),
            of: site)
    }

    static let migration = Migration(
        "0018_councils",
        """
        ALTER TABLE site ADD council_on date CHECK (council_on >= opened_on);
        COMMENT ON COLUMN site.council_on IS 'when its council was last appointed';

        CREATE TABLE council_seat (
            site         uuid     NOT NULL REFERENCES site DEFERRABLE INITIALLY DEFERRED,
            appointment  bigint   NOT NULL CHECK (appointment > 0),
            position     smallint NOT NULL CHECK (position BETWEEN 1 AND 50),
            person       uuid     NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            appointed_on date     NOT NULL,
            PRIMARY KEY (site, appointment, position),
            UNIQUE (site, appointment, person)
        );
        COMMENT ON TABLE council_seat IS 'the rows of the newest appointment are the council of a site';
        CREATE TRIGGER council_seat_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON council_seat
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}

extension RefusalCode {
    static let appointedTooEarly = RefusalCode(
        "appointed_too_early", "a date on or after the opening and the last appointment")
}
