internal import AMQP
internal import Foundation
internal import Logging
internal import Messages
internal import Postgres
internal import Synchronization

/// One thread that takes messages, decides them in batches and publishes what follows.
///
/// It owns one connection to consume, one to publish and one database session; nothing is shared with
/// other workers. It replaces each of them when it is lost, and keeps its messages meanwhile.
final class Worker {
    /// Messages in one batch, and the bytes of their bodies above which no more are taken.
    private static let batchLimit = 500
    private static let batchBytes = 1 << 20
    /// Deliveries that may be on their way to a worker or unacknowledged.
    private static let prefetch: UInt16 = 2_000
    /// The broker counts a lost channel against every message that was on its way to it. Until a new
    /// process has seen that it survives, only one message of each queue is at risk.
    private static let cautiousPrefetch: UInt16 = 1
    private static let caution: Duration = .milliseconds(100)
    /// Time without a batch after which the position is written and parked messages are looked for.
    private static let quiet: Duration = .milliseconds(200)
    /// Time between two looks for parked messages while batches go on.
    private static let parkedInterval: Duration = .milliseconds(200)
    private static let takeOverInterval: Duration = .seconds(2)
    /// Time after the stop signal by which the last batch is confirmed and acknowledged.
    private static let drainLimit: Duration = .seconds(5)

    private let index: Int
    private let definition: ServiceDefinition
    private let settings: ServiceSettings
    private let health: Health
    private let logger: Logger
    private let outlet: Outlet

    private var session: Session?
    private var consumer: Consumer?
    private var databaseBackoff = Backoff()
    private var brokerBackoff = Backoff()
    private var waiting: [Intake] = []
    private var isCautious = true
    private var lastSuspect: ContinuousClock.Instant = .now
    /// Batches whose publications are not all confirmed, oldest first.
    private var unacknowledged: [(published: UInt64, tag: UInt64)] = []
    private var nextParked: ContinuousClock.Instant = .now
    private var nextTakeOver: ContinuousClock.Instant = .now
    private var nextPosition: ContinuousClock.Instant = .now
    private var jobs: Jobs

    /// A database session and what lives with it.
    private struct Session {
        let connection: Connection
        let owner: Int32
        let batch: Batch
    }

    init(
        index: Int, definition: ServiceDefinition, settings: ServiceSettings, health: Health,
        logger: Logger
    ) {
        self.index = index
        self.definition = definition
        self.settings = settings
        self.health = health
        self.logger = logger
        outlet = Outlet(settings.endpoint, name: "\(definition.name) worker \(index) out")
        let all =
            definition.jobs + [
                Inbox.purge(days: settings.batch.inboxDays, unless: definition.inboxNeeded),
                OwedReceipts.job, Retention.job(settings.retention),
                Replays.job(of: definition.name),
                Backlog.job(settings.batch.retry),
            ]
        jobs = Jobs(all, of: definition.name, settings.jobs)
    }

    /// Works until `stop` is set; then finishes what it has begun.
    func run(until stop: StopFlag) {
        while !stop.isSet.load(ordering: .acquiring) { turn() }
        drain()
    }

    private func turn() {
        connect()
        receive()
        settle()
        growBold()
        let worked = outlet.hasRoom && decideBatch()
        doChores()
        if !worked { rest() }
        report()
    }

    private func report() {
        health.report(
            index,
            Health.Check(
                isDatabaseConnected: session != nil, isBrokerConnected: consumer != nil,
                isOutletConnected: outlet.isConnected))
    }

    // MARK: Connections

    private func connect() {
        if session == nil, databaseBackoff.isDue {
            do {
                let connection = try Connection(settings.database)
                try prepare(connection)
                try Migrator(definition).check(connection)
                let journal = try Journal(connection)
                session = Session(
                    connection: connection, owner: journal.owner,
                    batch: Batch(
                        definition, settings.batch, connection: connection, journal: journal))
                databaseBackoff.succeeded()
                nextTakeOver = .now
            } catch {
                lose("database", error)
                databaseBackoff.failed()
            }
        }
        if consumer == nil, brokerBackoff.isDue {
            do {
                consumer = try Consumer(
                    settings.endpoint, of: definition, worker: index,
                    prefetch: isCautious ? Self.cautiousPrefetch : Self.prefetch)
                brokerBackoff.succeeded()
            } catch {
                lose("broker", error)
                brokerBackoff.failed()
            }
        }
    }

    private func prepare(_ connection: Connection) throws {
        _ = try connection.pipeline(ServiceSession.workerSettings)
    }

    /// Raises the prefetch once no suspect message has come for a while.
    private func growBold() {
        guard isCautious, consumer != nil else { return }
        if waiting.contains(where: \.isRepeat) { lastSuspect = .now }
        guard ContinuousClock.now - lastSuspect > Self.caution, waiting.isEmpty,
            unacknowledged.isEmpty
        else { return }
        isCautious = false
        consumer = nil
        connect()
    }

    private func lose(_ what: String, _ error: any Error) {
        Measurements.reconnects(what)
        logger.warning("connection lost", metadata: ["to": "\(what)", "error": "\(error)"])
    }

