import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// When loans are due, as a plain function and as the schema has it.
@Suite struct FundingScheduleTests {
    typealias Samples = FundingSamples

    private static func schedule(
        _ fen: Int64, _ months: Int, _ day: String
    ) throws -> LoanSchedule {
        LoanSchedule(principal: Fen(fen), months: months, disbursedOn: try Samples.date(day))
    }

    @Test("Instalments are equal, and the last one takes what the division leaves over")
    func instalments() throws {
        let schedule = try Self.schedule(1_000_001, 3, "2019-01-15")
        #expect((1...3).map { schedule.instalment($0).rawValue } == [333_333, 333_333, 333_335])
        let even = try Self.schedule(1_200_000, 12, "2019-01-15")
        #expect((1...12).allSatisfy { even.instalment($0) == .yuan(1_000) })
        let one = try Self.schedule(1_000_001, 1, "2019-01-15")
        #expect(one.instalment(1) == Fen(1_000_001))
    }

    @Test(
        "Instalments are due on the day of the month, or on the last one of a shorter month",
        arguments: [
            ("2019-01-31", 1, "2019-02-28"), ("2020-01-31", 1, "2020-02-29"),
            ("2019-01-31", 2, "2019-03-31"), ("2019-03-31", 1, "2019-04-30"),
            ("2019-12-15", 1, "2020-01-15"), ("2019-11-30", 15, "2021-02-28"),
        ])
    func dueDays(_ start: String, _ number: Int, _ due: String) throws {
        #expect(try Self.schedule(1_200_000, 24, start).dueDay(number).description == due)
    }

    @Test("A loan falls overdue the day after the first instalment that is not paid in full")
    func overdueFrom() throws {
        let schedule = try Self.schedule(1_200_000, 12, "2019-01-31")
        #expect(schedule.overdueFrom(paid: .zero)?.description == "2019-03-01")
        #expect(schedule.overdueFrom(paid: .yuan(1_000) - Fen(1))?.description == "2019-03-01")
        #expect(schedule.overdueFrom(paid: .yuan(1_000))?.description == "2019-04-01")
        #expect(schedule.overdueFrom(paid: .yuan(11_999))?.description == "2020-02-01")
        #expect(schedule.overdueFrom(paid: .yuan(12_000)) == nil)
    }

    @Test("An instalment may be paid on its due day; from the day after it is overdue")
    func bounds() throws {
        let schedule = try Self.schedule(1_000_001, 3, "2019-01-15")
        func due(_ day: String) throws -> Int64 {
            schedule.due(before: try Samples.date(day)).rawValue
        }
        #expect(try due("2019-02-15") == 0)
        #expect(try due("2019-02-16") == 333_333)
        #expect(try due("2019-04-15") == 666_666)
        #expect(try due("2019-04-16") == 1_000_001)
        #expect(try due("2029-04-16") == 1_000_001)
    }

    @Test("Nothing is overdue of a loan that is not paid out, or settled")
    func notOwed() throws {
        let day = try Samples.date("2030-01-01")
        for state in LoanState.allCases where !state.isOwed {
            #expect(try Samples.loan(state).overdue(on: day) == .zero)
        }
        var loan = try Samples.loan(.active, owed: .yuan(15_000), principal: .yuan(20_000))
        loan.disbursedOn = try Samples.date("2019-03-01")
        #expect(loan.overdue(on: day) == .yuan(15_000))
        #expect(loan.overdue(on: try Samples.date("2019-05-02")) == .zero)
    }

    @Test("The schema counts what is due as the code does")
    func schema() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        let world = try FundingWorld()
        for step in 0..<300 {
            let fen = Int64(1_000_000 + random.below(2_000_001))
            let months = 1 + random.below(36)
            let start = try Samples.date("2019-01-01").adding(days: random.below(800))
            let day = start.adding(days: random.below(1_300))
            let rows = try world.bench.connection.run(
                "SELECT instalments_due(\(fen), \(Int32(months)), \(start), \(day))")
            let found = try #require(try rows.first?.decode(Int64.self, at: 0))
            let schedule = LoanSchedule(principal: Fen(fen), months: months, disbursedOn: start)
            let expected = schedule.due(before: day).rawValue
            #expect(found == expected, "step \(step), seed \(seed)")
            let sum = (1...months).reduce(Fen.zero) { $0 + schedule.instalment($1) }
            #expect(sum == Fen(fen), "step \(step), seed \(seed)")
        }
    }
}
