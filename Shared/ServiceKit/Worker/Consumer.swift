internal import AMQP
internal import Foundation

/// The consuming side of a worker: a connection that reads the service's queues.
final class Consumer {
    let connection: AMQPConnection
    /// Bytes of the longest body that the broker takes. Should it take a longer one, that is dropped as it arrives.
    private static let longestBody = 2 << 20
    private var origins: [String: Intake.Origin] = [:]
    private var incoming: [Incoming] = []
    /// Whether the broker ended a consumer (its queue moved or was deleted).
    private(set) var isOver = false

    init(
        _ endpoint: Endpoint, of definition: ServiceDefinition, worker: Int, prefetch: UInt16
    ) throws(AMQPError) {
        let service = definition.name
        connection = try AMQPConnection(
            endpoint, name: "\(service) worker \(worker) in", isForReading: true,
            bodyLimit: Self.longestBody)
        try connection.setPrefetch(prefetch)
        var queues: [(String, Intake.Origin)] = [
            ("\(service).commands", .commands), ("\(service).facts", .facts),
            ("\(service).dead", .dead),
        ]
        if definition.takesUnroutable { queues.append(("nuanxin.unroutable", .unroutable)) }
        for (queue, origin) in queues {
            origins[queue] = origin
            try connection.consume(queue, tag: queue)
        }
    }

    /// Takes what has arrived.
    func receive(
        into intakes: inout [Intake], limit: Int, bytes: Int
    ) throws(AMQPError) {
        incoming.removeAll(keepingCapacity: true)
        try connection.receive(into: &incoming, limit: limit, byteLimit: bytes)
        for item in incoming {
            switch item {
            case .delivery(let delivery):
                guard let origin = origins[delivery.consumerTag] else { continue }
                intakes.append(Intake(delivery, from: origin))
            case .cancelled: isOver = true
            default: break
            }
        }
    }

    func acknowledge(through tag: UInt64) throws(AMQPError) {
        try connection.acknowledge(tag, multiple: true)
    }

    /// The delivery tag of the last queued message among those decided, if any.
    func tagAfter(_ part: [Intake]) -> UInt64? {
        part.last { !$0.isParked }?.deliveryTag
    }
}
