internal import Messages
public import Postgres

/// What a publisher may send: message types, for territories.
struct Scope: Sendable {
    var types: [String]
    var territories: [TerritoryCode]
    var isUnlimited = false

    static let none = Scope(types: [], territories: [])
    static let unlimited = Scope(types: [], territories: [], isUnlimited: true)

    /// `types` holds whole names, and beginnings of names that end in `.*`; `*` alone is everything. A beginning
    /// stands for commands alone: a query tells what is not published, so it is granted by its whole name, or by `*`.
    func allows(type: String, isQuery: Bool = false) -> Bool {
        isUnlimited
            || types.contains { pattern in
                pattern == type || pattern == "*"
                    || (!isQuery && pattern.hasSuffix(".*") && type.hasPrefix(pattern.dropLast()))
            }
    }

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

    public var key: String { name }

    public init(
        name: String, types: String, territories: String, isGranted: Bool, sequence: Int64
    ) {
        self.name = name
        self.types = types
        self.territories = territories
        self.isGranted = isGranted
        self.sequence = sequence
    }

    public static let table = Table<PublisherGrant>(
        "publisher_grant", key: "name", lock: .share,
        columns: [
            Column("name", { $0.name }), Column("types", { $0.types }),
            Column("territories", { $0.territories }), Column("is_granted", { $0.isGranted }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        PublisherGrant(
            name: try row.next(String.self), types: try row.next(String.self),
            territories: try row.next(String.self), isGranted: try row.next(Bool.self),
            sequence: try row.next(Int64.self))
    }

    var scope: Scope {
        guard isGranted else { return .none }
        return Scope(
            types: types.split(separator: " ").map(String.init),
            territories: territories.split(separator: " ").compactMap { TerritoryCode(String($0)) })
    }
}
