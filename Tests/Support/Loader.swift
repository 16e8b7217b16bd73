import AMQP
public import Foundation
import Messages
import ServiceKit
import Synchronization

/// Publishes donations without pause on a thread of its own, each with an id of its own, and remembers
/// which of them the broker has confirmed. What a lost connection leaves unconfirmed it publishes again,
/// as every careful publisher does.
public final class Loader: Sendable {
    /// Donations published so far.
    public struct Tally: Sendable {
        public var published: Set<UUID> = []
        public var confirmed: Set<UUID> = []
        public var reconnects = 0
    }

    private let tally = Mutex(Tally())
    private let isStopping = Atomic<Bool>(false)
    private let isOver = Atomic<Bool>(false)
    private let url: String
    private let fund: UUID
    private let pace: Pace

    /// How much is published at once, and how often.
    public struct Pace: Sendable {
        public var messages: Int
        public var pause: TimeInterval

        /// Small batches, many of them.
        public static let steady = Pace(messages: 5, pause: 0.01)
        /// About 200 a second: a busy day, with room beside it.
        public static let gentle = Pace(messages: 2, pause: 0.01)
        /// Moments of quiet between bursts, in which workers catch up with their chores.
        public static let bursts = Pace(messages: 50, pause: 0.35)
    }

    /// Begins to publish.
    /// - Parameter url: the broker's address for the publisher.
    public init(_ url: String, fund: UUID, pace: Pace = .steady) {
        self.url = url
        self.fund = fund
        self.pace = pace
        Thread { [self] in
            run()
            isOver.store(true, ordering: .releasing)
        }.start()
    }

    public var published: Int { tally.withLock { $0.published.count } }

    public var confirmed: Int { tally.withLock { $0.confirmed.count } }

    /// Publishes no more, waits until all is confirmed and says what was.
    public func finish() throws -> Tally {
        isStopping.store(true, ordering: .releasing)
        let deadline = Date().addingTimeInterval(60)
        while !isOver.load(ordering: .acquiring) {
            guard Date() < deadline else {
                throw TestServers.Missing(description: "the loader's publishes are not confirmed")
            }
            Thread.sleep(forTimeInterval: 0.02)
        }
        return tally.withLock { $0 }
    }

    // MARK: On the loader's thread

    private typealias Item = (id: UUID, body: [UInt8])

    private func run() {
        var window = PublishWindow<Item>()
        var connection: AMQPConnection?
        let encoder = MessageEncoder()
        while !isStopping.load(ordering: .acquiring) || !window.isEmpty {
            do {
                let open = try connection ?? connect(&window)
                connection = open
                if !isStopping.load(ordering: .acquiring), window.count < 500 {
                    for _ in 0..<pace.messages { try publish(encoder, open, &window) }
                }
                let next = Date().addingTimeInterval(pace.pause)
                repeat {
                    let rest = max(next.timeIntervalSinceNow, 0)
                    AMQPConnection.wait(for: [open], milliseconds: Int32(rest * 1_000))
                    try settle(open, &window)
                } while Date() < next
            } catch {
                connection = nil
                Thread.sleep(forTimeInterval: 0.1)
            }
        }
    }

    private func connect(_ window: inout PublishWindow<Item>) throws -> AMQPConnection {
        let connection = try AMQPConnection(Endpoint(url: url), name: "loader")
        try connection.selectConfirms()
        let again = window.restart()
        for item in again { window.published(item) }
        for item in again { try send(item, connection) }
        tally.withLock { $0.reconnects += 1 }
        return connection
    }

    private func publish(
        _ encoder: MessageEncoder, _ connection: AMQPConnection,
        _ window: inout PublishWindow<Item>
    ) throws {
        let id = UUID()
        guard let territory = TerritoryCode("350203"), let day = BusinessDate("2020-05-26") else {
            return
        }
        let command = ReceiveDonation(
            donation: DonationID(id), fund: FundID(fund), campaign: "load", territory: territory,
            amountFen: Fen(rawValue: 100), receivedOn: day)
        let header = Header(id: id, source: "loader", type: ReceiveDonation.type, time: .now())
        let item = (id, try encoder.encode(header, command))
        tally.withLock { _ = $0.published.insert(id) }
        window.published(item)
        try send(item, connection)
    }

    private func send(_ item: Item, _ connection: AMQPConnection) throws {
        var properties = Properties()
        properties.contentType = "application/cloudevents+json"
        properties.messageID = item.id.uuidString.lowercased()
        properties.type = ReceiveDonation.type
        properties.userID = try Endpoint(url: url).user
        properties.replyTo = "receipts.\(properties.userID ?? "")"
        try connection.publish(
            exchange: "nuanxin.commands", routingKey: ReceiveDonation.type,
            properties: properties, body: item.body)
    }

    private func settle(
        _ connection: AMQPConnection, _ window: inout PublishWindow<Item>
    ) throws {
        var incoming: [Incoming] = []
        try connection.receive(into: &incoming, limit: 1_000)
        for item in incoming {
            switch item {
            case .confirmed(let tag, let multiple):
                window.settle(tag: tag, multiple: multiple, confirmed: true)
            case .refused(let tag, let multiple):
                window.settle(tag: tag, multiple: multiple, confirmed: false)
            default: break
            }
        }
        let taken = window.takeConfirmed().map(\.id)
        tally.withLock { $0.confirmed.formUnion(taken) }
        if window.hasRefusals { throw AMQPError(.connectionLost, "refused: published again") }
    }
}
