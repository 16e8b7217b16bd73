import AMQP
import Foundation
import Messages

/// A message of the stream, as a subscriber reads it.
enum StreamItem {
    case cell(CellChanged)
    case heartbeat(HeartbeatSent)

    /// - Returns: nil for other kinds of messages, also for earlier versions.
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
    private static let pause: Int32 = 200

    private let endpoint: Endpoint
    private let name: String
    private var start: ConsumerArgument
    private var consumer: StreamConsumer?

    init(_ endpoint: Endpoint, name: String, from start: ConsumerArgument) {
        self.endpoint = endpoint
        self.name = name
        self.start = start
    }

    mutating func connect() throws(AMQPError) {
        consumer = try StreamConsumer(endpoint, name: name, queue: Self.queue, from: start)
    }

    /// Drops the connection; the next call makes another.
    mutating func cut() { consumer = nil }

    /// The messages that have arrived; there may be none.
    mutating func next() throws -> [Delivery] {
        do throws(AMQPError) {
            if consumer == nil { try connect() }
            let deliveries = try consumer?.next(milliseconds: Self.pause) ?? []
            if let position = consumer?.position { start = position }
            return deliveries
        } catch {
            guard error.isRetriable else { throw error }
            consumer = nil
            Thread.sleep(forTimeInterval: 1)
            return []
        }
    }
}
