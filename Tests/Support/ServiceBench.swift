import AMQP
public import Foundation
public import Messages
public import Postgres

@testable public import ServiceKit

/// One service over a database of its own, without a broker: messages go in, receipts and facts come
/// out. Use it on one thread (a synchronous test): the connection is confined to it.
public final class ServiceBench {
    /// The answer to one message.
    public struct Answered: Sendable {
        /// `accepted`, `duplicate`, `rejected` or `parked`; nil when there was no receipt (a fact).
        public var status: String?
        public var code: String?
        public var pointer: String?
        public var expected: String?
        /// The status of the first answer, for a duplicate.
        public var first: String?
        /// The id of the command, if it could be read.
        public var command: String?
        /// Ids of the facts that followed.
        public var facts: [String] = []
        /// The receipt's own id.
        public var receipt: String?
        /// The receipt as it was published.
        public var body: [UInt8] = []
    }

    public let connection: Connection
    /// For other connections and benches. The database stays then.
    public var url: String { lease.url }
    /// Adds to facts about people what registry would send with them, in the order in which they are taken in. A test that
    /// delivers them in another order asks it before.
    public let registry = RegistryBook()
    public private(set) var facts: [Message] = []
    /// Facts as they were published, byte for byte.
    public private(set) var bodies: [[UInt8]] = []
    let batch: Batch
    private let lease: BenchDatabases.Lease
    private let encoder = MessageEncoder()
    private let catalogue = Catalogue(Catalogue.all)

    /// - Parameters:
    ///   - shared: a migrated database to share (a second worker); nil for a new one.
    ///   - fill: SQL that every new database of this service and text starts with.
    ///   - retrySeconds: the retry schedule.
    ///   - grantPatience: seconds for which a command waits for its grant.
    ///   - publisherRate: commands a second of one publisher; 0 for no limit.
    ///   - queryShare: of each second, the time for queries of one publisher.
    public convenience init(
        _ definition: ServiceDefinition, url shared: String? = nil, fill: String = "",
        retrySeconds: [Int] = [0, 0, 5], grantPatience: Int = 0, publisherRate: Int = 0,
        queryShare: Duration = .seconds(60)
    ) throws {
        let lease = try BenchDatabases.Lease(
            shared ?? Self.migrated(definition, fill), isOwn: shared == nil)
        try self.init(
            definition, lease, isNew: false, retrySeconds, grantPatience, publisherRate, queryShare)
    }

    private static func migrated(
        _ definition: ServiceDefinition, _ fill: String
    ) throws -> String {
        let steps = Migrator(definition).migrations.map { $0.name + $0.sql }
        return try ServerSet.current().newDatabase(
            named: "\(definition.name) \(steps) \(fill)"
        ) { connection in
            try Migrator(definition).run(on: connection)
            if !fill.isEmpty { try connection.script(fill) }
        }
    }

    /// The first bench on a database that others will share.
    public convenience init(
        _ definition: ServiceDefinition, migrating url: String
    ) throws {
        let lease = BenchDatabases.Lease(url, isOwn: false)
        try self.init(definition, lease, isNew: true, [0, 0, 5], 0, 0, .seconds(60))
    }

    private init(
        _ definition: ServiceDefinition, _ lease: BenchDatabases.Lease, isNew: Bool,
        _ retrySeconds: [Int], _ grantPatience: Int, _ publisherRate: Int, _ queryShare: Duration
    ) throws {
        self.lease = lease
        connection = try Connection(PostgresConfiguration(url: lease.own))
        // As a worker does it.
        _ = try connection.pipeline(ServiceSession.workerSettings)
        if isNew { try Migrator(definition).run(on: connection) }
        var settings = BatchSettings(try Self.secret())
        settings.retry = RetrySchedule(delays: retrySeconds)
        settings.process = UUID()
        settings.grantPatience = grantPatience
        settings.publisherRate = publisherRate
        settings.queryShare = queryShare
        batch = try Batch(
            definition, settings, connection: connection, journal: try Journal(connection))
        // A worker does it with its first batch. Here each batch has two round trips, the first one too.
        try batch.bodies.prepare(Timestamp.now().day)
    }

    /// Decides commands in one batch, as the broker would deliver them.
    @discardableResult
    public func decide(
        _ commands: [any Command], publisher: String = "operator"
    ) throws -> [Answered] {
        try deliver(
            commands.map { (UUID(), $0) }.map { try delivery($0.0, $0.1, publisher, nil) },
            .commands)
    }

    @discardableResult
    public func decide(_ command: any Command, publisher: String = "operator") throws -> Answered {
        try decide([command], publisher: publisher).first ?? Answered()
    }

    /// Decides one command with an id of the caller's choice, to send it again.
    @discardableResult
    public func decide(
        _ command: any Command, id: UUID, publisher: String = "operator", time: Timestamp? = nil
    ) throws -> Answered {
        try deliver([try delivery(id, command, publisher, nil, time: time)], .commands).first
            ?? Answered()
    }

    /// Decides commands in one batch, with ids of the caller's choice. With a time of the caller's too, the
    /// same id brings the same body again.
    @discardableResult
    public func decide(
        _ commands: [(id: UUID, command: any Command)], publisher: String = "operator",
        time: Timestamp? = nil
    ) throws -> [Answered] {
        try deliver(
            commands.map { try delivery($0.id, $0.command, publisher, nil, time: time) }, .commands)
    }

    /// The command as a publisher would write it.
    public func body(
        _ command: any Command, id: UUID = UUID(), time: Timestamp = .now()
    ) throws -> [UInt8] {
        try delivery(id, command, "", nil, time: time).body
    }

    /// Takes in a fact of another service.
    public func take(_ fact: any Fact, subject: UUID, sequence: Int64, id: UUID = UUID()) throws {
        try take([(fact, subject, sequence, id)])
    }

