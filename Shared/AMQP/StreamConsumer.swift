/// A consumer of a stream, over a connection of its own, on one thread.
public struct StreamConsumer {
    private static let prefetch: UInt16 = 500

    private let connection: AMQPConnection
    private var incoming: [Incoming] = []
    /// The position at which another consumer goes on.
    public private(set) var position: ConsumerArgument

    public init(
        _ endpoint: Endpoint, name: String, queue: String, from start: ConsumerArgument
    ) throws(AMQPError) {
        connection = try AMQPConnection(endpoint, name: name, isForReading: true)
        position = start
        // Streams want both a prefetch and acknowledgements.
        try connection.setPrefetch(Self.prefetch)
        try connection.consume(queue, tag: "stream", from: start)
    }

    /// Waits at most so many milliseconds, and returns what has arrived: in order, each message once, perhaps none.
    public mutating func next(milliseconds: Int32) throws(AMQPError) -> [Delivery] {
        AMQPConnection.wait(for: [connection], milliseconds: milliseconds)
        incoming.removeAll(keepingCapacity: true)
        try connection.receive(into: &incoming, limit: Int(Self.prefetch))
        var deliveries: [Delivery] = []
        var last: UInt64?
        for case .delivery(let delivery) in incoming {
            last = delivery.tag
            // Chunks are delivered whole, so the first one may begin before the offset asked for.
            if let offset = delivery.properties.streamOffset {
                if case .streamOffset(let wanted) = position, offset < wanted { continue }
                position = .streamOffset(offset + 1)
            }
            deliveries.append(delivery)
        }
        if let last { try connection.acknowledge(last, multiple: true) }
        return deliveries
    }
}
