internal import Foundation
internal import Logging
internal import Messages
internal import Postgres

/// Decides messages, many in one transaction, with a constant number of statements: two round trips to
/// the database, whatever the size of the batch.
///
/// A handler failure touches only its message. A database error decides what happens to the batch: lost
/// races run again, a row that violates a constraint is found by halving, a lost connection is the
/// worker's to mend.
final class Batch {
    private let definition: ServiceDefinition
    private let settings: BatchSettings
    private let examination: Examination
    private let encoder = MessageEncoder()
    private let connection: Connection
    private let journal: Journal
    private let logger: Logger
    /// Confirmed positions to write with the next commit.
    private var positions: [Int32: Int64] = [:]

    init(
        _ definition: ServiceDefinition, _ settings: BatchSettings, connection: Connection,
        journal: Journal
    ) {
        self.definition = definition
        self.settings = settings
        self.connection = connection
        self.journal = journal
        logger = Logger(label: definition.name)
        examination = Examination(
            catalogue: Catalogue(definition.router.types), service: definition.name,
            inboxDays: settings.inboxDays)
    }

    /// Decides all messages; on return everything is committed and this is left to publish.
    /// - Parameter positions: confirmed journal positions, written by the same commit.
    func process(
        _ intakes: [Intake], positions: [Int32: Int64] = [:]
    ) throws -> [Publication] {
        self.positions = positions
        let now = Timestamp.now()
        let examined = intakes.map { examination.examine($0, now: now) }
        var publications: [Publication] = []
        for segment in segments(examined) {
            try decide(segment, now, &publications)
        }
        return publications
    }

    /// Runs of messages that share a transaction; those whose handler needs one alone stand alone.
    private func segments(_ examined: [Examined]) -> [ArraySlice<Examined>] {
        examined.chunked { previous, next in !isAlone(previous) && !isAlone(next) }
    }

    private func isAlone(_ examined: Examined) -> Bool {
        if examined.isDryRun { return true }
        guard case .success(let message) = examined.content else { return false }
        return definition.router.routes[message.header.type]?.isAlone ?? false
    }

    // MARK: Errors of the database

    /// Times a batch is run again after a deadlock, a serialization failure or a lost race.
    private static let raceLimit = 5

    private func decide(
        _ part: ArraySlice<Examined>, _ now: Timestamp, _ publications: inout [Publication]
    ) throws {
        var races = 0
        var guilty: Decider.Verdict?
        while true {
            do {
                publications += try attempt(part, now, guilty: guilty)
                return
            } catch {
                if !connection.isOpen || Self.isInfrastructure(error) { throw error }
                _ = try connection.run("ROLLBACK")
                if let error = error as? PostgresError, mayBeRace(error, races) {
                    races += 1
                    continue
                }
                if part.count > 1 {
                    let middle = part.startIndex + part.count / 2
                    try decide(part[..<middle], now, &publications)
                    try decide(part[middle...], now, &publications)
                    return
                }
                // The answer itself cannot be stored, so the message is not at fault.
                guard guilty == nil else { throw error }
                guilty = verdict(error, part.first)
                races = 0
            }
        }
    }

    /// Whether the server is at fault, and no message: it is gone, full, or only a standby.
    static func isInfrastructure(_ error: any Error) -> Bool {
        guard let error = error as? PostgresError else { return false }
        return error.isConnectionLost || error.sqlState == "25006"
            || error.sqlState.code.hasPrefix("58")
    }

