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
    /// process has seen that it survives, only so many messages of each queue are at risk.
    private static let cautiousPrefetch: UInt16 = 50
    private static let caution: Duration = .milliseconds(100)
    /// Suspect messages tried in one turn, each in a transaction of its own.
    private static let trialLimit = 50
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
    private var batchBackoff = Backoff()
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
                OwedReceipts.job, Replays.job(of: definition.name),
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
                isOutletConnected: outlet.isConnected,
                clockDifference: session?.batch.clock.difference ?? 0))
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
                    batch: try Batch(
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
        guard let session, batchBackoff.isDue else { return false }
        do {
            try addParked(session)
            let part = nextPart()
            guard let first = part.first,
                TrialGate.ofProcess.enter(index, isTrial: first.isSuspect)
            else { return false }
            defer { TrialGate.ofProcess.leave(index) }
            let started = ContinuousClock.now
            let positions = outlet.positions
            let publications = try session.batch.process(part, positions: positions)
            batchBackoff.succeeded()
            outlet.positionsWritten(positions)
            let decided = Array(part.prefix(session.batch.decided))
            waiting.removeFirst(decided.count)
            outlet.publish(publications)
            CrashPoint.afterPublish.pass()
            if let tag = consumer?.tagAfter(decided) {
                unacknowledged.append((outlet.published, tag))
            }
            Measurements.batch(messages: decided.count, took: ContinuousClock.now - started)
            nextPosition = .now + Self.quiet
            return true
        } catch let held as HeldBatch {
            Measurements.held(held.cause.sqlState)
            logger.warning("batch held", metadata: ["error": "\(held.cause)"])
            batchBackoff.failed()
            return false
        } catch {
            fail(error)
            return false
        }
    }

    /// The messages ahead that share the way they are decided: in a batch, or each on trial.
    private func nextPart() -> [Intake] {
        guard let first = waiting.first else { return [] }
        let part = waiting.prefix { $0.isSuspect == first.isSuspect }
        return Array(first.isSuspect ? part.prefix(Self.trialLimit) : part)
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
        waiting.insert(contentsOf: try session.batch.takeParked(), at: 0)
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
            // A job that ended the process would lay the blame on a message on trial beside it.
            guard TrialGate.ofProcess.enter(index, isTrial: false) else { return }
            defer { TrialGate.ofProcess.leave(index) }
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
