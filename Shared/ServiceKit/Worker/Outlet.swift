internal import AMQP
internal import Foundation

/// The publishing side of a worker: a connection of its own with confirms, and all that is not yet
/// confirmed, so that it can be published again over a new connection or after a refusal.
final class Outlet {
    /// Unconfirmed publications above which a worker takes no new batch.
    static let windowLimit = 4_000

    let endpoint: Endpoint
    private let name: String
    private var connection: AMQPConnection?
    private var window = PublishWindow<Publication>()
    private var incoming: [Incoming] = []
    private var backoff = Backoff()

    /// Publications since the start, and how many of them, from the first on, are confirmed.
    private(set) var published: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    /// Confirmed journal rows whose position is not yet written, the highest of each owner.
    private(set) var positions: [Int32: Int64] = [:]

    init(_ endpoint: Endpoint, name: String) {
        self.endpoint = endpoint
        self.name = name
    }

    var isConnected: Bool { connection != nil }
    var hasRoom: Bool { window.count < Self.windowLimit && connection?.isBlocked != true }
    var isIdle: Bool { window.isEmpty }
    /// The connection, to wait for its confirms.
    var waitable: AMQPConnection? { connection }

    /// Records a publication and hands it to the broker if there is a connection; otherwise it goes out
    /// when there is one again.
    func publish(_ publication: Publication) {
        published += 1
        window.published(publication)
        guard let connection else { return }
        do {
            try send(publication, over: connection)
        } catch {
            self.connection = nil
        }
    }

    /// The publications of a batch.
    func publish(_ publications: [Publication]) {
        published += UInt64(publications.count)
        for publication in publications { window.published(publication) }
        guard let connection else { return }
        do { try send(publications, over: connection) } catch { self.connection = nil }
    }

    /// Takes in confirms and makes a lost connection again, without waiting for either.
    func pump() throws {
        do {
            if connection == nil { try reconnect() }
            guard let connection else { return }
            incoming.removeAll(keepingCapacity: true)
            try connection.receive(into: &incoming, limit: Self.windowLimit)
            for item in incoming {
                switch item {
                case .confirmed(let tag, let multiple):
                    window.settle(tag: tag, multiple: multiple, confirmed: true)
                case .refused(let tag, let multiple):
                    window.settle(tag: tag, multiple: multiple, confirmed: false)
                default: break
                }
            }
            takeConfirmed()
            // A full queue refuses: what it refused is published again over a new channel, in order.
            if window.hasRefusals {
                self.connection = nil
                backoff.failed()
            }
        } catch let error as AMQPError {
            connection = nil
            backoff.failed()
            throw error
        }
    }

    /// Waits until all is confirmed; 30 s at most.
    func flush() throws {
        let deadline = ContinuousClock.now + .seconds(30)
        while !window.isEmpty {
            guard ContinuousClock.now < deadline else {
                throw AMQPError(.connectionLost, "no confirm within 30 s")
            }
            if let connection { AMQPConnection.wait(for: [connection], milliseconds: 50) }
            try? pump()
            if connection == nil { Thread.sleep(forTimeInterval: 0.05) }
        }
    }

    func positionsWritten(_ written: [Int32: Int64]) {
        for (owner, position) in written where positions[owner] == position {
            positions[owner] = nil
        }
    }

    private func takeConfirmed() {
        let taken = window.takeConfirmed()
        guard !taken.isEmpty else { return }
        backoff.succeeded()
        confirmed += UInt64(taken.count)
        for entry in taken {
            guard let row = entry.item.journal else { continue }
            positions[row.owner] = max(positions[row.owner] ?? 0, row.position)
        }
        CrashPoint.afterConfirm.pass()
    }

    private func reconnect() throws {
        guard backoff.isDue else { return }
        let connection = try AMQPConnection(endpoint, name: name)
        try connection.selectConfirms()
        // A broker that answers and refuses would otherwise get everything again ten times a second.
        if window.isEmpty { backoff.succeeded() }
        let open = window.restart()
        // All of them are in the window before the first is sent: a send may fail.
        for publication in open { window.published(publication) }
        try send(open, over: connection)
        self.connection = connection
    }

    private func send(
        _ publications: [Publication], over connection: AMQPConnection
    ) throws(AMQPError) {
        try connection.gather { () throws(AMQPError) in
            for publication in publications { try send(publication, over: connection) }
        }
    }

    private func send(_ publication: Publication, over connection: AMQPConnection) throws(AMQPError)
    {
        try connection.publish(
            exchange: publication.exchange, routingKey: publication.routingKey,
            properties: publication.properties(user: endpoint.user), body: publication.body)
    }
}

/// Waits between tries to connect: 100 ms, doubled up to 5 s.
struct Backoff {
    private static let longest: Duration = .seconds(5)
    private var delay: Duration = .milliseconds(100)
    private var due: ContinuousClock.Instant = .now

    var isDue: Bool { ContinuousClock.now >= due }

    mutating func failed() {
        due = .now + delay
        delay = min(delay * 2, Self.longest)
    }

    mutating func succeeded() { delay = .milliseconds(100) }
}
