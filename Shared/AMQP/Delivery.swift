internal import Crypto

/// A message as the broker handed it over; all memory is our own copy.
public struct Delivery: Sendable {
    public var tag: UInt64
    public var consumerTag: String
    public var redelivered: Bool
    public var routingKey: String
    public var properties: Properties
    /// Empty if it was dropped.
    public var body: [UInt8]
    /// What is left of a body that was longer than the connection's `bodyLimit`.
    public var dropped: DroppedBody?

    public init(
        tag: UInt64, consumerTag: String, redelivered: Bool, routingKey: String,
        properties: Properties, body: [UInt8]
    ) {
        self.tag = tag
        self.consumerTag = consumerTag
        self.redelivered = redelivered
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
    }
}

/// The traces of a body that was too long to be kept. It was never in memory as a whole.
public struct DroppedBody: Sendable, Equatable {
    /// Bytes.
    public let size: Int
    /// SHA-256 of the whole body.
    public let digest: [UInt8]

    public init(size: Int, digest: [UInt8]) {
        self.size = size
        self.digest = digest
    }

    public init(of body: [UInt8]) {
        self.init(size: body.count, digest: Array(SHA256.hash(data: body)))
    }
}

/// The basic properties we use, and the few headers that brokers set. Every message is persistent.
public struct Properties: Sendable, Equatable {
    public var contentType: String?
    public var messageID: String?
    public var correlationID: String?
    public var replyTo: String?
    public var type: String?
    /// The publishing user; the broker refuses a publish whose `userID` is not the connection's user.
    public var userID: String?
    /// The offset of a message of a stream (`x-stream-offset`).
    public var streamOffset: Int64?
    /// Why and from where the broker dead-lettered the message first (`x-first-death-*`).
    public var firstDeathReason: String?
    public var firstDeathQueue: String?
    /// Whether the publisher asked for copies under other routing keys (`CC`, `BCC`). The broker takes `BCC` out again.
    public var hasCopies = false

    public init() {}
}

/// Something that can arrive on a channel between our own calls.
public enum Incoming: Sendable {
    case delivery(Delivery)
    case confirmed(tag: UInt64, multiple: Bool)
    case refused(tag: UInt64, multiple: Bool)
    /// No queue takes a message that was published as mandatory. Its confirm comes after this.
    case returned(messageID: String?)
    case cancelled(consumerTag: String)
}

/// An argument of a consumer.
public enum ConsumerArgument: Sendable {
    /// A stream's starting point: an offset number.
    case streamOffset(Int64)
    /// A stream's starting point: `first`, `last` or `next`.
    case streamPosition(String)
}
