import Foundation
import Messages
import Postgres
import ServiceKit
import Support

/// Something that goes wrong, so that an alert must fire.
struct Fault {
    let alert: String
    let service: String
    /// Settings that its runbook leaves to the operator.
    var settings: [String: String] = [:]
    var begin: () throws -> Void = {}
}

/// Faults of a watched deployment: in each stage several things at once that do not hide each other.
final class Faults {
    private let world: WatchedDeployment
    private let fund = UUID()
    /// Sessions that somebody has left open.
    private var sessions: [Connection] = []

    /// Publishes what is there before anything goes wrong.
    init(_ world: WatchedDeployment) throws {
        self.world = world
        let client = try client()
        try client.publish(Sample.fund(fund))
        try client.publish(Sample.donation(to: fund))
        try client.flush()
        try lend((0..<3).map { _ in UUID() }, in: "350203006001")
        try lend((0..<20).map { _ in UUID() }, in: "350203006003")
        try awaitPublished(atLeast: 23)
    }

    /// One that lives no longer than the broker does.
    private func client(_ user: String = "operator") throws -> Client {
        try Client(world.deployment.broker(user))
    }

    /// One after the other.
    func stages() -> [[Fault]] {
        [aside(), heldUp(), inDatabases(), inTheBroker(), ofTheBroker(), atLast()]
    }

    // MARK: What is set aside, and what goes on without it

    private func aside() -> [Fault] {
        [
            Fault(alert: "MessageEndsService", service: "funding", begin: endFunding),
            Fault(
                alert: "ClockWrong", service: "events",
                settings: [
                    "SET_CLOCK": "docker-compose exec -T postgres psql -U postgres -d events -c "
                        + "'DROP FUNCTION public.clock_timestamp()'"
                ], begin: shiftClock),
            Fault(
                alert: "JobFails", service: "registry",
                settings: ["REPAIR": "ALTER TABLE key_rotation_away RENAME TO key_rotation"]
            ) { [self] in
                _ = try world.database("registry").run(
                    "ALTER TABLE key_rotation RENAME TO key_rotation_away")
            },
            // Twice as many records as fit.
            Fault(alert: "FiguresSetAside", service: "reporting") { [self] in
                _ = try world.database("reporting").run(
                    """
                    INSERT INTO delta
                        (source, territory, day, programme, dimension, records, times, amount)
                    SELECT 'donation', '350203', '2020-05-26', '', '', 9223372036854775807, 0, 0
                    FROM generate_series(1, 2)
                    """)
            },
        ]
    }

    /// Funding ends at the first and at the second delivery.
    private func endFunding() throws {
        let client = try client()
        try client.publish(Sample.donation(to: fund), id: world.deadly, receipt: false)
        try client.flush()
        for _ in 1...2 {
            try world.deployment.eventually("funding has ended") { try !world.runs("funding") }
            try world.compose("up", "-d", "funding")
        }
    }

    /// The database's clock goes ahead, as far as events can tell.
    private func shiftClock() throws {
        try world.database("events").script(
            """
            CREATE FUNCTION public.clock_timestamp() RETURNS timestamptz LANGUAGE sql AS
                $$ SELECT pg_catalog.clock_timestamp() + interval '1 minute' $$;
            DO $$ BEGIN
                EXECUTE format('ALTER DATABASE %I SET search_path = public, pg_catalog', current_database());
            END $$;
            """)
        try world.compose("restart", "events")
    }

    // MARK: In the databases

    /// Apart, for other runbooks end with a status that is well. One session holds up all workers of registry, who then decide
    /// nothing.
    private func heldUp() -> [Fault] {
        [
            Fault(alert: "CommandsNotDecided", service: "registry") { [self] in
                try leaveOpen("registry", lock: "inbox")
                try publish(grant("one"))
            },
            Fault(alert: "WorkerStuck", service: "registry"),
        ]
    }

    private func inDatabases() -> [Fault] {
        let missing = UUID()
        return [
            // First, for other runbooks end with a status that is well.
            Fault(
                alert: "FactsMissing", service: "reporting", settings: ["SOURCE": "funding"],
                begin: loseFact),
            Fault(alert: "DeadLettersOpen", service: "events") { [self] in
                try send("events.activity.define.v1", "{")
            },
            Fault(alert: "PublisherOverQuota", service: "reporting", begin: leaveTooMuch),
            Fault(alert: "MessagesParkedTooLong", service: "funding") { [self] in
                try publish(Sample.donation(to: missing))
                try writeDown(Sample.fund(missing), "missing.ndjson")
            },
            Fault(alert: "LedgerNotZero", service: "funding", begin: changeBalance),
        ]
    }