    /// Takes in a fact that a certain broker user has published.
    public func take(
        _ fact: any Fact, subject: UUID, sequence: Int64, as user: String
    ) throws {
        let place = (subject.uuidString.lowercased(), sequence)
        try deliver([try delivery(UUID(), registry.told(fact), user, place)], .facts)
    }

    public func take(
        _ facts: [(fact: any Fact, subject: UUID, sequence: Int64, id: UUID)]
    ) throws {
        let deliveries = try facts.map { item in
            let type = Swift.type(of: item.fact).type
            let owner = String(type.prefix { $0 != "." })
            return try delivery(
                item.id, registry.told(item.fact), owner,
                (item.subject.uuidString.lowercased(), item.sequence))
        }
        try deliver(deliveries, .facts)
    }

    /// Takes in what other services have published in one batch, malformed bodies too.
    public func take(raw facts: [(type: String, body: [UInt8])]) throws {
        let deliveries = facts.map { type, body in
            delivery(body, type: type, user: String(type.prefix { $0 != "." }))
        }
        try deliver(deliveries, .facts)
    }

    /// Takes in what another bench has published.
    public func take(published bodies: [[UInt8]]) throws {
        let deliveries = try bodies.map { body in
            let type = try catalogue.decode(body).header.type
            return delivery(body, type: type, user: String(type.prefix { $0 != "." }))
        }
        try deliver(deliveries, .facts)
    }

    /// Delivers any body, malformed ones too.
    @discardableResult
    public func deliver(
        raw body: [UInt8], routingKey: String, user: String? = "operator",
        replyTo: String? = "receipts.operator", correlationID: String? = nil,
        redelivered: Bool = false, hasCopies: Bool = false
    ) throws -> Answered {
        var delivery = delivery(body, type: routingKey, user: user)
        delivery.properties.hasCopies = hasCopies
        delivery.properties.replyTo = replyTo
        delivery.properties.correlationID = correlationID
        delivery.redelivered = redelivered
        return try deliver([delivery], .commands).first ?? Answered()
    }

    /// Delivers several bodies in one batch.
    @discardableResult
    public func deliver(raw bodies: [[UInt8]], type: String) throws -> [Answered] {
        try deliver(
            bodies.map { body in
                var delivery = delivery(body, type: type, user: "operator")
                delivery.properties.replyTo = "receipts.operator"
                return delivery
            }, .commands)
    }

    /// Delivers what the broker has given up after too many tries.
    @discardableResult
    public func deliver(
        deadLettered body: [UInt8], type: String, user: String = "operator",
        reason: String = "delivery_limit", queue: String = "funding.commands"
    ) throws -> Answered {
        var delivery = delivery(body, type: "funding", user: user)
        delivery.properties.type = type
        delivery.properties.replyTo = "receipts.\(user)"
        delivery.properties.firstDeathReason = reason
        delivery.properties.firstDeathQueue = queue
        return try deliver([delivery], .dead).first ?? Answered()
    }

    /// Handles parked messages that are due, and sends the receipts they are owed.
    @discardableResult
    public func handleParked() throws -> [Answered] {
        let due = try Parked.intakes(
            connection.run(Parked.due(.now().adding(seconds: 1))), batch.bodies)
        let answers = try keep(batch.process(due))
        let owed = try OwedReceipts.publications(connection.run(OwedReceipts.select(.now())))
        _ = try connection.pipeline(OwedReceipts.settle(owed, refused: [], at: .now()))
        return try answers + owed.map { try answered($0.body) }
    }

    /// Counts what publishers have left, as a worker does every few seconds.
    public func countQuotas() throws { try batch.countQuotas() }

    // MARK: Inside

    @discardableResult
    private func deliver(_ deliveries: [Delivery], _ origin: Intake.Origin) throws -> [Answered] {
        try keep(batch.process(deliveries.map { Intake($0, from: origin) }))
    }

    @discardableResult
    func keep(_ publications: [Publication]) throws -> [Answered] {
        var answers: [Answered] = []
        for publication in publications {
            if publication.exchange == "nuanxin.receipts" {
                answers.append(try answered(publication.body))
            } else {
                facts.append(try catalogue.decode(publication.body))
                bodies.append(publication.body)
            }
        }
        return answers
    }

    private func answered(_ body: [UInt8]) throws -> Answered {
        struct Document: Decodable {
            let id: String
            let data: Receipt
        }
        let document = try JSONDecoder().decode(Document.self, from: Data(body))
        let receipt = document.data
        return Answered(
            status: receipt.status.rawValue, code: receipt.code ?? receipt.first?.code,
            pointer: receipt.pointer ?? receipt.first?.pointer,
            expected: receipt.expected ?? receipt.first?.expected,
            first: receipt.first?.status.rawValue,
            command: receipt.command, facts: receipt.facts ?? receipt.first?.facts ?? [],
            receipt: document.id, body: body)
    }

    private func delivery(
        _ id: UUID, _ payload: any Payload, _ user: String, _ place: (String, Int64)?,
        time: Timestamp? = nil
    ) throws -> Delivery {
        let type = Swift.type(of: payload).type
        let header = Header(
            id: id, source: "test", type: type, time: time ?? .now(), subject: place?.0,
            sequence: place?.1)
        var made = delivery(try encoder.encode(header, payload), type: type, user: user)
        if place == nil { made.properties.replyTo = "receipts.\(user)" }
        return made
    }

    private func delivery(_ body: [UInt8], type: String, user: String?) -> Delivery {
        var properties = Properties()
        properties.userID = user
        return Delivery(
            tag: 1, consumerTag: "", redelivered: false, routingKey: type,
            properties: properties, body: body)
    }
}
