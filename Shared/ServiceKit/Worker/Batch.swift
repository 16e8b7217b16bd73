internal import Foundation
internal import Logging
internal import Messages
internal import Postgres

/// Decides messages, many in one transaction, with a constant number of statements: two round trips to
/// the database, whatever the size of the batch.
///
/// A handler failure touches only its message. A database error decides what happens to the batch: lost
/// races run again, a row that violates a constraint is found by halving, and what is no message's fault is
/// the worker's to mend or to wait for.
final class Batch {
    let definition: ServiceDefinition
    let settings: BatchSettings
    private let examination: Examination
    let encoder = MessageEncoder()
    let connection: Connection
    /// Of the messages that this batch and those before it parked or buried.
    let bodies: KeptBodies
    let journal: Journal
    private let trials: Trials
    private let waits: GrantWaits
    private let queries: QueryBudget
    private let logger: Logger
    /// Asked with each batch.
    private(set) var clock: DatabaseClock
    /// Confirmed positions to write with the next commit.
    private(set) var positions: [Int32: Int64] = [:]
    private var quotas = Quotas()
    private var rates: PublisherRates
    private var failures = AlikeFailures()
    /// Messages of this call that need a row which another session holds.
    private var locked = LockedMessages()
    /// How many messages of the last call were decided: the first so many.
    private(set) var decided = 0
    private var heldSince: ContinuousClock.Instant?

    init(
        _ definition: ServiceDefinition, _ settings: BatchSettings, connection: Connection,
        journal: Journal
    ) throws {
        self.definition = definition
        self.settings = settings
        self.connection = connection
        self.journal = journal
        logger = Logger(label: definition.name)
        trials = Trials(connection: connection, process: settings.process, logger: logger)
        waits = GrantWaits(patience: settings.grantPatience)
        queries = QueryBudget(share: settings.queryShare, exempt: settings.operatorName)
        clock = try DatabaseClock(connection)
        examination = Examination(
            catalogue: Catalogue(definition.router.types),
            ownTypes: Set(definition.router.routes.keys), service: definition.name,
            secret: settings.secret, inboxDays: settings.inboxDays)
        rates = PublisherRates(limit: settings.publisherRate, exempt: settings.operatorName)
        bodies = KeptBodies(settings.secret, connection)
        Quotas.measureNone()
    }

    /// Decides all messages; on return everything is committed and this is left to publish.
    /// - Parameter positions: confirmed journal positions, written by the same commit.
    func process(
        _ intakes: [Intake], positions: [Int32: Int64] = [:]
    ) throws -> [Publication] {
        self.positions = positions
        let now = clock.now
        // A batch that is held comes again, and must not count twice.
        let ratesBefore = rates
        var publications: [Publication] = []
        failures = AlikeFailures()
        locked = LockedMessages()
        decided = 0
        do {
            try bodies.prepare(now.day)
            try quotas.countIfDue(connection)
            parts: for part in intakes.chunked({ !$0.isSuspect && !$1.isSuspect }) {
                guard let examined = try examine(part, now) else { break }
                for segment in segments(examined) {
                    try decide(segment, now, &publications)
                    decided += segment.count
                    if Self.isFull(publications) { break parts }
                }
            }
            try decideFailures(now, &publications)
        } catch let held as HeldBatch {
            rates = ratesBefore
            throw held
        } catch let error as PostgresError
            where connection.isOpen && error.isPassing && !error.sqlState.endsSession
        {
            // Nothing of this call may be half done: the worker holds all of it, or begins anew with another session.
            guard publications.isEmpty else { throw error }
            _ = try connection.run("ROLLBACK")
            rates = ratesBefore
            throw HeldBatch(cause: error)
        }
        return publications
    }

    /// - Returns: nil if a suspect one must be left to another process, and others before it are decided.
    private func examine(_ part: ArraySlice<Intake>, _ now: Timestamp) throws -> [Examined]? {
        do {
            return try part.map {
                rates.limited(try trials.examine($0, by: examination, now), now: now)
            }
        } catch is HeldBatch where decided > 0 {
            return nil
        }
    }

    /// Takes parked messages that are due, and asks the clock.
    func takeParked() throws -> [Intake] {
        let results = try connection.pipeline([Parked.due(clock.now), DatabaseClock.ask])
        try clock.set(results[1])
        return try Parked.intakes(results[0], bodies)
    }

    /// For tests: counts now what publishers have left.
    func countQuotas() throws { try quotas.count(connection) }

    // MARK: Errors of the database

    /// Times a batch is run again after a deadlock, a serialization failure or a lost race.
    private static let raceLimit = 5

    private func decide(
        _ part: ArraySlice<Examined>, _ now: Timestamp, _ publications: inout [Publication],
        isLastTry: Bool = false, verdict known: Decider.Verdict? = nil
    ) throws {
        var races = 0
        var guilty = known
        while true {
            do {
                publications += try attempt(part, now, guilty: guilty)
                failures.successes += 1
                return
            } catch {
                if !connection.isOpen || Self.endsSession(error) { throw error }
                _ = try connection.run("ROLLBACK")
                if let error = error as? PostgresError, mayBeRace(error, races, part) {
                    races += 1
                    continue
                }
                let isLocked = (error as? PostgresError)?.sqlState == .lockNotAvailable
                if isLocked, guilty == nil, locked.put(off: part) { return }
                if !isLocked || guilty != nil, (error as? PostgresError)?.isPassing ?? false {
                    throw error
                }
                if part.count > 1 {
                    let middle = part.startIndex + part.count / 2
                    try decide(part[..<middle], now, &publications)
                    try decide(part[middle...], now, &publications)
                    return
                }
                // The answer itself cannot be stored, so the message is not at fault.
                guard guilty == nil else { throw error }
                if !isLastTry, failures.put(off: part, error) { return }
                guilty = verdict(error, part.first)
                races = 0
            }
        }
    }