    /// From outside, once the donation is in the books.
    private func changeBalance() throws {
        let connection = try world.database("funding")
        try world.deployment.eventually("a balance is changed") {
            try connection.run(
                """
                UPDATE account SET balance_fen = balance_fen + 100
                WHERE name = 'cash' AND balance_fen > 0
                """
            ).affected > 0
        }
    }

    /// Somebody sends nonsense, more than a service keeps.
    private func leaveTooMuch() throws {
        let client = try client()
        for number in 0..<10_000 {
            try client.publish(
                Array("{\(number)".utf8), type: "reporting.snapshot.request.v2", receipt: false)
        }
        try client.flush()
        let connection = try world.database("reporting")
        try world.deployment.eventually("reporting keeps no more", within: 60) {
            let kept = try connection.run("SELECT FROM dead_letter").count
            for number in 0..<3 {
                try client.publish(
                    Array("[\(number) \(UUID())".utf8), type: "reporting.snapshot.request.v2",
                    receipt: false)
            }
            try client.flush()
            Thread.sleep(forTimeInterval: 0.5)
            let now = try connection.run("SELECT FROM dead_letter").count
            return kept >= 10_000 && now == kept
        }
    }

    /// Funding's journal has two facts of a worker of before, and reporting gets only the second one.
    private func loseFact() throws {
        let owner: Int32 = 999
        let facts = try (1...2).map { position in
            let id = UUID()
            let header = Header(
                id: UUID(), source: "nuanxin/funding", type: LoanDisbursed.type, time: .now(),
                subject: id.uuidString.lowercased(), sequence: 1,
                journal: "\(owner)/\(position) reporting/\(position - 1)")
            return (header, try MessageEncoder().encode(header, disbursed(id, in: "350203006003")))
        }
        let journal = try world.database("funding")
        _ = try journal.run(
            """
            INSERT INTO journal_owner (owner, published, is_closed) OVERRIDING SYSTEM VALUE
            VALUES (\(owner), 2, true)
            """)
        _ = try journal.run(
            """
            INSERT INTO journal (owner, position, id, type, subject, sequence, cause, time, body)
            SELECT \(owner), n, id, \(LoanDisbursed.type), '', 1, gen_random_uuid(),
                   now() - interval '1 hour', body
            FROM unnest(\(facts.map(\.0.id)), \(facts.map(\.1))) WITH ORDINALITY AS f (id, body, n)
            """)
        let client = try client("funding")
        try client.publish(
            facts[1].1, type: LoanDisbursed.type, id: facts[1].0.id, receipt: false,
            exchange: "nuanxin.facts")
        try client.flush()
        let arrivals = try world.database("reporting")
        try world.deployment.eventually("a while has passed since the second one came") {
            try arrivals.run(
                """
                UPDATE fact_arrival SET changed_at = changed_at - interval '2 minutes'
                WHERE source = 'funding' AND owner = \(owner)
                """
            ).affected > 0
        }
    }

    private func leaveOpen(_ service: String, lock table: String) throws {
        let session = try world.database(service)
        _ = try session.run("BEGIN")
        _ = try session.run(Statement(trusted: "LOCK TABLE \(table) IN ACCESS EXCLUSIVE MODE"))
        sessions.append(session)
    }

    // MARK: In the broker

