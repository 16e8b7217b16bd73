internal import AMQP
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
    /// Set instead of a body that was too long.
    var dropped: DroppedBody?
    /// The digest under which it was parked; nil when it comes from a queue.
    var digest: [UInt8]?
    /// The id with which it was parked, if it could be read then.
    var messageID: UUID?
    /// It was parked and its body cannot be opened any more.
    var isLost = false
    /// Bytes of the body, also of one that was too long.
    var size: Int { dropped?.size ?? body.count }
    /// Nil when it comes out of `parked`.
    var deliveryTag: UInt64?
    /// Delivered before: its first answer may never have reached the publisher.
    var isRepeat = false
    /// Delivered or taken out of `parked` before, and not decided: it may be what has ended a process.
    var isSuspect = false
    /// A process may have ended while it read this.
    var isUnreadable = false
    /// It was parked because another session held a row that it needs.
    var isLocked = false
    /// How often it was tried and parked; 0 when it comes from a queue.
    var attempt = 0
    var isParked = false
    /// Given by a job of this service. It needs no grant.
    var isOwn = false
    /// Whether the publisher asked for copies of the message under other routing keys.
    var hasCopies = false
    /// Whether the broker has replaced the routing key, because it gave the message up.
    var isRerouted = false
    /// Why the message was given up, by the broker or because a process has ended, if it was.
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
        dropped = delivery.dropped
        isRepeat = delivery.redelivered
        isSuspect = delivery.redelivered
        hasCopies = properties.hasCopies
        if origin == .dead {
            isRerouted = true
            self.origin =
                properties.firstDeathQueue?.hasSuffix(".facts") == true ? .facts : .commands
            // Dead-lettering replaced the routing key, which was the type.
            routingKey = properties.type.map(Self.storable) ?? ""
            deadReason =
                properties.firstDeathReason.flatMap { Self.deathReasons.contains($0) ? $0 : nil }
                ?? "delivery_limit"
            isRepeat = true
        }
        // Facts are larger than the commands they repeat. One that is longer than the broker takes was dropped before.
        if self.origin != .facts, body.count > Examination.bodyLimit {
            dropped = DroppedBody(of: body)
            body = []
        }
    }

    init(
        origin: Origin, routingKey: String, publisher: String?, replyTo: String?,
        correlationID: String?, body: [UInt8]?, digest: [UInt8], attempt: Int, isSuspect: Bool,
        isLocked: Bool, messageID: UUID?
    ) {
        self.origin = origin
        self.routingKey = routingKey
        self.publisher = publisher
        self.replyTo = replyTo
        self.correlationID = correlationID
        self.body = body ?? []
        self.digest = digest
        isLost = body == nil
        self.attempt = attempt
        self.isSuspect = isSuspect
        self.isLocked = isLocked
        self.messageID = messageID
        isParked = true
    }

    /// What the broker says. A publisher may write such a header too, with any text.
    private static let deathReasons = ["delivery_limit", "expired", "maxlen", "rejected"]

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

/// Looks at messages before any of them touches the database.
struct Examination {
    static let bodyLimit = 1 << 20
    /// Seconds that a publisher's clock may be ahead.
    static let clockSkew: Int64 = 300
    /// The types of all services.
    private static let commands = Set(Catalogue.commands.map { $0.type })

    let catalogue: Catalogue
    let ownTypes: Set<String>
    let service: String
    let secret: ServiceSecret
    let inboxDays: Int

    /// The digest by which the message is recognised.
    func digest(_ intake: Intake) -> [UInt8] {
        intake.digest
            ?? secret.digest(intake.dropped?.digest ?? intake.body, of: intake.publisher)
    }

    func examine(_ intake: Intake, now: Timestamp) -> Examined {
        let digest = digest(intake)
        let isCopy = isCopy(intake)
        do throws(Refusal) {
            let message = try read(intake, now)
            return Examined(
                intake: intake, digest: digest, type: message.header.type, mayKeepBody: true,
                id: message.header.id, content: .success(message), isCopy: isCopy,
                isDryRun: intake.deadReason == nil && message.header.isDryRun
                    && message.payload is any Command && !(message.payload is any Query),
                ignored: message.ignored)
        } catch {
            return refused(intake, digest, error, isCopy: isCopy)
        }
    }