    /// A duplicate key may be a row that another worker has just committed. The next attempt sees it.
    private func mayBeRace(_ error: PostgresError, _ races: Int) -> Bool {
        guard races < Self.raceLimit else { return false }
        if error.sqlState == .uniqueViolation {
            return races == 0 || error.constraint == "inbox_pkey"
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
        let unit = UnitOfWork(source: DatabaseSource(connection), now: now, message: .placeholder)
        let loaded = try load(part, into: unit, withRows: guilty == nil)
        // It is alone in its transaction. Rolling back to here keeps what was done before, such as claiming it from `parked`.
        let isDryRun = part.first?.isDryRun ?? false
        if isDryRun { _ = try connection.run("SAVEPOINT dry_run") }
        var decider = Decider(
            router: definition.router, settings: settings, unit: unit, loaded: loaded,
            logger: logger)
        for examined in part { try decider.decide(examined, verdict: guilty) }
        let entries = isDryRun ? [] : try journalEntries(decider.decisions, now)
        let receipts = Receipts(service: definition.name, encoder: encoder, now: now)
        let owed = receipts.owed(decider.decisions)
        if isDryRun {
            try forget(unit, owed)
        } else {
            try store(decider, unit, entries, owed, now)
        }
        if let last = entries.last { journal.committed(through: last.position) }
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
        var statements: [Statement] = [
            "BEGIN", Inbox.select(ids), PublisherGrant.table.read(Array(publishers)),
        ]
        statements += loads.map { $0.statement() }
        if !claims.isEmpty { statements.append(Parked.claim(claims)) }
        let results = try connection.pipeline(statements)
        for (set, rows) in zip(loads, results[3...]) { try set.fill(unit, with: rows) }
        var claimed: Set<[UInt8]> = []
        if !claims.isEmpty {
            for row in results[3 + loads.count] {
                claimed.insert(try row.decode([UInt8].self, at: 0))
            }
        }
        let grants = try decode(PublisherGrant.self, results[2])
        return Decider.Loaded(
            inbox: try Inbox.entries(results[1]),
            scopes: Dictionary(uniqueKeysWithValues: grants.map { ($0.name, $0.scope) }),
            claimed: claimed)
    }

    /// Second round trip: all changes, the journal, the answers, and COMMIT.
    private func store(
        _ decider: Decider, _ unit: UnitOfWork, _ entries: [Journal.Entry],
        _ owed: [Publication], _ now: Timestamp
    ) throws {
        var statements = unit.statements()
        if !entries.isEmpty {
            statements.append(Journal.insert(entries, owner: journal.owner, at: now))
        }
        let inserted = decider.inboxRows(isNew: true)
        if !inserted.isEmpty { statements.append(Inbox.insert(inserted)) }
        let decided = decider.inboxRows(isNew: false)
        if !decided.isEmpty { statements.append(Inbox.decide(decided)) }
        if !decider.parked.isEmpty { statements.append(Parked.insert(decider.parked)) }
        // After the insert: a message may wait for a row that a later one of this batch brings.
        let woken = unit.insertedIDs
        if !woken.isEmpty { statements.append(Parked.wake(woken, at: now)) }
        if !owed.isEmpty { statements.append(OwedReceipts.insert(owed)) }
        if !decider.dead.isEmpty { statements.append(DeadLetters.insert(decider.dead, at: now)) }
        if !positions.isEmpty { statements.append(Journal.write(positions)) }
        statements.append("COMMIT")
        CrashPoint.beforeCommit.pass()
        _ = try connection.pipeline(statements)
    }

    /// Second round trip of a dry run: all changes, so that the database may refuse them too, and back.
    private func forget(_ unit: UnitOfWork, _ owed: [Publication]) throws {
        var statements = unit.statements()
        statements += ["SET CONSTRAINTS ALL IMMEDIATE", "ROLLBACK TO SAVEPOINT dry_run"]
        statements += unit.noteStatements()
        if !owed.isEmpty { statements.append(OwedReceipts.insert(owed)) }
        if !positions.isEmpty { statements.append(Journal.write(positions)) }
        statements.append("COMMIT")
        _ = try connection.pipeline(statements)
    }

    private func journalEntries(
        _ decisions: [Decider.Decision], _ now: Timestamp
    ) throws -> [Journal.Entry] {
        var entries: [Journal.Entry] = []
        for decision in decisions {
            guard case .success(let message) = decision.examined.content else { continue }
            for (index, emission) in decision.facts.enumerated() {
                let header = message.header.fact(
                    index, emission, service: definition.name, time: now)
                entries.append(
                    Journal.Entry(
                        position: journal.last + Int64(entries.count) + 1, id: header.id,
                        type: header.type, subject: emission.subject, sequence: emission.sequence,
                        cause: message.header.id,
                        body: try encoder.encode(header, emission.fact)))
            }
        }
        return entries
    }
}

/// The settings of a batch.
struct BatchSettings: Sendable {
    var retry = RetrySchedule(delays: [0, 0, 5, 30, 120, 600, 3600])
    var inboxDays = 30
    /// The broker user whose scope is unlimited.
    var operatorName = "operator"
}

/// The database as a source of rows, inside the batch's transaction.
final class DatabaseSource: RowSource {
    private let connection: Connection

    init(_ connection: Connection) { self.connection = connection }

    func load<R: Row>(_ type: R.Type, _ keys: [R.Key]) throws -> [R] {
        try decode(type, connection.run(R.table.load(.array(keys))))
    }

    func run(_ statement: Statement) throws -> Rows { try connection.run(statement) }
}

extension Array {
    /// Slices in order, cut wherever `belongs` says that two neighbours do not belong together.
    func chunked(_ belongs: (Element, Element) -> Bool) -> [ArraySlice<Element>] {
        var slices: [ArraySlice<Element>] = []
        var start = startIndex
        for index in indices.dropFirst() where !belongs(self[index - 1], self[index]) {
            slices.append(self[start..<index])
            start = index
        }
        if start < endIndex { slices.append(self[start...]) }
        return slices
    }
}
