import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding

/// The reports of the ledger, over a database with a bit of everything.
@Suite("The reports of the ledger")
struct LedgerReportTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let loans: FundID
    let care: FundID

    init() throws {
        world = try FundingWorld()
        loans = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: loans))
        let loan = try world.activeLoan(of: .yuan(12_000), from: loans)
        try world.accept(try Samples.repay(.yuan(1_500), of: loan, on: "2019-05-01"))
        (care, _) = try {
            let (fund, budget) = try $0.budget(of: .yuan(1_000), cash: Fen(200_001))
            _ = try $0.paidGrant(of: .yuan(600), from: budget)
            return (fund, budget)
        }(world)
    }

    private func total(_ report: LedgerReport) -> [LedgerReport.Cell] {
        report.rows.last?.filter { if case .money = $0 { true } else { false } } ?? []
    }

    private func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    @Test("Debits and credits of the trial balance are equal, on every day")
    func trialBalance() throws {
        let all = try LedgerTrialBalance.report(world.bench.connection)
        #expect(total(all) == [.money(5_200_001), .money(5_200_001)])
        #expect(all.problems.isEmpty)
        let early = try LedgerTrialBalance.report(
            world.bench.connection, fund: loans.uuid, asOf: try day("2019-03-18"))
        #expect(total(early) == [.money(5_000_000), .money(5_000_000)])
        #expect(
            early.rows.map { $0[2] }.prefix(3) == [
                .text("capital"), .text("cash"), .text("reserved"),
            ])
        #expect(early.problems.isEmpty)
    }

    @Test("The trial balance finds a balance that was changed by hand")
    func changedBalance() throws {
        _ = try world.bench.connection.run(
            "UPDATE account SET balance_fen = balance_fen + 1 WHERE name = 'cash'")
        let report = try LedgerTrialBalance.report(world.bench.connection)
        #expect(report.problems.count == 2)
        let check = try LedgerReport.problems(of: nil, world.bench.connection)
        #expect(!check.isEmpty)
    }

    @Test("What a fund has, lent, lost and spent is what was put into it")
    func fundStatement() throws {
        let report = try LedgerFundStatement.report(world.bench.connection)
        #expect(report.problems.isEmpty)
        let row = try #require(
            report.rows.first {
                $0[0] == .text(loans.description.uppercased()) || $0[0] == .text(loans.description)
            })
        #expect(
            Array(row[3...]) == [
                .money(3_950_000), .money(0), .money(1_050_000), .money(0), .money(0), .money(0),
                .money(5_000_000), .money(0), .money(0),
            ])
        #expect(total(report).last == .money(0))
    }

    @Test("The movements of a fund lead to its cash")
    func movements() throws {
        let report = try LedgerFundStatement.movements(world.bench.connection, of: loans.uuid)
        #expect(report.problems.isEmpty)
        #expect(
            report.rows.map { $0[1] } == [
                .text("deposit"), .text("reserve"), .text("disbursement"), .text("repayment"),
            ])
        #expect(report.rows.last?.last == .money(3_950_000))
        try world.accept(try Samples.reverse(try world.transfer(.repayment, of: loans)))
        let after = try LedgerFundStatement.movements(world.bench.connection, of: loans.uuid)
        #expect(after.rows.last?[1] == .text("reversal of repayment"))
        #expect(after.rows.last?.last == .money(3_800_000))
        #expect(after.problems.isEmpty)
        let unknown = try LedgerFundStatement.movements(world.bench.connection, of: UUID())
        #expect(unknown.problems.count == 1)
    }

    @Test("Postings are listed with their ids, and what was taken back is marked")
    func postings() throws {
        let repayment = try world.transfer(.repayment, of: loans)
        try world.accept(try Samples.reverse(repayment))
        let report = try LedgerPostings.report(world.bench.connection, fund: loans.uuid)
        #expect(report.rows.count == 5)
        #expect(report.rows.first?.last == .text("reversal"))
        let reversed = report.rows.first { $0.last == .text("reversed") }
        #expect(reversed?[1] == .text(repayment.uuidString.lowercased()))
    }

    @Test("What is owed is shown by the age of the instalments, and is what the ledger says")
    func agedReceivables() throws {
        // 12 instalments of 1,000 yuan from 19 April 2019; 1,500 were paid on 1 May.
        func ages(_ text: String) throws -> [LedgerReport.Cell] {
            let report = try LedgerAgedReceivables.report(
                world.bench.connection, asOf: try day(text))
            #expect(report.problems.isEmpty)
            return total(report)
        }
        func money(_ yuan: Int64...) -> [LedgerReport.Cell] { yuan.map { .money($0 * 100) } }
        #expect(try ages("2019-03-18") == money(0, 0, 0, 0, 0, 0))
        #expect(try ages("2019-04-30") == money(12_000, 12_000, 11_000, 1_000, 0, 0))
        #expect(try ages("2019-05-19") == money(12_000, 10_500, 10_500, 0, 0, 0))
        #expect(try ages("2019-05-20") == money(12_000, 10_500, 10_000, 500, 0, 0))
        #expect(try ages("2019-07-20") == money(12_000, 10_500, 8_000, 1_000, 1_500, 0))
        #expect(try ages("2021-01-01") == money(12_000, 10_500, 0, 0, 0, 10_500))
    }

    @Test("A loan is overdue on a day, whether or not it was aged")
    func overdue() throws {
        func state(_ text: String) throws -> LedgerReport.Cell? {
            try LedgerAgedReceivables.report(world.bench.connection, asOf: try day(text))
                .rows.first?[3]
        }
        #expect(try state("2019-04-19") == .text("active"))
        #expect(try state("2019-04-20") == .text("overdue"))
        #expect(try state("2019-05-02") == .text("active"))
    }

    @Test(
        "Amounts are yuan with two decimals, exact",
        arguments: [
            (0, "0.00"), (5, "0.05"), (-5, "-0.05"), (100_000, "1000.00"), (-123_456, "-1234.56"),
            (Int64.min, "-92233720368547758.08"),
        ])
    func yuan(_ fen: Int64, _ text: String) {
        #expect(LedgerReport.yuan(fen) == text)
    }

    @Test("A report is printed as a table, as CSV and as JSON")
    func forms() throws {
        var report = LedgerReport(columns: [
            .init(name: "name"), .init(name: "postings", isText: false),
            .init(name: "cash", isText: false),
        ])
        report.rows = [[.text("暖心, \"x\""), .count(2), .money(-150)]]
        #expect(report.csv == "name,postings,cash\n\"暖心, \"\"x\"\"\",2,-1.50")
        var formula = report
        formula.rows = [[.text("=1+1"), .count(-2), .money(-150)]]
        #expect(formula.csv == "name,postings,cash\n'=1+1,-2,-1.50")
        #expect(report.table.hasSuffix("暖心, \"x\"         2  -1.50"))
        let json = try JSONDecoder().decode([Line].self, from: Data(try report.json.utf8))
        #expect(json == [Line(name: "暖心, \"x\"", postings: 2, cash: "-1.50")])
    }

    private struct Line: Decodable, Equatable {
        let name: String
        let postings: Int
        let cash: String
    }
}
