import Foundation
import Messages
import Postgres
import ServiceKit

/// What a person is in a branch: a member, group leader, volunteer, staff member or officer.
struct Membership: Aggregate {
    enum State: Hashable, Sendable {
        /// The person asks to be taken in.
        case applied
        case active(since: BusinessDate)
        case ended(MemberEnding, on: BusinessDate, since: BusinessDate)
    }

    let id: MemberID
    var person: PersonID
    let role: MemberRole
    let territory: TerritoryCode
    let level: AuthorityLevel?
    /// Nil if the person was taken in without an application.
    var appliedOn: BusinessDate?
    var state: State
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    private var enrolledOn: BusinessDate? {
        switch state {
        case .applied: nil
        case .active(let since), .ended(_, _, let since): since
        }
    }

    private var ending: (kind: MemberEnding, date: BusinessDate)? {
        if case .ended(let kind, let date, _) = state { (kind, date) } else { nil }
    }

    private static func state(
        _ enrolledOn: BusinessDate?, _ ending: MemberEnding?, _ leftOn: BusinessDate?
    ) throws -> State {
        switch (enrolledOn, ending, leftOn) {
        case (nil, nil, nil): .applied
        case (let since?, nil, nil): .active(since: since)
        case (let since?, let ending?, let date?): .ended(ending, on: date, since: since)
        default: throw StoredValueError(type: "state of a membership")
        }
    }

    static let table = Table<Membership>(
        "membership", key: "id",
        columns: [
            Column("id", { $0.id }), Column("person", { $0.person }),
            Column("role", { $0.role.rawValue }), Column("territory", { $0.territory }),
            Column("level", optional: { $0.level?.rawValue }),
            Column("applied_on", optional: { $0.appliedOn }),
            Column("enrolled_on", optional: { $0.enrolledOn }),
            Column("ending", optional: { $0.ending?.kind.rawValue }),
            Column("left_on", optional: { $0.ending?.date }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Membership(
            id: try row.next(MemberID.self), person: try row.next(PersonID.self),
            role: try row.next(enum: MemberRole.self), territory: try row.next(TerritoryCode.self),
            level: try row.next(optional: String.self).flatMap(AuthorityLevel.init(rawValue:)),
            appliedOn: try row.next(optional: BusinessDate.self),
            state: try state(
                row.next(optional: BusinessDate.self),
                row.next(optional: String.self).flatMap(MemberEnding.init(rawValue:)),
                row.next(optional: BusinessDate.self)),
            sequence: try row.next(Int64.self))
    }
}

extension Membership {
    static let migration = Migration(
        "0013_members",
        """
        CREATE TABLE membership (
            id          uuid   PRIMARY KEY,
            person      uuid   NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            role        text   NOT NULL
                        CHECK (role IN ('member', 'group_leader', 'volunteer', 'staff', 'officer')),
            territory   text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            level       text   CHECK (level IN ('community', 'subdistrict', 'district')),
            enrolled_on date   NOT NULL,
            ending      text   CHECK (ending IN ('left', 'lapsed')),
            left_on     date   CHECK (left_on >= enrolled_on),
            sequence    bigint NOT NULL CHECK (sequence > 0),
            CONSTRAINT membership_office_has_level
                CHECK ((level IS NOT NULL) = (role IN ('staff', 'officer'))),
            CONSTRAINT membership_ending_is_whole CHECK ((ending IS NULL) = (left_on IS NULL))
        );
        CREATE UNIQUE INDEX membership_active_once
            ON membership (person, role, territory) WHERE left_on IS NULL;
        """)

    static let applicationMigration = Migration(
        "0017_member_applications",
        """
        ALTER TABLE membership
            ALTER COLUMN enrolled_on DROP NOT NULL,
            ADD applied_on date,
            ADD CONSTRAINT membership_enrolled_after_application CHECK (enrolled_on >= applied_on),
            ADD CONSTRAINT membership_applied_or_enrolled CHECK (
                enrolled_on IS NOT NULL OR (applied_on IS NOT NULL AND left_on IS NULL));
        DROP INDEX membership_active_once;
        CREATE UNIQUE INDEX membership_active_once ON membership (person, role, territory)
            WHERE left_on IS NULL AND enrolled_on IS NOT NULL;
        """)
}
