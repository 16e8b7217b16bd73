public import Foundation
public import Messages
public import Postgres
public import ServiceKit

/// A category of a household or a person, as registry has published it last.
public struct CategoryAssertion: Row, Equatable {
    public let id: AssertionID
    /// That of the record which this is from.
    public var version: Int64
    /// The household for which it was asserted. A person's category counts for the household in which the person lives.
    public let household: HouseholdID
    /// The household's id or a person's.
    public let subject: UUID
    public let category: Messages.Category
    public var validFrom: BusinessDate
    /// The last day on which it holds.
    public var validTo: BusinessDate?
    public var verifiedOn: BusinessDate?
    /// The first day on which it no longer holds.
    public var endedOn: BusinessDate?
    /// Set if it turned out never to have held.
    public var revokedOn: BusinessDate?

    public var key: UUID { id.uuid }

    public init(_ record: CategoryRecord) {
        self.init(
            id: record.assertion, version: record.version, household: record.household,
            subject: record.subject, category: record.category, validFrom: record.validFrom,
            validTo: record.validTo, verifiedOn: record.verifiedOn, endedOn: record.endedOn,
            revokedOn: record.revokedOn)
    }

    private init(
        id: AssertionID, version: Int64, household: HouseholdID, subject: UUID,
        category: Messages.Category, validFrom: BusinessDate, validTo: BusinessDate?,
        verifiedOn: BusinessDate?, endedOn: BusinessDate?, revokedOn: BusinessDate?
    ) {
        self.id = id
        self.version = version
        self.household = household
        self.subject = subject
        self.category = category
        self.validFrom = validFrom
        self.validTo = validTo
        self.verifiedOn = verifiedOn
        self.endedOn = endedOn
        self.revokedOn = revokedOn
    }

    /// Whether rules count it on that day, if whom it is about is alive.
    public func holds(on day: BusinessDate) -> Bool {
        verifiedOn != nil && revokedOn == nil && validFrom <= day
            && validTo.map { day <= $0 } ?? true && endedOn.map { day < $0 } ?? true
    }

    /// Locked for sharing: commands only read the row.
    public static let table = Table(
        "category", key: "assertion", lock: .share, CategoryAssertion.init,
        Field("assertion", \.id), Field("version", \.version), Field("household", \.household),
        Field("subject", \.subject), Field("category", \.category),
        Field("valid_from", \.validFrom), Field("valid_to", \.validTo),
        Field("verified_on", \.verifiedOn), Field("ended_on", \.endedOn),
        Field("revoked_on", \.revokedOn))
}
