import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Funding

/// What deaths, erasures and merges of borrowers demand of an office, on a database.
@Suite struct FundingLoanTaskTests {
    typealias Samples = FundingSamples
    let world: FundingWorld
    let fund: FundID
    let mother: PersonID

    init() throws {
        world = try FundingWorld()
        fund = try world.openFund()
        try world.accept(try Samples.deposit(.yuan(100_000), to: fund))
        mother = try world.mother()
    }

    private func approved() throws -> LoanID {
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund, by: mother)
        try world.accept(try Samples.approve(loan))
        return loan
    }

    private func settledOn() throws -> String? {
        #expect(try world.tasks().isEmpty)
        let settled = try world.tasks(.settled)
        #expect(settled.allSatisfy { !$0.dismissed })
        return settled.first?.settledOn?.description
    }

    // MARK: Raised

    @Test func `a loan whose borrower has died is to be settled, where it was applied for`() throws
    {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: mother)
        let other = try world.activeLoan(of: .yuan(20_000), from: fund)
        try world.die(mother, on: "2019-05-01")
        #expect(try world.open() == [world.line(.settleLoan, loan.uuid, since: "2019-05-01")])
        #expect(try world.tasks(kind: .settleLoan).map(\.subject) != [other.uuid])
    }

    @Test func `so is one that is only applied for, endorsed or approved`() throws {
        let people = try (0..<3).map { _ in try world.mother() }
        let loans = [
            LoanID(UUID()), try world.endorsedLoan(of: .yuan(10_000), from: fund, by: people[1]),
            try world.endorsedLoan(of: .yuan(10_000), from: fund, by: people[2]),
        ]
        try world.accept(
            try Samples.apply(for: .yuan(10_000), by: people[0], to: fund, loan: loans[0]))
        try world.accept(try Samples.approve(loans[2]))
        for person in people { try world.die(person, on: "2019-05-01") }
        #expect(Set(try world.tasks().map(\.subject)) == Set(loans.map(\.uuid)))
    }

    @Test func `so is one of an erased borrower, and a death under another id counts`() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: mother)
        let survivor = try world.mother()
        let erased = try world.mother()
        let second = try world.activeLoan(of: .yuan(20_000), from: fund, by: erased)
        try world.bench.take(
            try Samples.merged(mother, into: survivor), subject: survivor.uuid, sequence: 1)
        #expect(try world.tasks().isEmpty)
        try world.die(survivor, on: "2019-06-01")
        try world.bench.take(try Samples.erased(erased), subject: erased.uuid, sequence: 1)
        #expect(
            try world.open() == [
                world.line(.settleLoan, loan.uuid, since: "2019-06-01"),
                world.line(.settleLoan, second.uuid, since: "2019-05-01"),
            ])
    }

    @Test func `an application dated before a death that is known raises the task too`() throws {
        try world.die(mother, on: "2019-03-18")
        let loan = LoanID(UUID())
        try world.accept(try Samples.apply(by: mother, to: fund, loan: loan))
        #expect(try world.open() == [world.line(.settleLoan, loan.uuid, since: "2019-03-18")])
    }

    @Test func `a loan that is closed demands nothing, and neither does a move`() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: mother)
        try world.bench.take(
            try Samples.moved(mother, to: nil, nil), subject: mother.uuid, sequence: 1)
        #expect(try world.tasks().isEmpty)
        try world.accept(try Samples.repay(.yuan(20_000), of: loan))
        try world.die(mother, on: "2019-05-01")
        #expect(try world.tasks().isEmpty)
        #expect(try world.tasks(.settled).isEmpty)
    }

    // MARK: Settled

    @Test func `it is settled when the loan is repaid, and open again if that is reversed`() throws
    {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: mother)
        try world.die(mother, on: "2019-05-01")
        try world.accept(try Samples.repay(.yuan(5_000), of: loan))
        #expect(try world.tasks().count == 1)
        try world.accept(try Samples.repay(.yuan(15_000), of: loan, on: "2019-07-01"))
        #expect(try settledOn() == "2019-07-01")
        try world.accept(
            try Samples.reverse(world.transfer(.repayment, of: fund), on: "2019-08-01"))
        #expect(try world.open() == [world.line(.settleLoan, loan.uuid, since: "2019-05-01")])
    }

    @Test func `it is settled when the loan is written off`() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: mother)
        try world.die(mother, on: "2019-05-01")
        try world.accept(try Samples.writeOff(loan))
        #expect(try settledOn() == "2020-03-01")
    }

    @Test func `it is settled when an approval is withdrawn, or expires`() throws {
        let loan = try approved()
        try world.die(mother, on: "2019-03-15")
        try world.accept(
            WithdrawLoan(loan: loan, withdrawnOn: try Samples.date("2019-03-20")))
        #expect(try settledOn() == "2019-03-20")
        let other = try world.mother()
        let unused = try world.endorsedLoan(of: .yuan(20_000), from: fund, by: other)
        try world.accept(try Samples.approve(unused))
        try world.die(other, on: "2019-03-15")
        #expect(try world.tasks().map(\.subject) == [unused.uuid])
        try world.accept(
            AgeLoans(ageing: AgeingID(UUID()), fund: fund, asOf: try Samples.date("2019-09-01")))
        #expect(try world.tasks().isEmpty)
    }

    @Test func `it is settled when an application is rejected`() throws {
        let loan = try world.endorsedLoan(of: .yuan(20_000), from: fund, by: mother)
        try world.die(mother, on: "2019-03-08")
        try world.accept(try Samples.reject(loan))
        #expect(try settledOn() == "2019-03-12")
    }

    @Test func `it is settled when the death is taken back, and raised again with another`() throws
    {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: mother)
        try world.die(mother, on: "2019-05-01")
        try world.voidDeath(of: mother)
        #expect(try world.tasks().isEmpty)
        #expect(try world.tasks(.settled).map(\.subject) == [loan.uuid])
        try world.die(mother, on: "2019-05-02")
        #expect(try world.open() == [world.line(.settleLoan, loan.uuid, since: "2019-05-02")])
    }

    // MARK: Two loans of one person

    @Test func `two open loans of a fund that turn out to be one person's are to be settled`()
        throws
    {
        let other = try world.mother()
        let loans = [
            try world.activeLoan(of: .yuan(10_000), from: fund, by: mother),
            try world.activeLoan(of: .yuan(20_000), from: fund, by: other),
        ]
        try world.bench.take(
            try Samples.merged(other, into: mother), subject: mother.uuid, sequence: 1)
        #expect(
            try world.open()
                == Set(loans.map { world.line(.settleLoan, $0.uuid, since: "2019-04-01") }))
        try world.accept(try Samples.repay(.yuan(10_000), of: loans[0]))
        #expect(try world.tasks().isEmpty)
        #expect(try world.tasks(.settled).count == 2)
    }

    @Test func `they are two persons' again, and nothing is demanded, when the merge is undone`()
        throws
    {
        let other = try world.mother()
        for person in [mother, other] {
            _ = try world.activeLoan(of: .yuan(10_000), from: fund, by: person)
        }
        try world.bench.take(
            try Samples.merged(other, into: mother), subject: mother.uuid, sequence: 1)
        #expect(try world.tasks().count == 2)
        let fact = try #require(
            world.bench.registry.unmerged(other, on: try Samples.date("2019-05-01")))
        try world.bench.take(fact, subject: other.uuid, sequence: 3)
        #expect(try world.tasks().isEmpty)
    }

    @Test func `loans of two funds are no reason`() throws {
        let (other, second) = (try world.mother(), try world.openFund())
        try world.accept(try Samples.deposit(.yuan(100_000), to: second))
        _ = try world.activeLoan(of: .yuan(10_000), from: fund, by: mother)
        _ = try world.activeLoan(of: .yuan(10_000), from: second, by: other)
        try world.bench.take(
            try Samples.merged(other, into: mother), subject: mother.uuid, sequence: 1)
        #expect(try world.tasks().isEmpty)
    }

    // MARK: Dismissed

    @Test func `a dismissed task stays so until another day of death is told`() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: mother)
        try world.die(mother, on: "2019-05-01")
        try world.dismiss(.settleLoan, loan.uuid, on: "2019-05-02")
        try world.accept(try Samples.repay(.yuan(5_000), of: loan))
        try world.accept(
            try Samples.reverse(world.transfer(.repayment, of: fund), on: "2019-08-01"))
        #expect(try world.tasks().isEmpty)
        #expect(try world.tasks(.settled).map(\.dismissed) == [true])
        try world.die(mother, on: "2019-05-03")
        #expect(try world.open() == [world.line(.settleLoan, loan.uuid, since: "2019-05-03")])
    }

    @Test func `the reason of a dismissal goes with the borrower's erasure`() throws {
        let loan = try world.activeLoan(of: .yuan(20_000), from: fund, by: mother)
        try world.die(mother, on: "2019-04-30")
        try world.dismiss(.settleLoan, loan.uuid, on: "2019-05-02")
        #expect(try world.count("SELECT count(*) FROM free_text") == 1)
        try world.bench.take(try Samples.erased(mother), subject: mother.uuid, sequence: 2)
        #expect(try world.count("SELECT count(*) FROM free_text") == 0)
    }
}
