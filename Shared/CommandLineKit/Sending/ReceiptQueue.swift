public import AMQP
import Foundation

/// The queue of a user's receipts, which one program at a time reads: a second one would be given receipts of the first.
///
/// A quorum queue grants an exclusive consumer without refusing others, so readers are counted here. Who finds one
/// waits; who began in the same moment as another one gives back what it was sent, and tries again.
public enum ReceiptQueue {
    /// Between looks whether the other one has finished.
    private static let pause = 0.3

    public static func name(of endpoint: Endpoint) -> String { "receipts.\(endpoint.user)" }

    /// A connection that alone reads the receipts.
    /// - Parameter deadline: until when to wait for another reader, which is said on standard error.
    public static func reader(
        _ endpoint: Endpoint, name: String, prefetch: UInt16,
        until deadline: ContinuousClock.Instant
    ) throws(AMQPError) -> AMQPConnection {
        repeat {
            if let alone = try begin(endpoint, name, prefetch, deadline) { return alone }
            Thread.sleep(forTimeInterval: Double.random(in: pause...(4 * pause)))
        } while ContinuousClock.now < deadline
        throw AMQPError(
            .connectionLost,
            "another program of this user reads its receipts; only one at a time can")
    }

    /// - Returns: nil if it does not read alone. With the connection goes what it was sent, back to the queue.
    private static func begin(
        _ endpoint: Endpoint, _ name: String, _ prefetch: UInt16,
        _ deadline: ContinuousClock.Instant
    ) throws(AMQPError) -> AMQPConnection? {
        let queue = Self.name(of: endpoint)
        let connection = try AMQPConnection(endpoint, name: name)
        guard try isFree(queue, connection, until: deadline) else { return nil }
        try connection.setPrefetch(prefetch)
        try connection.consume(queue, tag: "receipts")
        // One, and not none, which a broker says that is too busy to count.
        return try connection.consumerCount(of: queue) == 1 ? connection : nil
    }

    private static func isFree(
        _ queue: String, _ connection: AMQPConnection, until deadline: ContinuousClock.Instant
    ) throws(AMQPError) -> Bool {
        var isSaid = false
        while try connection.consumerCount(of: queue) > 0 {
            guard ContinuousClock.now < deadline else { return false }
            if !isSaid {
                let text = "waiting for another program of this user, which reads its receipts"
                writeError(text)
                isSaid = true
            }
            Thread.sleep(forTimeInterval: pause)
        }
        return true
    }
}
