import Foundation
import Messages
import Postgres
import ServiceKit

/// An assertion that a household or a member belongs to a category, for a time.
struct CategoryAssertion: Recorded {
    enum State: Hashable, Sendable {
        case proposed
        case verified(on: BusinessDate)
        case ended(on: BusinessDate, verifiedOn: BusinessDate?)
        /// It was wrong from the beginning and never held. It may have ended before it was revoked.
        case revoked(on: BusinessDate, verifiedOn: BusinessDate, endedOn: BusinessDate?)
    }

    /// Why it yields to another one, so that it can go on when it need not.
    struct Union: Hashable, Sendable {
        /// The assertion that says more of the same person.
        var assertion: AssertionID
        /// When it ended before.
        var endedOn: BusinessDate?
    }

    let id: AssertionID
    let household: HouseholdID
    let subject: UUID
    let category: Category
    var validFrom: BusinessDate
    var validTo: BusinessDate?
    var state: State = .proposed
    /// Free text that may name someone, so it is sealed.
    let evidence: [UInt8]?
    /// Set if it ended because two registrations of one person said the same.
    var union: Union?
    /// That of its record in facts.
    var version: Int64 = 1
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

    /// The first day on which it no longer holds; nil if no end is known.
    var overFrom: BusinessDate? {
        [validTo?.adding(days: 1), endedOn].compactMap(\.self).min()
    }

    /// The days on which it holds, since 1970-01-01; empty if it holds on none.
    var days: Range<Int32> {
        let end = revokedOn == nil ? overFrom?.day ?? .max : validFrom.day
        return validFrom.day..<max(validFrom.day, end)
    }

    /// Whether there is a day on which both put their subject into the same category. The caller
    /// compares the subjects.
    func overlaps(_ other: CategoryAssertion) -> Bool {
        category == other.category && days.overlaps(other.days)
    }

    var record: CategoryRecord {
        CategoryRecord(
            assertion: id, version: version, household: household, subject: subject,
            category: category, validFrom: validFrom, validTo: validTo, verifiedOn: verifiedOn,
            endedOn: endedOn, revokedOn: revokedOn)
    }

    private static let united = Field<CategoryAssertion, Union?>([
        Column("yields_to", \.union?.assertion), Column("ended_before", \.union?.endedOn),
    ]) { row in
        let assertion = try row.next(optional: AssertionID.self)
        let endedOn = try row.next(optional: BusinessDate.self)
        return assertion.map { Union(assertion: $0, endedOn: endedOn) }
    }

    static let table = Table(
        "category_assertion", key: "id", CategoryAssertion.init,
        Field("id", \.id), Field("household", \.household), Field("subject", \.subject),
        Field("category", \.category), Field("valid_from", \.validFrom),
        Field("valid_to", \.validTo),
        Field(
            [
                Column("verified_on", \.verifiedOn), Column("ended_on", \.endedOn),
                Column("revoked_on", \.revokedOn),
            ], State.init),
        Field("evidence", \.evidence), united, Field("version", \.version),
        Field("sequence", \.sequence)
    ).updatingFirst { $0.overFrom != nil || $0.revokedOn != nil }
}

extension CategoryAssertion.State {
    fileprivate init(_ row: inout RowCursor) throws {
        let verifiedOn = try row.next(optional: BusinessDate.self)
        let endedOn = try row.next(optional: BusinessDate.self)
        let revokedOn = try row.next(optional: BusinessDate.self)
        switch (verifiedOn, endedOn, revokedOn) {
        case (nil, nil, _): self = .proposed
        case (let verifiedOn?, let endedOn, let revokedOn?):
            self = .revoked(on: revokedOn, verifiedOn: verifiedOn, endedOn: endedOn)
        case (let verifiedOn?, nil, nil): self = .verified(on: verifiedOn)
        case (let verifiedOn, let endedOn?, _): self = .ended(on: endedOn, verifiedOn: verifiedOn)
        }
    }
}
