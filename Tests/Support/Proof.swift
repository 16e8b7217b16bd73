import AMQP
public import Foundation
import Messages
public import Postgres
import ServiceKit

/// Invariants of funding after any fault, checked from outside: in its database, in the queue of
/// receipts and in a queue that has seen every fact.
public struct Proof {
    /// The queue that is bound to all facts.
    private static let observed = "observed"

    private let deployment: Deployment
    private let fund: UUID

    /// Binds the observing queue. Call it before anything is published.
    public init(_ deployment: Deployment, fund: UUID) throws {
        self.deployment = deployment
        self.fund = fund
        let host = deployment.virtualHost
        try deployment.manage(
            "PUT", "queues/\(host)/\(Self.observed)", nil,
            body: #"{"durable":true,"arguments":{"x-queue-type":"quorum"}}"#)
        try deployment.manage(
            "POST", "bindings/\(host)/e/nuanxin.facts/q/\(Self.observed)", nil,
            body: ##"{"routing_key":"#"}"##)
    }

    /// Waits until funding has decided and published everything that was confirmed. A message that was on trial when a process
    /// was killed is set aside, as if it had ended the process; an operator knows better, and redrives it.
    public func awaitRest(_ tally: Loader.Tally, within seconds: Double = 60) throws {
        let connection = try session()
        try deployment.eventually("funding is at rest", within: seconds) {
            try Self.redrive(connection)
            let rows = try connection.run(
                """
                SELECT (SELECT count(*) FROM inbox WHERE state IN (1, 2)) >= \(tally.confirmed.count)
                   AND NOT EXISTS (SELECT FROM parked)
                   AND NOT EXISTS (SELECT FROM owed_receipt)
                   AND NOT EXISTS (
                       SELECT FROM journal_owner o
                       WHERE o.published < (SELECT max(position) FROM journal WHERE owner = o.owner))
                """)
            return try rows.first?.decode(Bool.self, at: 0) ?? false
        }
    }

    /// Has messages tried again that were on trial when a process was killed.
    public static func redrive(_ connection: Connection) throws {
        let letters = try connection.run(
            "SELECT digest FROM dead_letter WHERE state = 'open' AND code = 'delivery_limit'")
        guard !letters.isEmpty else { return }
        let digests = try letters.map { try $0.decode([UInt8].self, at: 0) }
        _ = try connection.run(DeadLetters.redrive(digests, note: "killed"))
    }

    /// All that is broken, in words; empty if everything holds. Call it when no service runs any more.
    public func violations(_ tally: Loader.Tally) throws -> [String] {
        var found: [String] = []
        let connection = try session()
        try checkLedger(connection, tally, &found)
        try checkDecisions(connection, tally, &found)
        let facts = try read(queue: Self.observed)
        try checkFacts(connection, facts, &found)
        checkSequences(facts, &found)
        try checkReceipts(tally, &found)
        return found
    }

    private func session() throws -> Connection {
        try Connection(PostgresConfiguration(url: deployment.database("funding")))
    }

    // MARK: The database

    private func checkLedger(
        _ connection: Connection, _ tally: Loader.Tally, _ found: inout [String]
    ) throws {
        let row = try connection.run(
            """
            SELECT coalesce((SELECT sum(amount_fen) FROM entry), 0)::bigint,
                   coalesce((SELECT sum(balance_fen) FROM account), 0)::bigint,
                   coalesce((SELECT balance_fen FROM account
                             WHERE fund = \(fund) AND name = 'cash'), 0)::bigint,
                   coalesce((SELECT sum(amount_fen) FROM donation), 0)::bigint,
                   (SELECT count(*) FROM transfer WHERE kind = 'donation')
            """)
        guard var cursor = row.first?.cursor() else { return found.append("no ledger") }
        let entries = try cursor.next(Int64.self)
        let balances = try cursor.next(Int64.self)
        let cash = try cursor.next(Int64.self)
        let donations = try cursor.next(Int64.self)
        let transfers = try cursor.next(Int64.self)
        if entries != 0 { found.append("the ledger sums to \(entries)") }
        if balances != 0 { found.append("the accounts sum to \(balances)") }
        if cash != donations { found.append("cash is \(cash), donations are \(donations)") }
        let given = try ids(connection, "SELECT id FROM donation")
        if Int(transfers) != given.count {
            found.append("\(transfers) transfers for \(given.count) donations")
        }
        // The loader gives a donation the id of its command.
        let accepted = try ids(connection, "SELECT id FROM inbox WHERE state = 1")
        report("donations without an accepted command", given.subtracting(accepted), &found)
        report(
            "accepted commands without a donation",
            accepted.intersection(tally.published).subtracting(given), &found)
    }

    /// Every confirmed command is decided, parked or dead: one of them, and once.
    private func checkDecisions(
        _ connection: Connection, _ tally: Loader.Tally, _ found: inout [String]
    ) throws {
        let decided = try ids(connection, "SELECT id FROM inbox WHERE state IN (1, 2)")
        let parked = try ids(connection, "SELECT message_id FROM parked")
        let dead = try ids(
            connection,
            "SELECT message_id FROM dead_letter WHERE state = 'open' AND message_id IS NOT NULL")
        let all = decided.union(parked).union(dead)
        report("confirmed commands that are lost", tally.confirmed.subtracting(all), &found)
        report("commands decided and parked", decided.intersection(parked), &found)
        report("commands decided and dead", decided.intersection(dead), &found)
        report("commands parked and dead", parked.intersection(dead), &found)
        report("dead letters", dead, &found)
    }

    private func ids(_ connection: Connection, _ statement: Statement) throws -> Set<UUID> {
        let rows = try connection.run(statement)
        let all = try rows.map { try $0.decode(UUID.self, at: 0) }
        return Set(all)
    }

    // MARK: The queues

    private func checkFacts(
        _ connection: Connection, _ facts: [Header], _ found: inout [String]
    ) throws {
        let journal = try ids(connection, "SELECT id FROM journal")
        let seen = Set(facts.map(\.id))
        report("journal rows that reached no queue", journal.subtracting(seen), &found)
        report("facts that are in no journal", seen.subtracting(journal), &found)
        let ahead = try connection.run(
            """
            SELECT o.owner FROM journal_owner o WHERE o.published >
                coalesce((SELECT max(position) FROM journal WHERE owner = o.owner), 0)
            """)
        if !ahead.isEmpty { found.append("\(ahead.count) positions are ahead of their journal") }
        let gaps = try connection.run(
            "SELECT owner FROM journal GROUP BY owner HAVING max(position) <> count(*)")
        if !gaps.isEmpty { found.append("\(gaps.count) journals have gaps") }
    }

    /// After dropping duplicates, the facts of each subject are numbered 1, 2, 3 ….
    private func checkSequences(_ facts: [Header], _ found: inout [String]) {
        var sequences: [String: [UUID: Int64]] = [:]
        for fact in facts {
            sequences[fact.subject ?? "", default: [:]][fact.id] = fact.sequence ?? 0
        }
        let broken = sequences.filter { _, byID in
            byID.values.sorted() != (1...byID.count).map(Int64.init)
        }
        if !broken.isEmpty { found.append("\(broken.count) subjects have gaps in their sequence") }
    }

    /// Every command asked for a receipt: it has one decision, and word that it is parked at most once.
    /// The same receipt may come twice, and a command that was published twice is also a duplicate.
    private func checkReceipts(_ tally: Loader.Tally, _ found: inout [String]) throws {
        var decisions: [UUID: Set<UUID>] = [:]
        var parked: [UUID: Set<UUID>] = [:]
        let decoder = JSONDecoder()
        for delivery in try deliveries(queue: "receipts.operator") {
            let receipt = try decoder.decode(ReceiptDocument.self, from: Data(delivery.body))
            guard let command = receipt.data.command else { continue }
            switch receipt.data.status {
            case "accepted", "rejected": decisions[command, default: []].insert(receipt.id)
            case "parked": parked[command, default: []].insert(receipt.id)
            default: break
            }
        }
        report(
            "commands without a receipt", tally.confirmed.subtracting(decisions.keys), &found)
        report(
            "commands with several decisions",
            Set(decisions.filter { $0.value.count > 1 }.keys), &found)
        report("commands parked twice", Set(parked.filter { $0.value.count > 1 }.keys), &found)
        report(
            "receipts for what was never published",
            Set(decisions.keys).subtracting(tally.published).subtracting([fund]), &found)
    }

    private struct ReceiptDocument: Decodable {
        struct Answer: Decodable {
            let command: UUID?
            let status: String
        }
        let id: UUID
        let data: Answer
    }

    private func read(queue: String) throws -> [Header] {
        let catalogue = Catalogue(Catalogue.all)
        return try deliveries(queue: queue).map { try catalogue.decode($0.body).header }
    }

    /// Everything that is in a queue.
    private func deliveries(queue: String) throws -> [Delivery] {
        let client = try Client(deployment.broker("admin"))
        try client.consume(queue)
        var all: [Delivery] = []
        var quiet = 0
        while quiet < 10 {
            let some = try client.receive(milliseconds: 100)
            quiet = some.isEmpty ? quiet + 1 : 0
            all += some
        }
        return all
    }

    private func report(_ what: String, _ ids: Set<UUID>, _ found: inout [String]) {
        guard let example = ids.first else { return }
        found.append("\(ids.count) \(what), such as \(example.uuidString.lowercased())")
    }
}
