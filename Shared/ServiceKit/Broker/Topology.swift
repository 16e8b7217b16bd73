internal import Foundation
internal import Messages

/// Everything that the broker must know: exchanges, queues, policies, bindings, users and their permissions. The tool exports
/// it as a RabbitMQ definitions file, which the deployment imports. Services may not configure the broker.
public struct Topology: Sendable {
    public struct Exchange: Sendable {
        public let name: String
        public let type: String
        /// The exchange for messages that no queue wants.
        public let alternate: String?
    }

    public struct Queue: Sendable {
        public enum Kind: String, Sendable { case quorum, stream }
        public let name: String
        public let kind: Kind
        /// The service whose dead letters its messages become.
        public let owner: String?
    }

    public struct Binding: Sendable {
        public let exchange: String
        public let queue: String
        public let routingKey: String
    }

    /// A setting for all queues with a matching name. If several policies match a queue, only the one of the highest
    /// priority counts.
    public struct Policy: Sendable {
        public let name: String
        /// A regular expression over names of queues.
        public let pattern: String
        public let priority: Int
        public let deliveryLimit: Int
        /// Bytes above which the oldest messages are dropped; nil for no limit.
        public var largestBytes: Int?
    }

    public struct User: Sendable {
        public let name: String
        public let tags: [String]
        /// Regular expressions over names of queues and exchanges.
        public let write: String
        public let read: String
        /// For each topic exchange it may write to or read from: routing keys.
        public let topics: [(exchange: String, write: String, read: String)]
        /// Nil for a user of the deployment itself.
        public var limits: Limits?
    }

    /// What a user from outside may hold open at once.
    public struct Limits: Sendable {
        public let connections: Int
        public let channels: Int
    }

    /// Generous for a system with many processes. It cannot use up the broker's descriptors.
    public static let limitsFromOutside = Limits(connections: 64, channels: 256)
    /// Bytes of the largest message that the broker takes. The settings of the broker have the same number. A command has at
    /// most half of it; what follows from a command is larger by what the service adds.
    public static let messageLimit = 2 << 20

    /// Deliveries of one message before the broker dead-letters it.
    public static let deliveryLimit = 20
    /// Bytes of summaries that the stream keeps at least, and the size of its segments: retention drops
    /// whole segments.
    static let streamBytes = 1 << 30
    static let segmentBytes = 16 << 20

    public let exchanges: [Exchange]
    public let queues: [Queue]
    public let bindings: [Binding]
    public let policies = [Self.kept, Self.receipts]
    public let users: [User]

    /// For queues without dead letters, except receipts: they keep a message, however often it was delivered and not acknowledged. Without a
    /// limit of its own, a quorum queue of RabbitMQ 4 drops a message after 20 deliveries. RabbitMQ 3 has no value for "no
    /// limit", so the limit is a large number. A policy also applies to queues that exist already. The priority is above
    /// that of a policy that somebody may set for all queues.
    public static let kept = Policy(
        name: "nuanxin.kept",
        pattern: #"^(.*\.dead|nuanxin\.unroutable)$"#, priority: 100,
        deliveryLimit: unlimitedDeliveries)

    /// For receipts: a publisher that does not read them loses its oldest, and nobody else waits or loses anything. A command
    /// that is sent again unchanged is answered again. Some 300,000 receipts fit.
    public static let receipts = Policy(
        name: "nuanxin.receipts", pattern: #"^receipts\..*$"#, priority: 100,
        deliveryLimit: unlimitedDeliveries, largestBytes: 128 << 20)

    private static let unlimitedDeliveries = 2_000_000_000

    /// - Parameters:
    ///   - publishers: broker users who may publish commands, with the message types each may
    ///     send (`#` for all, or prefixes such as `funding.loan`).
    ///   - subscribers: broker users who may read what is published, and ask for snapshots of it.
    public init(
        publishers: [(name: String, types: [String])] = Self.firstPublishers,
        subscribers: [String] = Self.firstSubscribers
    ) {
        exchanges =
            [
                Exchange(name: "nuanxin.commands", type: "topic", alternate: "nuanxin.unroutable"),
                Exchange(name: "nuanxin.unroutable", type: "fanout", alternate: nil),
                Exchange(name: "nuanxin.dead", type: "topic", alternate: nil),
            ]
            + (["nuanxin.facts", "nuanxin.receipts", "nuanxin.summaries"]
            + Self.services.map(Self.replay)).map {
                Exchange(name: $0, type: "topic", alternate: nil)
            }
        var queues = [
            Queue(name: "nuanxin.unroutable", kind: .quorum, owner: nil),
            Queue(name: "nuanxin.summaries", kind: .stream, owner: nil),
        ]
        var bindings = [
            Binding(exchange: "nuanxin.unroutable", queue: "nuanxin.unroutable", routingKey: ""),
            Binding(exchange: "nuanxin.summaries", queue: "nuanxin.summaries", routingKey: "#"),
        ]
        for service in Self.services {
            queues += [
                Queue(name: "\(service).commands", kind: .quorum, owner: service),
                Queue(name: "\(service).facts", kind: .quorum, owner: service),
                Queue(name: "\(service).dead", kind: .quorum, owner: nil),
            ]
            bindings += [
                Binding(
                    exchange: "nuanxin.commands", queue: "\(service).commands",
                    routingKey: "\(service).#"),
                Binding(exchange: "nuanxin.dead", queue: "\(service).dead", routingKey: service),
                Binding(
                    exchange: Self.replay(to: service), queue: "\(service).facts",
                    routingKey: "#"),
            ]
            // Every version: one that the service does not know becomes a dead letter, seen by an operator.
            bindings += Subscriptions.facts(of: service).map { fact in
                Binding(
                    exchange: "nuanxin.facts", queue: "\(service).facts",
                    routingKey: fact.type.split(separator: ".").dropLast().joined(separator: ".")
                        + ".*")
            }
        }
        // Subscribers get receipts too: they ask for snapshots and for explanations of figures.
        let receivers =
            publishers.map { ($0.name, Self.answering($0.types)) }
            + subscribers.map { ($0, ["reporting"]) }
        for (receiver, services) in receivers {
            let queue = Self.receipts(of: receiver)
            queues.append(Queue(name: queue, kind: .quorum, owner: nil))
            bindings += services.map {
                Binding(
                    exchange: "nuanxin.receipts", queue: queue,
                    routingKey: Self.receiptKey(to: receiver, from: $0))
            }
        }
        self.queues = queues
        self.bindings = bindings
        users =
            Self.parts.map(Self.user) + publishers.map(Self.publisher)
            + subscribers.map(Self.subscriber) + [Self.administrator]
    }

