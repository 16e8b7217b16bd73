public import Foundation
public import Messages
public import Postgres
public import ServiceKit

/// A person's membership in a branch of the association, as registry has published it last.
public struct Membership: Row, Equatable {
    public let id: MemberID
    /// That of the record which this is from.
    public var version: Int64
    /// The id under which the person was enrolled.
    public let person: PersonID
    public var role: MemberRole
    /// The branch.
    public var territory: TerritoryCode
    public var level: AuthorityLevel?
    /// Nil while the person has only applied.
    public var enrolledOn: BusinessDate?
    /// The first day without the membership.
    public var leftOn: BusinessDate?
    /// Whether it turned out never to have been.
    public var isVoid: Bool

    public var key: UUID { id.uuid }

    public init(_ record: MembershipRecord) {
        self.init(
            id: record.member, version: record.version, person: record.person, role: record.role,
            territory: record.territory, level: record.level, enrolledOn: record.enrolledOn,
            leftOn: record.leftOn, isVoid: record.isVoid ?? false)
    }

    private init(
        id: MemberID, version: Int64, person: PersonID, role: MemberRole,
        territory: TerritoryCode, level: AuthorityLevel?, enrolledOn: BusinessDate?,
        leftOn: BusinessDate?, isVoid: Bool
    ) {
        self.id = id
        self.version = version
        self.person = person
        self.role = role
        self.territory = territory
        self.level = level
        self.enrolledOn = enrolledOn
        self.leftOn = leftOn
        self.isVoid = isVoid
    }

    public func isHeld(on day: BusinessDate) -> Bool {
        !isVoid && enrolledOn.map { $0 <= day } ?? false && leftOn.map { day < $0 } ?? true
    }

    /// Locked for sharing: commands only read the row.
    public static let table = Table(
        "membership", key: "id", lock: .share, Membership.init,
        Field("id", \.id), Field("version", \.version), Field("person", \.person),
        Field("role", \.role), Field("territory", \.territory), Field("level", \.level),
        Field("enrolled_on", \.enrolledOn), Field("left_on", \.leftOn),
        Field("is_void", \.isVoid))
}
