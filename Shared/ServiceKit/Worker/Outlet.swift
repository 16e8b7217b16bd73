internal import AMQP

/// The publishing side of a worker's batches. It counts publications, so that a worker knows which of its batches are
/// confirmed, and notes how far the journal is.
///
/// A fact that a queue refuses is published again, and holds back what comes after it. A receipt that is refused is handed
/// out to be owed: the queue of one publisher who does not read must not stop the others.
final class Outlet {
    /// Unconfirmed publications, and bytes of them, above which a worker takes no new batch.
    private static let windowLimit = 4_000
    private static let windowBytes = 8 << 20

    private let publisher: ConfirmedPublisher<Publication>

    /// Publications since the start, and how many of them, from the first on, are confirmed or refused for good.
    private(set) var published: UInt64 = 0
    private(set) var confirmed: UInt64 = 0
    private var unconfirmedBytes = 0
    /// Receipts that their queues have refused, and that are not stored yet.
    private(set) var refused: [Publication] = []
    /// Confirmed journal rows whose position is not yet written, the highest of each owner.
    private(set) var positions: [Int32: Int64] = [:]

    init(_ endpoint: Endpoint, name: String) {
        let user = endpoint.user
        publisher = ConfirmedPublisher(
            endpoint, name: name, message: { $0.message(from: user) },
            mayBeRefused: { $0.journal == nil })
    }

    var isConnected: Bool { publisher.connection != nil }
    /// Whether the broker has been heard a short time ago.
    var isAlive: Bool { publisher.connection?.isAlive ?? false }
    var hasRoom: Bool {
        publisher.count < Self.windowLimit && unconfirmedBytes < Self.windowBytes
            && publisher.connection?.isBlocked != true
    }
    var isIdle: Bool { publisher.count == 0 }
    /// The connection, to wait for its confirms.
    var waitable: AMQPConnection? { publisher.connection }

    /// The publications of a batch.
    func publish(_ publications: [Publication]) {
        published += UInt64(publications.count)
        unconfirmedBytes += Self.bytes(publications)
        publisher.publish(publications)
    }

    /// Takes in confirms and makes a lost connection again, without waiting for either.
    func pump() throws {
        defer { noteRefused(publisher.takeGivenUp()) }
        note(try publisher.pump())
    }

    /// Says to the broker that we are alive, while the worker waits for the database.
    func serve() { publisher.connection?.serve() }

    /// Call it once `refused` is stored as owed.
    func refusedStored() { refused = [] }

    func positionsWritten(_ written: [Int32: Int64]) {
        for (owner, position) in written where positions[owner] == position {
            positions[owner] = nil
        }
    }

    private func note(_ publications: [Publication]) {
        guard !publications.isEmpty else { return }
        confirmed += UInt64(publications.count)
        unconfirmedBytes -= Self.bytes(publications)
        for row in publications.compactMap(\.journal) {
            positions[row.owner] = max(positions[row.owner] ?? 0, row.position)
        }
        CrashPoint.afterConfirm.pass()
    }

    private func noteRefused(_ receipts: [Publication]) {
        confirmed += UInt64(receipts.count)
        unconfirmedBytes -= Self.bytes(receipts)
        refused += receipts
    }

    private static func bytes(_ publications: [Publication]) -> Int {
        publications.reduce(0) { $0 + $1.body.count }
    }
}
