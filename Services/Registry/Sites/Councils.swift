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

extension CouncilSeat {
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

/// Says who the councils of sites are: each appointment replaces the one before.
enum Councils {
    static func keys(_ command: AppointCouncil, _ keys: inout Keys) {
        keys.need(Site.self, command.site.uuid)
        for person in command.council { keys.need(Person.self, person.uuid) }
    }

    static func appoint(_ command: AppointCouncil, _ unit: UnitOfWork) throws -> Emission {
        var site = try Sites.require(command.site, unit)
        try command.appointedOn.require(
            from: site.councilOn ?? site.openedOn, else: .appointedTooEarly, at: "/appointedOn")
        var council: [PersonID] = []
        for (index, id) in command.council.enumerated() {
            let person = try Persons.require(id, at: "/council/\(index)", unit)
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
