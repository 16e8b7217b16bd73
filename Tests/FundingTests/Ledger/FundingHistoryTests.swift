import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding

/// The steps of a record of money: who took each, on which day, and what took it back.
@Suite struct FundingHistoryTests {
    typealias Samples = FundingSamples

    private struct Document: Decodable {
        struct Body: Decodable { let answer: HistoryAnswer }
        let data: Body
    }

    private let world: FundingWorld
    private let fund: FundID
    private let loan: LoanID

    init() throws {
        world = try FundingWorld()
        fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(50_000), to: fund))
        loan = try world.activeLoan(of: .yuan(20_000), from: fund)
    }

    private func history(of record: UUID) throws -> [HistoryEntry] {
        let answered = try world.bench.decide(GetFundingHistory(HistorySelection(record: record)))
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(Document.self, from: Data(answered.body)).data.answer
            .entries
    }

    @Test func `a loan's history says who took each step, on which day, and what took it back`()
        throws
    {
        let (writeOff, approve) = (try Samples.writeOff(loan), try Samples.approve(loan))
        try world.accept(writeOff)
        let reverse = try Samples.reverse(try world.transfer(.writeOff, of: fund))
        try world.accept(reverse)
        let entries = try history(of: loan.uuid)
        #expect(
            entries.map(\.type) == [
                LoanApplied.type, LoanEndorsed.type, LoanApproved.type, LoanDisbursed.type,
                LoanWrittenOff.type, TransferReversed.type,
            ])
        #expect(entries.map { $0.actor != nil } == [true, true, true, false, true, true])
        #expect(entries[2].actor == approve.actor.staff.uuid)
        #expect(
            entries.suffix(2).map(\.actor) == [
                writeOff.actor.staff.uuid, reverse.actor.staff.uuid,
            ])
        #expect(entries[2].on == approve.approvedOn)
        #expect(
            entries.suffix(2).map(\.on) == [writeOff.businessDate, reverse.businessDate])
        #expect(entries.allSatisfy { $0.on != nil })
    }

    @Test func `a deposit that was taken back says so`() throws {
        let deposit = try Samples.deposit(.yuan(100), to: fund)
        try world.accept(deposit)
        try world.accept(try Samples.reverse(deposit.deposit.uuid))
        #expect(
            try history(of: deposit.deposit.uuid).map(\.type) == [
                FundDeposited.type, TransferReversed.type,
            ])
    }

    @Test func `a task about a loan that somebody has dismissed is a step of the loan`() throws {
        let task = Tasks.id(.settleLoan, loan.uuid)
        _ = try world.bench.connection.run(
            """
            INSERT INTO task (id, kind, subject, territory, raised_on, raised_by, is_dismissed,
                              sequence)
            VALUES (\(task), 'settle_loan', \(loan.uuid), \(Samples.community), '2020-02-01', \(task),
                    false, 0)
            """)
        let actor = try Samples.actor(Samples.subdistrict)
        try world.accept(
            SettleFundingTask(
                TaskDismissal(
                    task: task, settledOn: Samples.date("2020-02-11"), reason: "paid by the son",
                    actor: actor)))
        let last = try history(of: loan.uuid).last
        #expect(last?.type == FundingTaskSettled.type)
        #expect(last?.actor == actor.staff.uuid)
        #expect(last?.on == (try Samples.date("2020-02-11")))
    }
}
