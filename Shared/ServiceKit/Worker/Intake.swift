internal import AMQP
internal import Crypto
internal import Foundation
internal import Messages

/// A message on its way into a batch: from a queue, or out of `parked`.
struct Intake {
    enum Origin: String {
        case commands, facts
        /// Dead-lettered by the broker. An intake says where it was before that, and `deadReason`.
        case dead
        /// Routed nowhere.
        case unroutable
    }

    var origin: Origin
    var routingKey: String
    var publisher: String?
    var replyTo: String?
    var correlationID: String?
    var body: [UInt8]
    /// Nil when it comes out of `parked`.
    var deliveryTag: UInt64?
    /// Delivered before: its first answer may never have reached the publisher.
    var isRepeat = false
    /// Delivered and lost more than once: it may be what ends the process.
    var isSuspect = false
    /// How often it was tried and parked; 0 when it comes from a queue.
    var attempt = 0
    var isParked = false
    /// Whether the publisher asked for copies of the message under other routing keys.
    var hasCopies = false
    /// Why the broker gave the message up, if it did.
    var deadReason: String?

    init(_ delivery: Delivery, from origin: Origin) {
        let properties = delivery.properties
        self.origin = origin
        deliveryTag = delivery.tag
        routingKey = Self.storable(delivery.routingKey)
        publisher = properties.userID
        replyTo = properties.replyTo.map(Self.storable)
        correlationID = (properties.correlationID ?? properties.messageID).map(Self.storable)
        body = delivery.body
        isRepeat = delivery.redelivered || properties.deliveryCount > 0
        isSuspect = properties.deliveryCount > 1
        hasCopies = properties.hasCopies
        if origin == .dead {
            self.origin =
                properties.firstDeathQueue?.hasSuffix(".facts") == true ? .facts : .commands
            // Dead-lettering replaced the routing key, which was the type.
            routingKey = properties.type.map(Self.storable) ?? ""
            deadReason = properties.firstDeathReason.map(Self.storable) ?? "delivery_limit"
            isRepeat = true
            isSuspect = false
        }
    }

    init(
        origin: Origin, routingKey: String, publisher: String?, replyTo: String?,
        correlationID: String?, body: [UInt8], attempt: Int
    ) {
        self.origin = origin
        self.routingKey = routingKey
        self.publisher = publisher
        self.replyTo = replyTo
        self.correlationID = correlationID
        self.body = body
        self.attempt = attempt
        isParked = true
    }

    /// Bytes of a short string of AMQP.
    private static let textLimit = 255

    /// A property as it can be stored and sent again: PostgreSQL's text holds no NUL, and broken UTF-8
    /// has grown when it was repaired.
    private static func storable(_ text: String) -> String {
        var text = text
        if text.utf8.contains(0) { text = text.replacing("\0", with: "\u{FFFD}") }
        while text.utf8.count > textLimit { text.removeLast() }
        return text
    }

    /// The queue of receipts this message may ask for: its publisher's own.
    var receiptQueue: String? {
        guard let replyTo, let publisher, replyTo == "receipts.\(publisher)" else { return nil }
        return publisher
    }
}

/// A message that was looked at: what it is, or why it is nothing.
struct Examined {
    let intake: Intake
    /// SHA-256 of the body: two messages with one id are the same if this is the same.
    let digest: [UInt8]
    let id: UUID?
    let content: Result<Message, Refusal>

    /// Whether it is a copy under another routing key. The broker checks the permission for the first key alone, so that
    /// publishers could reach services that they may not send to.
    let isCopy: Bool

    /// Whether it is a command that is to be decided, with nothing kept. A query keeps nothing but who read whom,
    /// which a dry run must not hide; so there is none of a query.
    var isDryRun: Bool {
        guard intake.deadReason == nil, case .success(let message) = content else { return false }
        return message.header.isDryRun && message.payload is any Command
            && !(message.payload is any Query)
    }
}

/// Looks at messages before any of them touches the database.
struct Examination {
    static let bodyLimit = 1 << 20
    /// Seconds that a publisher's clock may be ahead.
    static let clockSkew: Int64 = 300

    let catalogue: Catalogue
    let service: String
    let inboxDays: Int

    func examine(_ intake: Intake, now: Timestamp) -> Examined {
        let digest = Array(SHA256.hash(data: intake.body))
        let isCopy = isCopy(intake)
        do throws(Refusal) {
            let message = try read(intake, now)
            return Examined(
                intake: intake, digest: digest, id: message.header.id, content: .success(message),
                isCopy: isCopy)
        } catch {
            return Examined(
                intake: intake, digest: digest, id: error.id, content: .failure(error),
                isCopy: isCopy)
        }
    }

    /// A copy comes with the routing key of the original, so one of another service shows that it is a copy.
    private func isCopy(_ intake: Intake) -> Bool {
        guard intake.origin == .commands, !intake.isParked, intake.deadReason == nil else {
            return false
        }
        return intake.hasCopies || !intake.routingKey.hasPrefix(service + ".")
    }

    private func read(
        _ intake: Intake, _ now: Timestamp
    ) throws(Refusal) -> Message {
        guard intake.origin != .unroutable else { throw Refusal(.unroutable, pointer: "") }
        guard intake.body.count <= Self.bodyLimit else {
            throw Refusal(
                .tooLarge, pointer: "", found: "\(intake.body.count) bytes",
                expected: "a body of at most \(Self.bodyLimit) bytes")
        }
        guard let publisher = intake.publisher else {
            throw Refusal(.userIDMissing, pointer: "")
        }
        guard intake.replyTo == nil || intake.receiptQueue != nil else {
            throw Refusal(
                .replyToForeign, pointer: "", expected: "reply_to receipts.\(publisher), or none")
        }
        let message = try catalogue.decode(intake.body)
        if var refusal = refusal(of: message, intake, publisher, now) {
            refusal.id = message.header.id
            throw refusal
        }
        return message
    }

    /// Why a message that could be decoded is refused all the same.
    private func refusal(
        of message: Message, _ intake: Intake, _ publisher: String, _ now: Timestamp
    ) -> Refusal? {
        let header = message.header
        guard header.type == intake.routingKey || intake.deadReason != nil else {
            return Refusal(
                .wrongEnvelope, pointer: "/type", expected: "the type that is the routing key")
        }
        if intake.origin == .facts {
            guard message.payload is any Fact, header.type.hasPrefix(publisher + ".") else {
                return Refusal(.wrongEnvelope, pointer: "/type", expected: "a fact of its owner")
            }
            return nil
        }
        guard message.payload is any Command else {
            return Refusal(.unknownType, pointer: "/type", expected: "a command")
        }
        if intake.isParked { return nil }
        let age = (now.microseconds - header.time.microseconds) / 1_000_000
        guard age >= -Self.clockSkew else {
            return Refusal(.timeInFuture, pointer: "/time")
        }
        guard age <= Int64(inboxDays) * 86_400 else {
            return Refusal(
                .timeTooOld, pointer: "/time",
                expected: "a time within the last \(inboxDays) days")
        }
        return nil
    }
}
