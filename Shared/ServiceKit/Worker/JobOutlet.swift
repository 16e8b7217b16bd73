internal import AMQP

/// The publishing side of jobs, over a connection of its own, made when a job publishes first.
///
/// A job whose messages were not confirmed runs again and makes them again. So nothing is sent that could not be sent at once.
/// Without a broker, while it takes nothing, or while an earlier job's messages are under way, a job fails before it has
/// published anything. What was under way over a connection that was lost is forgotten.
final class JobOutlet {
    /// The longest for the broker to confirm.
    private static let patience: Duration = .seconds(10)
    private static let pollMilliseconds: Int32 = 50

    let endpoint: Endpoint
    private let publisher: ConfirmedPublisher<Publication>
    private let meanwhile: () -> Void
    private var pending: [Publication] = []

    /// - Parameter meanwhile: called while confirms are awaited.
    init(_ endpoint: Endpoint, name: String, meanwhile: @escaping () -> Void = {}) {
        self.endpoint = endpoint
        self.meanwhile = meanwhile
        let user = endpoint.user
        publisher = ConfirmedPublisher(
            endpoint, name: name, message: { $0.message(from: user) }, mayBeRefused: { _ in true })
    }

    /// Keeps a message until `flush`.
    func publish(_ publication: Publication) { pending.append(publication) }

    /// Forgets what a job that failed has left.
    func discard() { pending = [] }

    /// Sends what was published since the last call, and waits until the broker has it; 10 s at most.
    /// - Throws: if a queue refuses any of it, too.
    func flush() throws(AMQPError) {
        guard try send().isEmpty else { throw AMQPError(.connectionLost, "a queue is full") }
    }

    /// Like `flush`, for messages of which each one counts alone.
    /// - Returns: those that a queue has refused.
    func send() throws(AMQPError) -> [Publication] {
        defer { pending = [] }
        guard !pending.isEmpty else { return [] }
        try pump()
        guard publisher.count == 0 else {
            throw AMQPError(.connectionLost, "earlier messages are not confirmed yet")
        }
        _ = publisher.takeGivenUp()
        try requireRoom()
        publisher.publish(pending)
        let deadline = ContinuousClock.now + Self.patience
        while publisher.count > 0 {
            guard ContinuousClock.now < deadline else {
                throw AMQPError(.connectionLost, "no confirm within \(Self.patience)")
            }
            AMQPConnection.wait(for: [try requireRoom()], milliseconds: Self.pollMilliseconds)
            try pump()
            meanwhile()
        }
        let refused = publisher.takeGivenUp()
        // A queue that was full may refuse a channel for ever, even when a policy has given it room.
        if !refused.isEmpty { publisher.forget() }
        return refused
    }

    @discardableResult
    private func requireRoom() throws(AMQPError) -> AMQPConnection {
        guard let connection = publisher.connection else {
            publisher.forget()
            throw publisher.trouble ?? AMQPError(.connectionLost, "there is no broker")
        }
        guard !connection.isBlocked else {
            throw AMQPError(.connectionLost, "the broker takes nothing now")
        }
        return connection
    }

    /// Takes in confirms. What was sent over a connection that is lost is not sent again.
    private func pump() throws(AMQPError) {
        do {
            _ = try publisher.pump()
        } catch {
            publisher.forget()
            throw error
        }
        if publisher.connection == nil { publisher.forget() }
    }

    /// Keeps the connection between two jobs; call it often. A lost one is made again when a job publishes.
    func keep() {
        if publisher.connection != nil { try? pump() }
    }

    /// Says to the broker that we are alive, while the worker waits for the database.
    func serve() { publisher.connection?.serve() }
}
