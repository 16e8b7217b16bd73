public import Messages
public import Postgres

/// The permissions of a publisher: message types and territories.
struct Scope: Sendable {
    var types: [String]
    var territories: [TerritoryCode]
    var isUnlimited = false
    /// When the service learned of the grant, or of its end.
    var since = Timestamp(microseconds: 0)

    static let none = Scope(types: [], territories: [])
    static let unlimited = Scope(types: [], territories: [], isUnlimited: true)

    /// `types` holds whole names, and beginnings of names that end in `.*`; `*` alone is everything that can be undone. The
    /// right to send a type says which of them is enough.
    func allows(_ type: String, _ naming: SendingRight.Naming) -> Bool {
        isUnlimited
            || types.contains { pattern in
                if pattern == type { return true }
                return switch naming {
                case .irreversible: false
                case .reads: pattern == "*"
                case .prefix:
                    pattern == "*" || pattern.hasSuffix(".*") && type.hasPrefix(pattern.dropLast())
                }
            }
    }

    /// Whether a whole district was granted, or more.
    var hasDistrict: Bool { isUnlimited || territories.contains { $0.level <= .district } }

    func covers(_ territory: TerritoryCode) -> Bool {
        isUnlimited || territories.contains { $0.contains(territory) }
    }
}

/// Each service's copy of the grants that registry publishes.
public struct PublisherGrant: Aggregate {
    public var name: String
    public var types: String
    public var territories: String
    public var isGranted: Bool
    public var sequence: Int64
    /// When the service learned of it.
    public var takenAt: Timestamp

    public var key: String { name }

    public init(
        name: String, types: String, territories: String, isGranted: Bool, sequence: Int64,
        takenAt: Timestamp = Timestamp(microseconds: 0)
    ) {
        self.name = name
        self.types = types
        self.territories = territories
        self.isGranted = isGranted
        self.sequence = sequence
        self.takenAt = takenAt
    }

    public static let table = Table(
        "publisher_grant", key: "name", lock: .share, PublisherGrant.init,
        Field("name", \.name), Field("types", \.types), Field("territories", \.territories),
        Field("is_granted", \.isGranted), Field("sequence", \.sequence),
        Field("taken_at", \.takenAt))

    var scope: Scope {
        guard isGranted else { return Scope(types: [], territories: [], since: takenAt) }
        return Scope(
            types: types.split(separator: " ").map(String.init),
            territories: territories.split(separator: " ").compactMap { TerritoryCode(String($0)) },
            since: takenAt)
    }
}