    /// Whether the session is of no use any more: the server is gone, full, broken, or only a standby.
    static func endsSession(_ error: any Error) -> Bool {
        (error as? PostgresError)?.sqlState.endsSession ?? false
    }

    /// Decides the messages that failed each by itself, or holds them if the database seems to be at fault.
    private func decideFailures(_ now: Timestamp, _ publications: inout [Publication]) throws {
        if let common = failures.common {
            let since = heldSince ?? .now
            heldSince = since
            if ContinuousClock.now - since < AlikeFailures.longestHold {
                throw HeldBatch(cause: common)
            }
        }
        heldSince = nil
        for part in locked.messages { try decide(part, now, &publications, verdict: .locked) }
        for part in failures.messages { try decide(part, now, &publications, isLastTry: true) }
    }

    /// A duplicate key may be a row that another worker has just committed. The next attempt sees it. A fact makes several rows,
    /// each of which may meet another worker, and no rule refuses it.
    private func mayBeRace(
        _ error: PostgresError, _ races: Int, _ part: ArraySlice<Examined>
    ) -> Bool {
        guard races < Self.raceLimit else { return false }
        if error.sqlState == .uniqueViolation {
            return races == 0 || error.constraint == "inbox_pkey"
                || part.contains { $0.intake.origin == .facts }
        }
        return error.isRetriable
    }

    /// The verdict on the one message that causes an error.
    private func verdict(_ error: any Error, _ examined: Examined?) -> Decider.Verdict {
        if let verdict = error as? Decider.Verdict { return verdict }
        if let error = error as? PostgresError {
            if let name = error.constraint, let known = definition.constraints[name] {
                return .refused(Refusal(known.code, at: known.pointer))
            }
            if error.isDataFault {
                let expected =
                    error.constraint.map { "values that keep \($0)" }
                    ?? RefusalCode.constraintViolated.expected
                return .refused(Refusal(.constraintViolated, at: "", expected: expected))
            }
        }
        logger.error(
            "message failed",
            metadata: ["id": "\(examined?.id?.uuidString ?? "")", "error": "\(error)"])
        return .failed
    }

    // MARK: One transaction

    private func attempt(
        _ part: ArraySlice<Examined>, _ now: Timestamp, guilty: Decider.Verdict?
    ) throws -> [Publication] {
        let unit = UnitOfWork(
            source: DatabaseSource(connection), service: definition.name, now: now,
            message: .placeholder, secret: settings.secret)
        let loaded = try load(part, into: unit, withRows: guilty == nil)
        // It is alone in its transaction. Rolling back to here keeps what was done before, such as claiming it from `parked`.
        let isDryRun = part.first?.isDryRun ?? false
        if isDryRun { _ = try connection.run("SAVEPOINT dry_run") }
        var decider = Decider(
            router: definition.router, settings: settings, unit: unit, loaded: loaded,
            logger: logger)
        decider.quotas = quotas
        for examined in part { try decider.decide(examined, verdict: guilty) }
        let entries = isDryRun ? [] : try journalEntries(decider.decisions, now)
        let receipts = Receipts(service: definition.name, encoder: encoder, now: now)
        let owed =
            receipts.owed(decider.decisions) + (isDryRun ? [] : try receipts.notices(unit.notices))
        if isDryRun {
            try forget(decider, unit, owed)
        } else {
            try store(decider, unit, entries, owed, now)
        }
        if let last = entries.last { journal.committed(last.end) }
        positions.removeAll(keepingCapacity: true)
        CrashPoint.afterCommit.pass()
        if isDryRun { Measurements.outcome("dry_run", 1) } else { decider.measure() }
        return entries.map {
            Journal.publication(
                journal.owner, $0.position, id: $0.id, type: $0.type, cause: $0.cause, body: $0.body
            )
        } + decider.decisions.compactMap(receipts.publication)
    }

    /// First round trip: what is known of these messages and publishers, and the declared rows.
    private func load(
        _ part: ArraySlice<Examined>, into unit: UnitOfWork, withRows: Bool
    ) throws -> Decider.Loaded {
        var keys = Keys()
        var ids: [UUID] = []
        var publishers: Set<String> = []
        for examined in part {
            guard case .success(let message) = examined.content else { continue }
            ids.append(message.header.id)
            if withRows {
                definition.router.routes[message.header.type]?.keys?(message.payload, &keys)
            }
            if let publisher = examined.intake.publisher { publishers.insert(publisher) }
        }
        let claims = part.filter(\.intake.isParked).map(\.digest)
        let loads = keys.loads()
        // The clock comes last, after all waiting for locks.
        var statements: [Statement] = [
            "BEGIN", locked.patience(part, isAlone: part.first.map(isAlone) ?? false),
            Inbox.select(ids), PublisherGrant.table.read(Array(publishers)),
        ]
        statements += loads.map { $0.statement() }
        if !claims.isEmpty { statements.append(Parked.claim(claims)) }
        statements.append(DatabaseClock.ask)
        let results = try connection.pipeline(statements)
        try clock.set(results.last)
        for (set, rows) in zip(loads, results[4...]) { try set.fill(unit, with: rows) }
        var claimed: Set<[UInt8]> = []
        if !claims.isEmpty {
            for row in results[4 + loads.count] {
                claimed.insert(try row.decode([UInt8].self, at: 0))
            }
        }
        let grants = try decode(PublisherGrant.self, results[3])
        return Decider.Loaded(
            inbox: try Inbox.entries(results[2]),
            scopes: Dictionary(uniqueKeysWithValues: grants.map { ($0.name, $0.scope) }),
            claimed: claimed, waits: waits, queries: queries)
    }
}
