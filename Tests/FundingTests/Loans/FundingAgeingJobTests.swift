import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Loans that a date takes further without a message, on a database.
@Suite struct FundingAgeingJobTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let fund: FundID

    init() throws {
        world = try FundingWorld()
        fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
    }

    private func approvedLoan() throws -> LoanID {
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund)
        // On 12 March 2019: it may be paid out for 90 days.
        try world.accept(try Samples.approve(loan))
        return loan
    }

    /// As if all papers had been in for two days.
    private func rest() throws {
        _ = try world.bench.connection.run(
            "UPDATE loan SET changed_at = now() - interval '2 days'")
    }

    private func standing(_ loan: LoanID, _ day: String) throws -> LoanStanding? {
        try LoanDays.standing(
            world.bench.connection.run(LoanDays.standing(of: loan.uuid, on: Samples.date(day))))
    }

    // MARK: The job

    @Test("Loans fall overdue and approvals lapse without a message, as of the days when they do")
    func job() throws {
        let (active, unused) = (
            try world.activeLoan(of: .yuan(20_000), from: fund), try approvedLoan()
        )
        try rest()
        try world.bench.run(LoanAgeing.job)
        let fell = try #require(world.facts(LoanFellOverdue.self).first)
        #expect(fell.about.loan == active)
        #expect(fell.businessDate.description == "2019-04-20")
        #expect((fell.overdueFen, fell.outstandingFen) == (Fen(166_666), .yuan(20_000)))
        let expired = try #require(world.facts(LoanExpired.self).first)
        #expect(expired.about.loan == unused)
        #expect(expired.businessDate.description == "2019-06-11")
        let aged = try #require(world.facts(LoansAged.self).first)
        #expect((aged.expired, aged.fellOverdue, aged.caughtUp) == (1, 1, 0))
        #expect(aged.asOf == Timestamp.now().businessDay)
        #expect(try world.balance(.reserved, of: fund) == 0)
        try world.expectSoundBooks()
    }

    @Test("The job does nothing a second time, and nothing where no date has come")
    func once() throws {
        _ = try world.activeLoan(of: .yuan(20_000), from: fund)
        for _ in 0..<2 {
            try rest()
            try world.bench.run(LoanAgeing.job)
        }
        #expect(world.facts(LoanFellOverdue.self).count == 1)
        #expect(world.facts(LoansAged.self).count == 1)
    }

    @Test("A loan whose papers are still coming in is left alone for a day")
    func papers() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.bench.run(LoanAgeing.job)
        #expect(world.facts(LoanFellOverdue.self).isEmpty)
        let today = AgeLoans(
            ageing: AgeingID(UUID()), fund: fund, asOf: Timestamp.now().businessDay)
        try world.accept(today)
        #expect(world.facts(LoanFellOverdue.self).isEmpty, "nor by a message as of today")
        try world.accept(try Samples.repay(.yuan(20_000), of: loan, on: "2019-06-01"))
        try rest()
        try world.bench.run(LoanAgeing.job)
        #expect(world.facts(LoanFellOverdue.self).isEmpty, "it was repaid all the time")
    }

    @Test("Each loan takes its step once, however many workers age while others repay")
    func atOnce() throws {
        let (url, fund) = (world.bench.url, fund)
        for round in 1...3 {
            let unused = try approvedLoan()
            let loan = try world.activeLoan(of: .yuan(10_000), from: fund)
            try rest()
            let facts = try Threads.run(4) { index, ready -> [String] in
                let bench = try ServiceBench(Funding.definition, url: url)
                ready()
                if index == 0 {
                    try bench.decide(try Samples.repay(.yuan(10_000), of: loan, on: "2019-06-01"))
                } else {
                    try bench.run(LoanAgeing.job)
                }
                return bench.facts.compactMap { message in
                    switch message.payload {
                    case let fact as LoanExpired where fact.about.loan == unused: "expired"
                    case let fact as LoanRepaid: "repaid \(fact.outstandingFen.rawValue)"
                    case let fact as LoanFellOverdue where fact.about.loan == loan: "overdue"
                    default: nil
                    }
                }
            }.flatMap(\.self)
            #expect(facts.count { $0 == "expired" } == 1, "round \(round)")
            #expect(facts.count { $0 == "repaid 0" } == 1, "round \(round)")
            #expect(facts.count { $0 == "overdue" } <= 1, "round \(round)")
            #expect(try world.balance(.reserved, of: fund) == 0, "round \(round)")
        }
        try world.expectSoundBooks()
    }

    // MARK: An approval that has lapsed

    @Test("A loan is paid out to the last day of its approval, though nobody has recorded the end")
    func lapsed() throws {
        let loan = try approvedLoan()
        let late = try world.bench.decide(try Samples.disburse(loan, on: "2019-06-11"))
        #expect(late.code == "approval_lapsed")
        #expect(late.pointer == "/data/businessDate")
        #expect(
            late.expected == "a date up to 2019-06-10, on which the approval of the loan lapsed")
        try world.accept(try Samples.disburse(loan, on: "2019-06-10"))
        try world.expectSoundBooks()
    }

    @Test("An approval whose release is taken back holds again, from that day on")
    func renewed() throws {
        let loan = try approvedLoan()
        try rest()
        try world.bench.run(LoanAgeing.job)
        try world.reverse(.release, of: fund, on: "2020-06-01")
        #expect(
            try world.refusal(try Samples.disburse(loan, on: "2020-08-31"))
                == "approval_lapsed /data/businessDate")
        try world.accept(try Samples.disburse(loan, on: "2020-08-30"))
        try world.expectSoundBooks()
    }

    // MARK: As of a day

    @Test("What a loan was on a day follows from its days, whatever was recorded when")
    func asOf() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund)
        // The later one is recorded first.
        try world.accept(try Samples.repay(.yuan(18_000), of: loan, on: "2019-06-01"))
        try world.accept(try Samples.repay(.yuan(2_000), of: loan, on: "2019-04-25"))
        let days: [(String, LoanState, Fen, Fen)] = [
            ("2019-03-01", .applied, .zero, .zero), ("2019-03-05", .endorsed, .zero, .zero),
            ("2019-03-12", .approved, .zero, .zero),
            ("2019-03-19", .active, .yuan(20_000), .zero),
            ("2019-04-20", .overdue, .yuan(20_000), Fen(166_666)),
            ("2019-04-25", .active, .yuan(18_000), .zero),
            ("2019-05-20", .overdue, .yuan(18_000), Fen(133_332)),
            ("2019-06-01", .repaid, .zero, .zero), ("2026-01-01", .repaid, .zero, .zero),
        ]
        for (day, state, owed, overdue) in days {
            #expect(
                try standing(loan, day) == LoanStanding(state: state, owed: owed, overdue: overdue),
                "\(day)")
        }
        #expect(try standing(loan, "2019-02-28") == nil)
    }

    @Test("A loan is expired and overdue as of a day, whether its ageing was recorded or not")
    func unrecorded() throws {
        let unused = try approvedLoan()
        for _ in 0..<2 {
            #expect(try standing(unused, "2019-06-10")?.state == .approved)
            #expect(try standing(unused, "2019-06-11")?.state == .expired)
            try rest()
            try world.bench.run(LoanAgeing.job)
        }
    }
}
