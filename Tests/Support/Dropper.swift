public import AMQP

/// A reader that does not acknowledge what it reads. Use it on one thread.
public final class Dropper {
    public enum Way: CaseIterable, Sendable {
        /// The connection is closed, as by a crash.
        case closing
        /// The message is given back.
        case givingBack
    }

    /// Milliseconds for which a message may be on its way, with a busy broker.
    private static let patience: Int32 = 2_000
    private static let step: Int32 = 100

    private let endpoint: Endpoint
    private let queue: String
    private var connection: AMQPConnection?
    private var incoming: [Incoming] = []

    public init(_ url: String, _ queue: String) throws {
        endpoint = try Endpoint(url: url)
        self.queue = queue
    }

    /// Reads one message and drops it.
    /// - Returns: nil if there is none.
    public func drop(_ way: Way) throws -> Delivery? {
        let connection = try connection ?? open()
        guard let delivery = try next(connection) else { return nil }
        switch way {
        case .closing: self.connection = nil
        case .givingBack: try connection.reject(delivery.tag, multiple: false, requeue: true)
        }
        return delivery
    }

    private func open() throws -> AMQPConnection {
        let opened = try AMQPConnection(endpoint, name: "dropper")
        try opened.setPrefetch(1)
        try opened.consume(queue, tag: "dropper")
        connection = opened
        return opened
    }

    private func next(_ connection: AMQPConnection) throws -> Delivery? {
        for _ in 0..<(Self.patience / Self.step) {
            AMQPConnection.wait(for: [connection], milliseconds: Self.step)
            incoming.removeAll(keepingCapacity: true)
            try connection.receive(into: &incoming, limit: 1)
            if case .delivery(let delivery)? = incoming.first { return delivery }
        }
        return nil
    }
}
