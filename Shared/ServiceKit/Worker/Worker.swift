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
    /// Deliveries that may be on their way to a worker or unacknowledged: one batch, and the next.
    private static let prefetch: UInt16 = 1_000
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

    let index: Int
    private let definition: ServiceDefinition
    private let settings: ServiceSettings
    private let health: Health
    let logger: Logger
    let outlet: Outlet
    lazy var jobOutlet = JobOutlet(
        settings.endpoint, name: "\(definition.name) worker \(index) jobs",
        meanwhile: { [unowned self] in serve() })

    var session: Session?
    var consumer: Consumer?
    private var databaseBackoff = Backoff()
    private var brokerBackoff = Backoff()
    private var batchBackoff = Backoff()
    private var heldSince: ContinuousClock.Instant?
    private var waiting: [Intake] = []
    private var isCautious = true
    private var lastSuspect: ContinuousClock.Instant = .now
    /// Batches whose publications are not all confirmed, oldest first.
    var unacknowledged: [(published: UInt64, tag: UInt64)] = []
    private var nextParked: ContinuousClock.Instant = .now
    var nextTakeOver: ContinuousClock.Instant = .now
    var nextPosition: ContinuousClock.Instant = .now
    var jobs: Jobs

    /// A database session and what lives with it.
    struct Session {
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
        jobOutlet.keep()
        growBold()
        let worked = outlet.hasRoom && decideBatch()
        doChores()
        if !worked { rest() }
        health.report(index, check)
    }

    private var check: Health.Check {
        Health.Check(
            isDatabaseConnected: session != nil,
            isBrokerConnected: consumer?.connection.isAlive ?? false,
            isOutletConnected: outlet.isAlive,
            clockDifference: session?.batch.clock.difference ?? 0, heldSince: heldSince)
    }

    /// Called about once a second while the database or the broker is awaited: the other connections must not be lost for
    /// that. It reads nothing, so that nothing changes for whoever waits.
    private func serve() {
        consumer?.connection.serve()
        outlet.serve()
        jobOutlet.serve()
        health.see(index, check)
    }

    // MARK: Connections

    private func connect() {
        if session == nil, databaseBackoff.isDue {
            do {
                let connection = try Connection(settings.database)
                connection.whileWaiting = { [unowned self] in serve() }
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
        _ = try connection.pipeline(ServiceSession.workerSettings + ServiceSession.limits)
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

    func lose(_ what: String, _ error: any Error) {
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

    /// Whether no more messages are taken in: they would have to be held in memory.
    var isFull: Bool { waiting.count >= Self.batchLimit || heldBytes >= Self.batchBytes }
    private var heldBytes: Int { waiting.reduce(0) { $0 + $1.body.count } }

    private func receive() {
        guard let consumer else { return }
        do {
            if isFull {
                // What arrives stays in the socket.
                consumer.connection.serve()
                guard !consumer.connection.isHungUp else {
                    throw AMQPError(.connectionLost, "the broker has closed the connection")
                }
                return
            }
            try consumer.receive(
                into: &waiting, limit: Self.batchLimit - waiting.count,
                bytes: Self.batchBytes - heldBytes)
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
            heldSince = nil
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
            heldSince = heldSince ?? .now
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

    func fail(_ error: any Error) {
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

    func settle() {
        do { try outlet.pump() } catch { lose("broker", error) }
        guard storeRefused() else { return }
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
}
