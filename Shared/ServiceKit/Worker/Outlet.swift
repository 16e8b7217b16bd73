internal import AMQP

/// The publishing side of a worker. It counts publications, so that a worker knows which of its batches are confirmed, and
/// notes how far the journal is.
final class Outlet {
    /// Unconfirmed publications above which a worker takes no new batch.
    private static let windowLimit = 4_000
    private static let patience: Duration = .seconds(30)

    let endpoint: Endpoint
    private let publisher: ConfirmedPublisher<Publication>

    /// Publications since the start, and how many of them, from the first on, are confirmed.
    private(set) var published: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    /// Confirmed journal rows whose position is not yet written, the highest of each owner.
    private(set) var positions: [Int32: Int64] = [:]

    init(_ endpoint: Endpoint, name: String) {
        self.endpoint = endpoint
        let user = endpoint.user
        publisher = ConfirmedPublisher(endpoint, name: name) { $0.message(from: user) }
    }

    var isConnected: Bool { publisher.connection != nil }
    var hasRoom: Bool {
        publisher.count < Self.windowLimit && publisher.connection?.isBlocked != true
    }
    var isIdle: Bool { publisher.count == 0 }
    /// The connection, to wait for its confirms.
    var waitable: AMQPConnection? { publisher.connection }

    func publish(_ publication: Publication) {
        published += 1
        publisher.publish(publication)
    }

    /// The publications of a batch.
    func publish(_ publications: [Publication]) {
        published += UInt64(publications.count)
        publisher.publish(publications)
    }

    /// Takes in confirms and makes a lost connection again, without waiting for either.
    func pump() throws { note(try publisher.pump()) }

    /// Waits until all is confirmed; 30 s at most.
    func flush() throws { try publisher.flush(within: Self.patience, note) }

    func positionsWritten(_ written: [Int32: Int64]) {
        for (owner, position) in written where positions[owner] == position {
            positions[owner] = nil
        }
    }

    private func note(_ publications: [Publication]) {
        guard !publications.isEmpty else { return }
        confirmed += UInt64(publications.count)
        for row in publications.compactMap(\.journal) {
            positions[row.owner] = max(positions[row.owner] ?? 0, row.position)
        }
        CrashPoint.afterConfirm.pass()
    }
}