    private func inTheBroker() -> [Fault] {
        [
            Fault(
                alert: "FactsNotPublished", service: "registry", settings: ["POLICY": "no-facts"]
            ) { [self] in
                try world.compose("kill", "events")
                try limit("events.facts", "no-facts")
                for name in ["two", "three", "four", "five", "six"] {
                    try publish(grant(name), receipt: false)
                    Thread.sleep(forTimeInterval: 0.2)
                }
            },
            Fault(
                alert: "ReceiptsOwed", service: "funding", settings: ["POLICY": "no-receipts"],
                begin: oweReceipts),
            Fault(
                alert: "ReceiptsUnread", service: "rabbitmq",
                settings: ["QUEUE": "receipts.subscriber"], begin: leaveReceipts),
            Fault(alert: "ReportingBehind", service: "reporting") { [self] in
                try world.permit("reporting", write: #"^nuanxin\\.(facts|receipts)$"#)
                try lend((0..<9).map { _ in UUID() }, in: "350203006003")
            },
            Fault(alert: "SummariesSilent", service: "reporting"),
            // Nothing can be published, and what is in force is of the day before yesterday.
            Fault(alert: "EditionMissing", service: "reporting") { [self] in
                let connection = try world.database("reporting")
                _ = try connection.run(
                    """
                    UPDATE edition SET as_of = as_of - interval '27 hours'
                    WHERE published_at IS NOT NULL
                    """)
            },
            // Last, for it would read the queue that is full.
            Fault(alert: "ServiceDown", service: "events"),
        ]
    }

    /// A queue gets a limit, as a policy may set one for all queues.
    private func limit(
        _ queue: String, _ policy: String, _ definition: String = #"{"max-length":1}"#
    ) throws {
        let pattern = queue.replacing(".", with: #"\\."#)
        try world.deployment.manage(
            "PUT", "policies/\(world.deployment.virtualHost)/\(policy)", nil,
            body: #"{"pattern":"^\#(pattern)$","definition":\#(definition),"priority":1000}"#)
    }

    /// A receipt is read by somebody who falls over it each time.
    private func dropReceipt() throws {
        let queue = "receipts.subdistrict"
        try limit(queue, "no-receipts", #"{"delivery-limit":1}"#)
        let client = try client("funding")
        try client.publish(
            Array("{}".utf8), type: "funding.subdistrict", receipt: false,
            exchange: "nuanxin.receipts")
        try client.flush()
        let reader = try Dropper(world.deployment.broker("subdistrict"), queue)
        var count = 0
        try world.deployment.eventually("the receipt was read twice and is gone") {
            guard try reader.drop(.closing) == nil else {
                count += 1
                return false
            }
            return count > 1
        }
    }

    /// A subscriber asks for more than it reads.
    private func leaveReceipts() throws {
        let client = try client("reporting")
        let body = [UInt8](repeating: UInt8(ascii: " "), count: Topology.messageLimit - 1)
        for _ in 0..<40 {
            try client.publish(
                body, type: "reporting.subscriber", receipt: false, exchange: "nuanxin.receipts")
        }
        try client.flush()
    }

    /// Donations wait for their fund, and nothing has room for the answers when it comes.
    private func oweReceipts() throws {
        let late = UUID()
        for _ in 0..<5 { try publish(Sample.donation(to: late)) }
        let connection = try world.database("funding")
        try world.deployment.eventually("donations wait") {
            try connection.run("SELECT FROM parked").count == 5
        }
        try limit("receipts.operator", "no-receipts")
        try publish(Sample.fund(late), receipt: false)
    }

    // MARK: Of the broker, and at last of the databases

    private func ofTheBroker() -> [Fault] {
        [
            Fault(alert: "BrokerLost", service: "registry") { [self] in
                try world.compose("stop", "rabbitmq")
            }
        ]
    }

    private func atLast() -> [Fault] {
        [
            // First, for it goes half a minute after it was brought about.
            Fault(
                alert: "MessagesDropped", service: "rabbitmq", settings: ["POLICY": "no-receipts"],
                begin: dropReceipt),
            Fault(alert: "BrokerAlarm", service: "rabbitmq") { [self] in
                try world.compose(
                    "exec", "-T", "rabbitmq", "rabbitmqctl", "-q", "set_vm_memory_high_watermark",
                    "absolute", "1MB")
            },
            Fault(alert: "DatabaseLost", service: "funding") { [self] in
                try world.compose("stop", "postgres")
            },
        ]
    }

    // MARK: Messages

    private func publish(_ command: any Command, receipt: Bool = true) throws {
        let client = try client()
        try client.publish(command, receipt: receipt)
        try client.flush()
    }

    private func send(_ type: String, _ body: String) throws {
        let client = try client()
        try client.publish(Array(body.utf8), type: type)
        try client.flush()
    }

    private func grant(_ name: String) -> GrantPublisher {
        GrantPublisher(
            publisher: name, territories: [Sample.district], types: ["funding.donation.*"])
    }

    /// As a publisher would hand a command over in a file.
    private func writeDown(_ command: any Command, _ name: String) throws {
        let header = Header(
            id: UUID(), source: "test", type: type(of: command).type, time: .now())
        let body = try MessageEncoder().encode(header, command)
        try Data(body + Array("\n".utf8)).write(to: world.place.appending(path: name))
    }

    /// Funding's facts of loans to families of a place.
    private func lend(
        _ loans: some Sequence<UUID>, in place: String
    ) throws {
        let client = try client("funding")
        for id in loans {
            try client.publish(fact: disbursed(id, in: place), subject: id, sequence: 1)
        }
        try client.flush()
    }

    private func disbursed(_ id: UUID, in place: String) -> LoanDisbursed {
        LoanDisbursed(
            LoanSubject(
                loan: LoanID(id), fund: FundID(id),
                programme: Sample.value(Programme("happiness-project")),
                borrower: PersonID(id), territory: Sample.value(TerritoryCode(place)),
                principalFen: Fen(rawValue: 1_000_000)), businessDate: Sample.day)
    }

    private func awaitPublished(atLeast count: Int64) throws {
        let connection = try world.database("reporting")
        try world.deployment.eventually("figures are published") {
            try !connection.run(
                """
                SELECT FROM dataset WHERE name = 'funding' AND published = written
                AND (SELECT count(*) FROM contribution WHERE source = 'disbursement') >= \(count)
                AND is_published()
                """
            ).isEmpty
        }
    }
}
