import Foundation
import Messages
import Postgres
import ServiceKit

/// That a household or a member is recognised as something, for a time.
struct CategoryAssertion: Aggregate {
    enum State: Hashable, Sendable {
        case proposed
        case verified(on: BusinessDate)
        case ended(on: BusinessDate, verifiedOn: BusinessDate?)
        /// It was wrong from the beginning: it never held. It may have ended before that was found out.
        case revoked(on: BusinessDate, verifiedOn: BusinessDate, endedOn: BusinessDate?)
    }

    let id: AssertionID
    let household: HouseholdID
    let subject: UUID
    let category: Category
    let validFrom: BusinessDate
    let validTo: BusinessDate?
    var state: State = .proposed
    /// What was shown, and why it ended: free text that may name someone, so it is sealed.
    let evidence: [UInt8]?
    var endReason: [UInt8]?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    var verifiedOn: BusinessDate? {
        switch state {
        case .proposed: nil
        case .verified(let date): date
        case .ended(_, let verifiedOn): verifiedOn
        case .revoked(_, let verifiedOn, _): verifiedOn
        }
    }

    var endedOn: BusinessDate? {
        switch state {
        case .ended(let date, _): date
        case .revoked(_, _, let date): date
        case .proposed, .verified: nil
        }
    }

    var revokedOn: BusinessDate? {
        if case .revoked(let date, _, _) = state { date } else { nil }
    }

    /// The first day on which it no longer holds; nil if none is known.
    var over: BusinessDate? {
        [validTo?.adding(days: 1), endedOn].compactMap(\.self).min()
    }

    /// Whether both say the same on some day; of whom, the caller knows.
    func overlaps(_ other: CategoryAssertion) -> Bool {
        category == other.category && revokedOn == nil && other.revokedOn == nil
            && Self.latest(validFrom, other.validFrom) < Self.earliest(over, other.over)
    }

    private static func latest(_ left: BusinessDate, _ right: BusinessDate) -> Int32 {
        max(left.day, right.day)
    }

    private static func earliest(_ left: BusinessDate?, _ right: BusinessDate?) -> Int32 {
        min(left?.day ?? .max, right?.day ?? .max)
    }

    static let table = Table<CategoryAssertion>(
        "category_assertion", key: "id",
        columns: [
            Column("id", { $0.id }), Column("household", { $0.household }),
            Column("subject", { $0.subject }), Column("category", { $0.category.rawValue }),
            Column("valid_from", { $0.validFrom }), Column("valid_to", optional: { $0.validTo }),
            Column("verified_on", optional: { $0.verifiedOn }),
            Column("ended_on", optional: { $0.endedOn }),
            Column("revoked_on", optional: { $0.revokedOn }),
            Column("evidence", optional: { $0.evidence }),
            Column("end_reason", optional: { $0.endReason }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        let id = try row.next(AssertionID.self)
        let household = try row.next(HouseholdID.self)
        let subject = try row.next(UUID.self)
        let category = try row.next(enum: Category.self)
        let validFrom = try row.next(BusinessDate.self)
        let validTo = try row.next(optional: BusinessDate.self)
        let verifiedOn = try row.next(optional: BusinessDate.self)
        let endedOn = try row.next(optional: BusinessDate.self)
        let revokedOn = try row.next(optional: BusinessDate.self)
        let state: State =
            switch (verifiedOn, endedOn, revokedOn) {
            case (nil, nil, _): .proposed
            case (let verifiedOn?, let endedOn, let revokedOn?):
                .revoked(on: revokedOn, verifiedOn: verifiedOn, endedOn: endedOn)
            case (let verifiedOn?, nil, nil): .verified(on: verifiedOn)
            case (let verifiedOn, let endedOn?, _): .ended(on: endedOn, verifiedOn: verifiedOn)
            }
        return CategoryAssertion(
            id: id, household: household, subject: subject, category: category,
            validFrom: validFrom, validTo: validTo, state: state,
            evidence: try row.next(optional: [UInt8].self),
            endReason: try row.next(optional: [UInt8].self), sequence: try row.next(Int64.self))
    }
}

extension CategoryAssertion {
    // The rule against overlaps is kept by `requireNew`, under the lock of the household's row. The index
    // holds what a B-tree can of it: one open end for a subject and category. An exclusion constraint
    // over date ranges would hold all of it but took 25 µs a row at 200,000 rows, against 7.5 µs.
    static let migration = Migration(
        "0004_categories",
        """
        CREATE TABLE category_assertion (
            id          uuid   PRIMARY KEY,
            household   uuid   NOT NULL REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            subject     uuid   NOT NULL,
            category    text   NOT NULL CHECK (category IN ('only_child', 'bereaved',
                        'disabled_child', 'low_security', 'low_income', 'hardship_girl')),
            valid_from  date   NOT NULL,
            valid_to    date   CHECK (valid_to >= valid_from),
            verified_on date,
            ended_on    date   CHECK (ended_on BETWEEN valid_from AND coalesce(valid_to, ended_on)),
            evidence    bytea,
            end_reason  bytea  CHECK (end_reason IS NULL OR ended_on IS NOT NULL),
            sequence    bigint NOT NULL CHECK (sequence >= 0)
        );
        CREATE UNIQUE INDEX category_assertion_open_once
            ON category_assertion (subject, category)
            WHERE valid_to IS NULL AND ended_on IS NULL;
        COMMENT ON COLUMN category_assertion.evidence IS 'free text, AES-256-GCM';
        COMMENT ON COLUMN category_assertion.end_reason IS 'free text, AES-256-GCM';
        """)

    static let revocationMigration = Migration(
        "0009_category_revocation",
        """
        ALTER TABLE category_assertion
            ADD revoked_on date CHECK (revoked_on >= verified_on),
            ADD CONSTRAINT category_revoked_was_verified
                CHECK (revoked_on IS NULL OR verified_on IS NOT NULL),
            DROP CONSTRAINT category_assertion_check2,
            ADD CONSTRAINT category_reason_for_an_end
                CHECK (end_reason IS NULL OR ended_on IS NOT NULL OR revoked_on IS NOT NULL);
        DROP INDEX category_assertion_open_once;
        CREATE UNIQUE INDEX category_assertion_open_once
            ON category_assertion (subject, category)
            WHERE valid_to IS NULL AND ended_on IS NULL AND revoked_on IS NULL;
        """)
}