    private init(queues: [Queue], bindings: [Binding], users: [User]) {
        exchanges = []
        self.queues = queues
        self.bindings = bindings
        self.users = users
    }

    /// The part that is about one user: its permissions, its queue of receipts, and the policy of that queue.
    public func part(of user: String) -> Topology {
        let queue = Self.receipts(of: user)
        return Topology(
            queues: queues.filter { $0.name == queue },
            bindings: bindings.filter { $0.queue == queue },
            users: users.filter { $0.name == user })
    }

    /// The services to which a publisher may send some of the types.
    private static func answering(_ types: [String]) -> [String] {
        services.filter { service in
            types.contains { $0 == "#" || $0 == service || $0.hasPrefix(service + ".") }
        }
    }

    /// The routing key of a receipt. It begins with the service, as its permission demands. So a service reaches only the queues
    /// that are bound to its name: those of publishers that may send something to it.
    static func receiptKey(to publisher: String, from service: String) -> String {
        "\(service).\(publisher)"
    }

    private static func receipts(of user: String) -> String { "receipts.\(user)" }

    private static func user(_ part: ServicePart) -> User {
        let name = part.name
        let replays = consumers(of: name).map(replay)
        let written =
            ["nuanxin.facts", "nuanxin.receipts"] + replays
            + part.writes.map { "nuanxin.\($0.exchange)" }
        let pattern = written.map(NSRegularExpression.escapedPattern).joined(separator: "|")
        let others = part.reads.map { "|" + NSRegularExpression.escapedPattern(for: $0) }.joined()
        return User(
            name: name, tags: [], write: "^(\(pattern))$",
            read: "^(\(name)\\.(commands|facts|dead)\(others))$",
            topics: (["nuanxin.facts", "nuanxin.receipts"] + replays).map {
                ($0, "^\(name)\\.", "^$")
            } + part.writes.map { ("nuanxin.\($0.exchange)", "^\($0.topic)\\.", "^$") })
    }

    private static func publisher(_ publisher: (name: String, types: [String])) -> User {
        let patterns = publisher.types.map { type in
            type == "#" ? ".*" : NSRegularExpression.escapedPattern(for: type) + "(\\..*)?"
        }
        return User(
            name: publisher.name, tags: [], write: "^nuanxin\\.commands$",
            read: "^receipts\\.\(NSRegularExpression.escapedPattern(for: publisher.name))$",
            topics: [
                (
                    "nuanxin.commands",
                    "^\(unnamed(in: publisher.types))(\(patterns.joined(separator: "|")))$", "^$"
                )
            ],
            limits: publisher.types.contains("#") ? nil : limitsFromOutside)
    }

    /// Keeps a prefix from including commands that cannot be undone, unless they are named too. A pattern of Erlang.
    private static func unnamed(in types: [String]) -> String {
        guard !types.contains("#") else { return "" }
        let names = SendingRight.irreversible.map {
            (type: $0, name: $0.split(separator: ".").dropLast().joined(separator: "."))
        }
        let unnamed = names.filter { item in
            !types.contains(item.type) && !types.contains(item.name)
                && types.contains { item.name.hasPrefix($0 + ".") }
        }
        guard !unnamed.isEmpty else { return "" }
        let patterns = unnamed.map { NSRegularExpression.escapedPattern(for: $0.name) }
        return "(?!(\(patterns.joined(separator: "|")))\\.)"
    }

    private static func subscriber(_ name: String) -> User {
        let receipts = NSRegularExpression.escapedPattern(for: receipts(of: name))
        return User(
            name: name, tags: [], write: "^nuanxin\\.commands$",
            read: "^(nuanxin\\.summaries|\(receipts))$",
            topics: [
                ("nuanxin.summaries", "^$", ".*"),
                ("nuanxin.commands", "^\(subscribersCommands)\\.", "^$"),
            ], limits: limitsFromOutside)
    }

    /// May add and remove users through the management interface, and empty the queues of facts after a restore.
    private static let administrator = User(
        name: "administrator", tags: ["administrator"], write: "^$",
        read: "^(\(services.joined(separator: "|")))\\.facts$", topics: [])
}
