/// Lets a broker user send some types of messages about some territories. It replaces what was
/// granted before.
public struct GrantPublisher: Command {
    public static let type = "registry.publisher.grant.v1"

    /// A broker user.
    public var publisher: String
    /// Everything inside these.
    public var territories: [TerritoryCode]
    /// Names of message types, or beginnings of them that end in `.*`; `*` alone is everything. A beginning grants
    /// commands alone: a query, which reads personal data, is granted by its whole name, such as
    /// `registry.person.get.v1`, or by `*`.
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

/// What a publisher may send.
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

/// Takes back all that a publisher was granted.
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

/// A publisher may send nothing any more.
public struct PublisherRevoked: Fact {
    public static let type = "registry.publisher.revoked.v1"

    public var publisher: String

    public init(publisher: String) {
        self.publisher = publisher
    }
}
