import AMQP
import Foundation
import Messages

/// What a message of the stream says to a subscriber.
enum StreamItem {
    case cell(CellChanged)
    case heartbeat(HeartbeatSent)

    /// - Returns: nil for what is of another kind, of an earlier version too.
    init?(_ delivery: Delivery) {
        guard let document = try? Document(delivery.body) else { return nil }
        switch document.type {
        case CellChanged.type:
            guard let cell = try? document.data(as: CellChanged.self) else { return nil }
            self = .cell(cell)
        case HeartbeatSent.type:
            guard let heartbeat = try? document.data(as: HeartbeatSent.self) else { return nil }
            self = .heartbeat(heartbeat)
        default: return nil
        }
    }

    var dataset: String {
        switch self {
        case .cell(let cell): cell.dataset
        case .heartbeat(let heartbeat): heartbeat.dataset
        }
    }

    var epoch: Int64 {
        switch self {
        case .cell(let cell): cell.epoch
        case .heartbeat(let heartbeat): heartbeat.epoch
        }
    }

    var seq: Int64 {
        switch self {
        case .cell(let cell): cell.seq
        case .heartbeat(let heartbeat): heartbeat.seq
        }
    }
}

/// A consumer of the stream that goes on behind the last offset over a new connection.
struct SummaryStream {
    private static let queue = "nuanxin.summaries"
    private static let prefetch: UInt16 = 500
    private static let pause: Int32 = 200

    private let endpoint: Endpoint
    private let name: String
    private var start: ConsumerArgument
    private var connection: AMQPConnection?
    private var incoming: [Incoming] = []

    init(_ endpoint: Endpoint, name: String, from start: ConsumerArgument) {
        self.endpoint = endpoint
        self.name = name
        self.start = start
    }

    mutating func connect() throws(AMQPError) {
        let connection = try AMQPConnection(endpoint, name: name)
        // Streams want both a prefetch and acknowledgements.
        try connection.setPrefetch(Self.prefetch)
        try connection.consume(Self.queue, tag: "tail", from: start)
        self.connection = connection
    }

    /// Drops the connection; the next call makes another.
    mutating func cut() { connection = nil }

    /// What has arrived, perhaps nothing.
    mutating func next() throws -> [Delivery] {
        do throws(AMQPError) {
            if connection == nil { try connect() }
            return try receive()
        } catch {
            guard error.isRetriable else { throw error }
            connection = nil
            Thread.sleep(forTimeInterval: 1)
            return []
        }
    }

    private mutating func receive() throws(AMQPError) -> [Delivery] {
        guard let connection else { return [] }
        AMQPConnection.wait(for: [connection], milliseconds: Self.pause)
        incoming.removeAll(keepingCapacity: true)
        try connection.receive(into: &incoming, limit: Int(Self.prefetch))
        var deliveries: [Delivery] = []
        var last: UInt64?
        for case .delivery(let delivery) in incoming {
            last = delivery.tag
            // Chunks are delivered whole, so the first one may begin before the offset asked for.
            if let offset = delivery.properties.streamOffset {
                if case .streamOffset(let wanted) = start, offset < wanted { continue }
                start = .streamOffset(offset + 1)
            }
            deliveries.append(delivery)
        }
        if let last { try connection.acknowledge(last, multiple: true) }
        return deliveries
    }
}
