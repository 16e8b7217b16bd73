import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// The accounts of a fund at the end of each business date, on a database.
@Suite struct FundingDayTests {
    typealias Samples = FundingSamples
    let world: FundingWorld

    init() throws { world = try FundingWorld() }

    private static func insert(
        _ kind: TransferKind, _ fen: Int64, of fund: FundID, on day: BusinessDate
    ) -> Statement {
        """
        INSERT INTO transfer (id, fund, debit, credit, amount_fen, business_date, kind, cause)
        VALUES (\(UUID()), \(fund.uuid), \(kind.debit.rawValue), \(kind.credit.rawValue), \(fen),
                \(day), \(kind.rawValue), \(UUID()))
        """
    }

    @Test("The database knows the same accounts as the code, and never changes the side of one")
    func kinds() throws {
        let rows = try world.bench.connection.run("SELECT name FROM account_kind")
        let names = try rows.map { try $0.decode(String.self, at: 0) }
        #expect(Set(names) == Set(Account.allCases.map(\.rawValue)))
        let change = world.violation("UPDATE account_kind SET side = -side")
        #expect(change?.constraint == "account_kind_append_only")
    }

    @Test(
        "No account goes below zero on a business date, though it is above zero in the end",
        arguments: [
            (TransferKind.reserve, TransferKind.release), (.disbursement, .repayment),
            (.disbursement, .writeOff), (.grant, .grantReturn), (.premium, .premiumReturn),
            (.donation, .refund),
        ])
    func below(_ into: TransferKind, _ back: TransferKind) throws {
        let fund = try world.openFund()
        let (first, middle, last) = (
            try Samples.date("2019-01-10"), try Samples.date("2019-02-10"),
            try Samples.date("2019-03-10")
        )
        for kind in [TransferKind.deposit, .deposit, .reserve] {
            #expect(world.violation(Self.insert(kind, 100, of: fund, on: first)) == nil)
        }
        let held: Int64 = into == .reserve ? 100 : 0
        #expect(world.violation(Self.insert(into, 50, of: fund, on: last)) == nil)
        let early = world.violation(Self.insert(back, held + 1, of: fund, on: middle))
        #expect(early?.state == "23514")
        #expect(early?.constraint == "account_never_below_zero")
        #expect(world.violation(Self.insert(back, held + 1, of: fund, on: last)) == nil)
        let after = world.violation(Self.insert(back, held + 50, of: fund, on: last))
        #expect(after?.constraint == "account_never_below_zero", "nor in the end")
    }

    @Test("Random postings are refused exactly when an account would be below zero on a day")
    func random() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        let fund = try world.openFund()
        let start = try Samples.date("2019-01-01")
        let kinds: [TransferKind] = [
            .deposit, .deposit, .reserve, .release, .disbursement, .repayment, .grant, .grantReturn,
            .donation, .refund,
        ]
        var days: [Account: [BusinessDate: Int64]] = [:]
        var refused = 0
        for step in 0..<500 {
            let kind = kinds[random.below(kinds.count)]
            let fen = Int64(1 + random.below(kind == .deposit ? 200 : 60))
            let day = start.adding(days: random.below(60))
            var after = days
            after[kind.debit, default: [:]][day, default: 0] += fen
            after[kind.credit, default: [:]][day, default: 0] -= fen
            let isSound = [kind.debit, kind.credit].allSatisfy { account in
                let side: Int64 = account == .capital || account == .donationIncome ? -1 : 1
                var running = Int64(0)
                return (after[account] ?? [:]).sorted { $0.key < $1.key }.allSatisfy {
                    running += $0.value * side
                    return running >= 0
                }
            }
            let violation = world.violation(Self.insert(kind, fen, of: fund, on: day))
            #expect((violation == nil) == isSound, "step \(step), seed \(seed)")
            if isSound { days = after } else { refused += 1 }
        }
        #expect(refused > 50, "seed \(seed)")
        let problems = try world.bench.connection.run(
            "SELECT problem FROM ledger_check WHERE problem LIKE '%business date%'")
        #expect(problems.isEmpty, "seed \(seed)")
    }

    @Test("Of two transactions that take from what is owed at once, the later one sees the other")
    func atOnce() throws {
        let fund = try world.openFund()
        let url = world.bench.url
        let (day, later) = (try Samples.date("2019-01-10"), try Samples.date("2019-02-10"))
        for kind in [TransferKind.deposit, .reserve, .disbursement] {
            #expect(world.violation(Self.insert(kind, 100, of: fund, on: day)) == nil)
        }
        let violations = try Threads.run(4) { index, ready -> String? in
            let connection = try Connection(PostgresConfiguration(url: url))
            ready()
            do throws(PostgresError) {
                _ = try connection.run(
                    Self.insert(.repayment, 40, of: fund, on: index == 0 ? day : later))
                return nil
            } catch {
                return error.constraint
            }
        }
        #expect(violations.filter { $0 == nil }.count == 2)
        #expect(
            violations.compactMap(\.self) == Array(repeating: "account_never_below_zero", count: 2))
        #expect(try world.balance(.receivable, of: fund) == 20)
    }

    @Test("The check of the books finds a day that was changed by hand")
    func check() throws {
        let fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(500), to: fund))
        _ = try world.bench.connection.run(
            """
            INSERT INTO account_day VALUES
                (\(fund.uuid), 'cash', '2019-02-01', -100), (\(fund.uuid), 'cash', '2019-03-01', 60000)
            """)
        let problems = try world.bench.connection.run("SELECT problem FROM ledger_check").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(problems.contains("the days of an account are not the sums of its entries"))
        #expect(problems.contains("an account is below zero on a business date: cash"))
    }
}