    /// What can be said of a message that is refused unread, or as far as it could be read.
    private func refused(
        _ intake: Intake, _ digest: [UInt8], _ refusal: Refusal, isCopy: Bool
    ) -> Examined {
        let isWhole = intake.dropped == nil && !intake.isLost
        let document = isWhole && !intake.isUnreadable ? try? Document(intake.body) : nil
        let type = document?.type.flatMap(Self.plausible)
        return Examined(
            intake: intake, digest: digest, type: type,
            mayKeepBody: isWhole && isOwn(type ?? intake.routingKey),
            id: refusal.id ?? intake.messageID, content: .failure(refusal), isCopy: isCopy,
            isDryRun: isDryRun(document, intake),
            ignored: document == nil || intake.origin == .facts
                ? [] : catalogue.ignored(in: intake.body))
    }

    private func isDryRun(_ document: Document?, _ intake: Intake) -> Bool {
        guard let document, document.isDryRun, intake.deadReason == nil, intake.origin != .facts
        else { return false }
        return !(document.type.flatMap(catalogue.type(named:)) is any Query.Type)
    }

    /// Whether the service takes in messages of that type, or would in another version.
    private func isOwn(_ type: String) -> Bool {
        ownTypes.contains(type) || type.hasPrefix(service + ".")
    }

    /// A type that could be one of the contract: nobody's name is stored in its place.
    static func plausible(_ type: String) -> String? {
        let letters = Set("abcdefghijklmnopqrstuvwxyz0123456789._".utf8)
        return type.utf8.count <= 100 && type.utf8.allSatisfy(letters.contains) ? type : nil
    }

    /// A copy comes with the routing key of the original, so one of another service shows that it is a copy.
    private func isCopy(_ intake: Intake) -> Bool {
        guard intake.origin == .commands, !intake.isParked, !intake.isRerouted else { return false }
        // The name of the service alone reaches its queue too, and is no type.
        let isOwn = intake.routingKey == service || intake.routingKey.hasPrefix(service + ".")
        return intake.hasCopies || !isOwn
    }

    private func read(
        _ intake: Intake, _ now: Timestamp
    ) throws(Refusal) -> Message {
        guard !intake.isUnreadable else { throw Refusal(.deliveryLimit, pointer: "") }
        guard !intake.isLost else { throw Refusal(.bodyLost, pointer: "") }
        guard intake.origin != .unroutable else { throw Refusal(.unroutable, pointer: "") }
        // A fact is larger than the command it repeats, by what the service has added.
        let limit = intake.origin == .facts ? Topology.messageLimit : Self.bodyLimit
        let size = intake.size
        guard size <= limit else {
            throw Refusal(
                .tooLarge, pointer: "", found: "\(size) bytes",
                expected: "a body of at most \(limit) bytes")
        }
        guard let publisher = intake.publisher else {
            throw Refusal(.userIDMissing, pointer: "")
        }
        guard intake.replyTo == nil || intake.receiptQueue != nil else {
            throw Refusal(
                .replyToForeign, pointer: "", expected: "reply_to receipts.\(publisher), or none")
        }
        let message = try decode(intake.body)
        if var refusal = refusal(of: message, intake, publisher, now) {
            refusal.id = message.header.id
            throw refusal
        }
        return message
    }

    /// A known command of another service is not unknown: its receipt says where it belongs.
    private func decode(_ body: [UInt8]) throws(Refusal) -> Message {
        do {
            return try catalogue.decode(body)
        } catch {
            guard error.code == RefusalCode.unknownType.code,
                let type = (try? Document(body))?.type, Self.commands.contains(type),
                let owner = type.split(separator: ".").first
            else { throw error }
            throw Refusal(
                .unknownType, pointer: error.pointer, found: "a command of \(owner)",
                expected:
                    "a type of \(service); this one has the routing key \(type), for the queue \(owner).commands",
                id: error.id)
        }
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

extension RefusalCode {
    static let bodyLost = RefusalCode("body_lost", "a body whose key was not destroyed yet")
}
