import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// The schema keeps the rules of the ledger, whatever the handlers do.
@Suite struct FundingLedgerTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    private static func insert(
        _ kind: TransferKind, _ fen: Int64, of fund: FundID, on day: BusinessDate, id: UUID = UUID()
    ) -> Statement {
        """
        INSERT INTO transfer (id, fund, debit, credit, amount_fen, business_date, kind, cause)
        VALUES (\(id), \(fund.uuid), \(kind.debit.rawValue), \(kind.credit.rawValue), \(fen),
                \(day), \(kind.rawValue), \(UUID()))
        """
    }

    @Test("A deposit is cash and capital, and the balances sum to zero")
    func deposit() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(500), to: fund))
        #expect(try world.balance(.cash, of: fund) == 50_000)
        #expect(try world.balance(.capital, of: fund) == -50_000)
        try world.expectSoundBooks()
    }

    @Test("A transfer is never changed or deleted")
    func appendOnly() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(500), to: fund))
        for change in [
            "UPDATE transfer SET amount_fen = 1", "DELETE FROM transfer",
            "TRUNCATE transfer CASCADE",
        ] {
            let violation = world.violation(Statement(trusted: change))
            #expect(violation?.state == "23001", "\(change)")
            #expect(violation?.constraint == "transfer_append_only", "\(change)")
        }
        #expect(try world.balance(.cash, of: fund) == 50_000)
    }

    @Test("A transfer moves a positive amount between the accounts of its kind, in a known fund")
    func transferChecks() throws {
        let fund = try world.openFund()
        let day = try Samples.date("2019-01-01")
        #expect(
            world.violation(Self.insert(.deposit, 0, of: fund, on: day))?.constraint
                == "transfer_amount_fen_check")
        #expect(
            world.violation(
                """
                INSERT INTO transfer (id, fund, debit, credit, amount_fen, business_date, kind,
                    cause)
                VALUES (\(UUID()), \(fund.uuid), 'cash', 'losses', 1::bigint, \(day), 'deposit',
                        \(UUID()))
                """)?.constraint == "transfer_accounts")
        let nowhere = Self.insert(.deposit, 1, of: FundID(UUID()), on: day)
        #expect(world.violation(nowhere)?.constraint == "account_fund_fkey")
        let (id, other) = (UUID(), UUID())
        #expect(world.violation(Self.insert(.deposit, 1, of: fund, on: day, id: id)) == nil)
        #expect(world.violation(Self.insert(.deposit, 1, of: fund, on: day, id: other)) == nil)
        #expect(
            world.violation(Self.insert(.deposit, 1, of: fund, on: day, id: id))?.constraint
                == "transfer_pkey")
        try world.expectSoundBooks()
    }

    @Test("The database knows the same kinds of transfers as the code, and never changes one")
    func kinds() throws {
        let rows = try world.bench.connection.run("SELECT kind, debit, credit FROM transfer_kind")
        let kinds = try rows.map { row in
            try (0..<3).map { try row.decode(String.self, at: $0) }
        }
        let expected = TransferKind.allCases.map {
            [$0.rawValue, $0.debit.rawValue, $0.credit.rawValue]
        }
        #expect(Set(kinds) == Set(expected))
        let change = world.violation("UPDATE transfer_kind SET credit = 'losses'")
        #expect(change?.constraint == "transfer_kind_append_only")
    }

    @Test("A posting dated back is refused when it would make a later day negative")
    func datedBack() throws {
        let fund = try world.openFund()
        let (first, middle, last) = (
            try Samples.date("2019-01-10"), try Samples.date("2019-02-10"),
            try Samples.date("2019-03-10")
        )
        #expect(world.violation(Self.insert(.deposit, 100, of: fund, on: first)) == nil)
        #expect(world.violation(Self.insert(.reserve, 100, of: fund, on: last)) == nil)
        // On that day there are 100, but they are gone a month later.
        let back = world.violation(Self.insert(.reserve, 1, of: fund, on: middle))
        #expect(back?.state == "23514")
        #expect(back?.constraint == "fund_never_overlent")
        let before = world.violation(
            Self.insert(.reserve, 1, of: fund, on: first.adding(days: -1)))
        #expect(before?.constraint == "fund_never_overlent")
        #expect(world.violation(Self.insert(.deposit, 1, of: fund, on: middle)) == nil)
        #expect(world.violation(Self.insert(.reserve, 1, of: fund, on: middle)) == nil)
        #expect(try world.balance(.cash, of: fund) == 0)
    }

    @Test("Of two transactions that pay out at once, the later one sees what the earlier one took")
    func atOnce() throws {
        let fund = try world.openFund()
        let url = world.bench.url
        let (day, later) = (try Samples.date("2019-01-10"), try Samples.date("2019-02-10"))
        #expect(world.violation(Self.insert(.deposit, 100, of: fund, on: day)) == nil)
        let violations = try Threads.run(2) { index, ready -> String? in
            let connection = try Connection(PostgresConfiguration(url: url))
            if index == 0 {
                _ = try connection.run("BEGIN")
                _ = try connection.run(Self.insert(.reserve, 70, of: fund, on: later))
                ready()
                try Self.waitForBlockedSession(url)
                _ = try connection.run("COMMIT")
                return nil
            }
            ready()
            do throws(PostgresError) {
                _ = try connection.run(Self.insert(.reserve, 70, of: fund, on: day))
                return nil
            } catch {
                return error.constraint
            }
        }
        #expect(violations == [nil, "fund_never_overlent"])
        #expect(try world.balance(.cash, of: fund) == 30)
    }

    private static func waitForBlockedSession(_ url: String) throws {
        let watch = try Connection(PostgresConfiguration(url: url))
        for _ in 0..<500 {
            let blocked = try watch.run(
                """
                SELECT 1 FROM pg_stat_activity
                WHERE datname = current_database() AND wait_event_type = 'Lock'
                """)
            if !blocked.isEmpty { return }
            Thread.sleep(forTimeInterval: 0.01)
        }
        Issue.record("the second transaction never waited")
    }

    @Test("Random postings are refused exactly when a day would be negative")
    func random() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        let fund = try world.openFund()
        let start = try Samples.date("2019-01-01")
        var days: [BusinessDate: Int64] = [:]
        var refused = 0
        for step in 0..<400 {
            let isDeposit = random.below(3) == 0
            let fen = Int64(1 + random.below(100))
            let day = start.adding(days: random.below(60))
            var after = days
            after[day, default: 0] += isDeposit ? fen : -fen
            var (running, lowest) = (Int64(0), Int64(0))
            for (date, change) in after.sorted(by: { $0.key < $1.key }) {
                running += change
                if date >= day { lowest = min(lowest, running) }
            }
            let isSound = isDeposit || lowest >= 0
            let kind = isDeposit ? TransferKind.deposit : .reserve
            let violation = world.violation(Self.insert(kind, fen, of: fund, on: day))
            #expect((violation == nil) == isSound, "step \(step), seed \(seed)")
            if isSound { days = after } else { refused += 1 }
        }
        #expect(refused > 20, "seed \(seed)")
        let problems = try world.bench.connection.run(
            "SELECT problem FROM ledger_check WHERE problem NOT LIKE '%approved loans%'")
        #expect(problems.isEmpty, "seed \(seed)")
    }

    @Test("The check of the books finds a balance that was changed by hand")
    func check() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(500), to: fund))
        _ = try world.bench.connection.run(
            "UPDATE account SET balance_fen = balance_fen + 1 WHERE name = 'cash'")
        let problems = try world.bench.connection.run("SELECT problem FROM ledger_check").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(problems.contains("the balances do not sum to zero"))
        #expect(problems.contains("a balance is not the sum of its entries"))
        #expect(problems.contains("cash, what is owed and losses are not the net capital"))
    }

    @Test("The runtime role posts transfers, and changes neither them nor balances")
    func runtimeRole() throws {
        let connection = try Connection(PostgresConfiguration(url: try TestServers.newDatabase()))
        let role = TestServers.uniqueName("runtime")
        try connection.script(
            """
            CREATE ROLE \(role);
            ALTER DEFAULT PRIVILEGES GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO \(role);
            """)
        try Migrator(Funding.definition).run(on: connection)
        let fund = FundID(UUID())
        let day = try Samples.date("2019-01-01")
        try connection.script("SET ROLE \(role)")
        _ = try connection.run(
            """
            INSERT INTO fund (id, kind, programme, territory, name_zh, name_en, opened_on, state,
                sequence)
            VALUES (\(fund.uuid), 'revolving', 'x', '350203', 'x', 'x', \(day), 'open', 1)
            """)
        _ = try connection.run(Self.insert(.deposit, 100, of: fund, on: day))
        _ = try connection.run("SELECT lock_cash(\(fund.uuid))")
        for change in [
            "UPDATE account SET balance_fen = 0", "DELETE FROM account_day",
            "INSERT INTO account_day VALUES (gen_random_uuid(), 'cash', '2019-01-01', 1)",
            "UPDATE account_kind SET side = -1",
            "UPDATE transfer SET amount_fen = 1", "DELETE FROM transfer",
        ] {
            let error = #expect(throws: PostgresError.self) {
                try connection.run(Statement(trusted: change))
            }
            #expect(error?.sqlState.code == "42501", "\(change)")
        }
    }
}
