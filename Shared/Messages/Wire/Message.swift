public import FoundationEssentials

/// The `data` of a message, named by its type on the wire.
public protocol Payload: Codable, Sendable {
    /// `<service>.<entity>.<verb>.v<n>`, which is also the routing key.
    static var type: String { get }

    /// Checks the limits that the types of the fields do not express. Called once it is decoded.
    func check(_ checks: inout Checks)
}

extension Payload {
    public func check(_ checks: inout Checks) {}
}

/// Asks a service to do something; it may be refused. Named in the imperative.
public protocol Command: Payload {}

/// Asks a service for data and changes nothing. The answer is in the receipt, so it needs a
/// `reply_to`; asking again gives a new answer.
public protocol Query: Command {}

/// Says that something happened. Named in the past tense.
public protocol Fact: Payload {}

/// A command that names the territory it is about: services check the publisher's scope against it.
public protocol Territorial {
    var territory: TerritoryCode { get }
}

/// A command that records something in a territory, which must be in force on that day. Commands
/// that take something away from a territory that has ended do not conform.
public protocol Placed: Command {
    var placement: Placement { get }
}

/// Where and when something is recorded.
public struct Placement: Sendable {
    public let territory: TerritoryCode
    public let day: BusinessDate
    /// Where the territory stands in the command.
    public let pointer: String

    init(_ territory: TerritoryCode, on day: BusinessDate, at pointer: String = "/territory") {
        self.territory = territory
        self.day = day
        self.pointer = pointer
    }
}

/// The attributes of a CloudEvents 1.0 document besides `data`.
public struct Header: Sendable, Hashable {
    public var id: UUID
    /// The sender, a URI reference of 1 to 255 bytes.
    public var source: String
    public var type: String
    public var time: Timestamp
    /// The aggregate a fact is about.
    public var subject: String?
    public var correlationid: String?
    /// The id of the message that led to this one.
    public var causationid: UUID?
    /// W3C trace context.
    public var traceparent: String?
    /// Number of the fact among those of its subject: from 1, without gaps.
    public var sequence: Int64?
    /// Whether a command is to be decided only, with nothing kept of it.
    public var isDryRun: Bool
    /// Where a fact stands in its service's journal, for the services that take it in.
    public var journal: String?

    public init(
        id: UUID, source: String, type: String, time: Timestamp, subject: String? = nil,
        correlationid: String? = nil, causationid: UUID? = nil, traceparent: String? = nil,
        sequence: Int64? = nil, isDryRun: Bool = false, journal: String? = nil
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.time = time
        self.subject = subject
        self.correlationid = correlationid
        self.causationid = causationid
        self.traceparent = traceparent
        self.sequence = sequence
        self.isDryRun = isDryRun
        self.journal = journal
    }
}

/// A decoded CloudEvents document.
public struct Message: Sendable {
    public let header: Header
    public let payload: any Payload
    /// The fields of a command that its type does not have. Those of a fact are not looked for: its service may be newer.
    public let ignored: [Receipt.IgnoredField]

    public init(
        header: Header, payload: any Payload, ignored: [Receipt.IgnoredField] = []
    ) {
        self.header = header
        self.payload = payload
        self.ignored = ignored
    }
}
