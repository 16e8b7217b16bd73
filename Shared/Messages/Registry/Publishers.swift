/// Grants a broker user types of messages and territories. It replaces the user's earlier grant.
public struct GrantPublisher: Command {
    public static let type = "registry.publisher.grant.v1"

    /// A broker user.
    public var publisher: String
    /// Territories granted, with everything inside them.
    public var territories: [TerritoryCode]
    /// Names of message types, or prefixes of them that end in `.*`; `*` alone grants everything that
    /// can be undone. A prefix grants commands only. A query reads personal data, and is granted by its
    /// full name, such as `registry.person.get.v1`, or by `*`. A command that cannot be undone, such as
    /// `registry.person.erase.v1`, is granted by its full name alone.
    public var types: [String]

    public init(publisher: String, territories: [TerritoryCode], types: [String]) {
        self.publisher = publisher
        self.territories = territories
        self.types = types
    }

    public func check(_ checks: inout Checks) {
        checks.text(publisher, "publisher", TextLimit.key)
        checks.count(territories, "territories", 0...200)
        checks.count(types, "types", 1...200)
        checks.each(types, "types") { $1.text($0, "", TextLimit.key) }
    }
}

/// The grant of a publisher.
public struct PublisherGranted: Fact {
    public static let type = "registry.publisher.granted.v1"

    public var publisher: String
    public var territories: [TerritoryCode]
    public var types: [String]

    public init(publisher: String, territories: [TerritoryCode], types: [String]) {
        self.publisher = publisher
        self.territories = territories
        self.types = types
    }
}

/// Revokes the grant of a publisher.
public struct RevokePublisher: Command {
    public static let type = "registry.publisher.revoke.v1"

    public var publisher: String

    public init(publisher: String) {
        self.publisher = publisher
    }

    public func check(_ checks: inout Checks) {
        checks.text(publisher, "publisher", TextLimit.key)
    }
}

/// The grant of a publisher was revoked.
public struct PublisherRevoked: Fact {
    public static let type = "registry.publisher.revoked.v1"

    public var publisher: String

    public init(publisher: String) {
        self.publisher = publisher
    }
}