    /// Unprocessed deliveries come again over the next connection; acknowledgements of the old one are void.
    private func loseConsumer(_ error: any Error) {
        lose("broker", error)
        consumer = nil
        waiting.removeAll { !$0.isParked }
        unacknowledged.removeAll()
        brokerBackoff.failed()
    }

    /// It may be unknown whether the last transaction was committed, so waiting messages may have been answered.
    private func loseSession(_ error: any Error) {
        lose("database", error)
        session = nil
        for index in waiting.indices { waiting[index].isRepeat = true }
        databaseBackoff.failed()
    }

    // MARK: In

    private func receive() {
        guard let consumer, waiting.count < Self.batchLimit else { return }
        do {
            try consumer.receive(
                into: &waiting, limit: Self.batchLimit - waiting.count, bytes: Self.batchBytes)
            if consumer.isOver { throw AMQPError(.connectionLost, "a consumer was cancelled") }
        } catch {
            loseConsumer(error)
        }
    }

    // MARK: Decide

    /// - Returns: whether there was anything to do.
    private func decideBatch() -> Bool {
        guard let session else { return false }
        do {
            try addParked(session)
            guard !waiting.isEmpty else { return false }
            let started = ContinuousClock.now
            let positions = outlet.positions
            let part = nextPart()
            let publications = try session.batch.process(part, positions: positions)
            outlet.positionsWritten(positions)
            waiting.removeFirst(part.count)
            outlet.publish(publications)
            CrashPoint.afterPublish.pass()
            if let tag = consumer?.tagAfter(part) {
                unacknowledged.append((outlet.published, tag))
            }
            Measurements.batch(messages: part.count, took: ContinuousClock.now - started)
            nextPosition = .now + Self.quiet
            return true
        } catch {
            fail(error)
            return false
        }
    }

    /// All waiting messages, or one suspect message alone. So the broker's delivery count finds a message that ends the
    /// process, without giving up others with it.
    private func nextPart() -> [Intake] {
        guard let index = waiting.firstIndex(where: \.isSuspect) else { return waiting }
        return Array(waiting[..<max(index, 1)])
    }

    private func fail(_ error: any Error) {
        if let error = error as? PostgresError, !error.isConnectionLost {
            // Neither the data nor the connection is at fault: the schema does not fit, or the disk is full.
            logger.error("batch failed", metadata: ["error": "\(error)"])
        }
        loseSession(error)
    }

    private func addParked(_ session: Session) throws {
        guard ContinuousClock.now >= nextParked, !waiting.contains(where: \.isParked) else {
            return
        }
        nextParked = .now + Self.parkedInterval
        let rows = try session.connection.run(Parked.due(.now()))
        waiting.insert(contentsOf: try Parked.intakes(rows, session.batch.bodies), at: 0)
    }

    // MARK: Out

    private func settle() {
        do { try outlet.pump() } catch { lose("broker", error) }
        var tag: UInt64?
        while let first = unacknowledged.first, first.published <= outlet.confirmed {
            tag = first.tag
            unacknowledged.removeFirst()
        }
        guard let tag, let consumer else { return }
        do {
            try consumer.acknowledge(through: tag)
            CrashPoint.afterAcknowledge.pass()
        } catch {
            loseConsumer(error)
        }
    }

    // MARK: Chores

    /// Does what is due besides messages. It is done under load too, because others wait for it.
    private func doChores() {
        guard let session else { return }
        do {
            try writePositions(session)
            try takeOver(session)
            try jobs.run(session.connection, outlet)
        } catch let error as AMQPError {
            // Its publications are in the outlet's window, and the database session is well.
            lose("broker", error)
        } catch {
            fail(error)
        }
    }

    /// Nothing to do: waits until a socket has something, for 50 ms at most.
    private func rest() {
        let connections = [consumer?.connection, outlet.waitable].compactMap(\.self)
        if connections.isEmpty {
            Thread.sleep(forTimeInterval: 0.05)
        } else {
            AMQPConnection.wait(for: connections, milliseconds: 50)
        }
    }

    private func writePositions(_ session: Session) throws {
        guard !outlet.positions.isEmpty, ContinuousClock.now >= nextPosition else { return }
        CrashPoint.beforePosition.pass()
        let positions = outlet.positions
        _ = try session.connection.run(Journal.write(positions))
        outlet.positionsWritten(positions)
    }

    private func takeOver(_ session: Session) throws {
        guard ContinuousClock.now >= nextTakeOver, outlet.isConnected else { return }
        nextTakeOver = .now + Self.takeOverInterval
        let count = try TakeOver.run(session.connection, outlet, except: session.owner)
        if count > 0 {
            logger.notice("published for a worker that is gone", metadata: ["facts": "\(count)"])
        }
    }

    /// The last batch is committed; waits for its confirms, acknowledges, writes the position.
    private func drain() {
        let deadline = ContinuousClock.now + Self.drainLimit
        while !outlet.isIdle || !unacknowledged.isEmpty, ContinuousClock.now < deadline {
            settle()
            if consumer == nil { unacknowledged.removeAll() }
            guard let connection = outlet.waitable else { break }
            AMQPConnection.wait(for: [connection], milliseconds: 20)
        }
        nextPosition = .now
        if let session { try? writePositions(session) }
    }
}
