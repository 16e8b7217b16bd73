internal import Foundation

/// A message to publish.
public struct Outgoing: Sendable {
    public let exchange: String
    public let routingKey: String
    public let properties: Properties
    public let body: [UInt8]
    /// Whether a queue must take it: otherwise it counts as refused. It needs a message id.
    public let isMandatory: Bool

    public init(
        exchange: String, routingKey: String, properties: Properties, body: [UInt8],
        isMandatory: Bool = false
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.properties = properties
        self.body = body
        self.isMandatory = isMandatory
    }
}

/// Publishes over a connection of its own, with confirms.
///
/// It keeps every item until the broker has confirmed it. Items that were refused, that had to reach a queue and reached none,
/// or that were sent over a connection that was lost, are published again over a new one, in order. Nothing here waits but `flush`. Confined to one thread.
public final class ConfirmedPublisher<Item> {
    /// Confirms taken in by one `pump`.
    private static var confirmLimit: Int { 4_000 }
    private static var pollMilliseconds: Int32 { 50 }

    private let endpoint: Endpoint
    private let name: String
    private let message: (Item) -> Outgoing
    private let mayBeRefused: (Item) -> Bool
    private var window = PublishWindow<Item>()
    private var incoming: [Incoming] = []
    private var backoff = Backoff()
    /// The connection, to wait for its confirms; nil while there is none.
    public private(set) var connection: AMQPConnection?
    /// The last failure of a connection that is now being made again.
    public private(set) var trouble: AMQPError?

    /// - Parameters:
    ///   - name: the connection's name in the broker's management.
    ///   - message: an item as it is published.
    ///   - mayBeRefused: whether a refusal of an item is no reason to send everything again; see `takeGivenUp`.
    public init(
        _ endpoint: Endpoint, name: String, message: @escaping (Item) -> Outgoing,
        mayBeRefused: @escaping (Item) -> Bool = { _ in false }
    ) {
        self.endpoint = endpoint
        self.name = name
        self.mayBeRefused = mayBeRefused
        self.message = message
    }

    /// Items that are not confirmed.
    public var count: Int { window.count }

    /// Takes items, and sends them if there is a connection; otherwise they are sent when there is one.
    public func publish(_ items: [Item]) {
        for item in items { note(item) }
        guard let connection else { return }
        do { try send(items, over: connection) } catch { lost(error) }
    }

    public func publish(_ item: Item) {
        note(item)
        guard let connection else { return }
        do { try send(item, over: connection) } catch { lost(error) }
    }

    /// Takes in confirms, and makes a lost connection again when it is time for that.
    /// - Returns: the items that are confirmed now, in order.
    public func pump() throws(AMQPError) -> [Item] {
        do {
            if connection == nil, backoff.isDue { try connect() }
            guard let connection else { return [] }
            incoming.removeAll(keepingCapacity: true)
            try connection.receive(into: &incoming, limit: Self.confirmLimit)
        } catch {
            lost(error)
            throw error
        }
        var unroutable: String?
        for item in incoming {
            switch item {
            case .confirmed(let tag, let multiple):
                window.settle(tag: tag, multiple: multiple, confirmed: true)
            case .refused(let tag, let multiple):
                window.settle(tag: tag, multiple: multiple, confirmed: false)
            case .returned(let id):
                window.refuse { message($0).properties.messageID == id }
                unroutable = id ?? ""
            default: break
            }
        }
        let confirmed = window.takeConfirmed()
        if !confirmed.isEmpty { backoff.succeeded() }
        if window.hasRefusals {
            let reason = unroutable.map { "no queue takes the message \($0)" } ?? "a queue is full"
            lost(AMQPError(.connectionLost, reason))
        }
        return confirmed
    }

    private func note(_ item: Item) { window.published(item, mayBeRefused: mayBeRefused(item)) }

    /// Items that were refused and are not published again, since the last call. `pump` moves them out of the window in
    /// their turn, without returning them.
    public func takeGivenUp() -> [Item] { window.takeGivenUp() }

    /// Drops the connection and forgets what is not confirmed. The broker may have some of it.
    public func forget() {
        connection = nil
        window = PublishWindow()
    }

    /// Waits until everything is confirmed.
    /// - Parameter confirmed: takes items as they are confirmed, in order.
    public func flush(
        within limit: Duration, _ confirmed: ([Item]) -> Void = { _ in }
    ) throws(AMQPError) {
        let deadline = ContinuousClock.now + limit
        while !window.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw trouble ?? AMQPError(.connectionLost, "no confirm within \(limit)")
            }
            if let connection {
                AMQPConnection.wait(for: [connection], milliseconds: Self.pollMilliseconds)
            } else {
                Thread.sleep(forTimeInterval: Double(Self.pollMilliseconds) / 1_000)
            }
            if let items = try? pump(), !items.isEmpty { confirmed(items) }
        }
    }

    /// Connects at once, and publishes again what is not confirmed.
    public func connect() throws(AMQPError) {
        let connection = try AMQPConnection(endpoint, name: name)
        try connection.selectConfirms()
        // A broker that answers and refuses would otherwise get everything again ten times a second.
        if window.isEmpty { backoff.succeeded() }
        let open = window.restart()
        // All of them are in the window before the first is sent: a send may fail.
        for item in open { note(item) }
        try send(open, over: connection)
        self.connection = connection
        trouble = nil
    }

    private func send(_ items: [Item], over connection: AMQPConnection) throws(AMQPError) {
        try connection.gather { () throws(AMQPError) in
            for item in items { try send(item, over: connection) }
        }
    }

    private func send(_ item: Item, over connection: AMQPConnection) throws(AMQPError) {
        let message = message(item)
        try connection.publish(
            exchange: message.exchange, routingKey: message.routingKey,
            properties: message.properties, body: message.body,
            isMandatory: message.isMandatory)
    }

    private func lost(_ error: AMQPError) {
        connection = nil
        trouble = error
        backoff.failed()
    }
}
