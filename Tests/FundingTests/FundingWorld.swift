import Foundation
import Messages
import People
import Postgres
import Support
import Testing

@testable import Funding

/// Funding on a database of its own, with the reference rules, and with funds and people to work with.
final class FundingWorld {
    typealias Samples = FundingSamples
    let bench: ServiceBench

    init() throws {
        bench = try ServiceBench(Funding.definition, fill: FundingSamples.rules)
    }

    // MARK: Preparations

    func openFund(_ kind: FundKind = .revolving, programme: String = "happiness-project") throws
        -> FundID
    {
        let fund = try Samples.fund(kind, programme: programme)
        try accept(Samples.open(fund))
        return fund.id
    }

    /// A site that registry has opened there.
    func site(in territory: String = Samples.community) throws -> SiteID {
        let site = SiteID(UUID())
        try bench.take(
            SiteOpened(Samples.site(site, in: territory)), subject: site.uuid, sequence: 1)
        return site
    }

    func mother(in territory: String = Samples.community) throws -> PersonID {
        let mother = try Samples.mother(in: territory)
        let fact = try Samples.registered(mother)
        try bench.take(fact, subject: fact.household.uuid, sequence: 1)
        return mother.id
    }

    /// A loan that the subdistrict has endorsed, from 5 March 2019 on.
    func endorsedLoan(
        of principal: Fen, from fund: FundID, by borrower: PersonID? = nil
    ) throws -> LoanID {
        let loan = LoanID(UUID())
        let borrower = try borrower ?? mother()
        try accept(try Samples.apply(for: principal, by: borrower, to: fund, loan: loan))
        try accept(try Samples.endorse(loan))
        return loan
    }

    func activeLoan(of principal: Fen, from fund: FundID, by borrower: PersonID? = nil) throws
        -> LoanID
    {
        let loan = try endorsedLoan(of: principal, from: fund, by: borrower)
        try accept(try Samples.approve(loan))
        try accept(try Samples.disburse(loan))
        return loan
    }

    // MARK: Answers

    @discardableResult
    func accept(_ command: any Command) throws -> ServiceBench.Answered {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
        return answer
    }

    /// The code of a refusal, with its pointer; nil if the command is accepted.
    func refusal(_ command: any Command) throws -> String? {
        let answer = try bench.decide(command)
        guard answer.status != "accepted" else { return nil }
        return "\(answer.code ?? "") \(answer.pointer ?? "")"
    }

    func facts<F: Fact>(_ type: F.Type) -> [F] { bench.facts.compactMap { $0.payload as? F } }

    // MARK: The books

    /// In fen, debits positive.
    func balance(_ account: Account, of fund: FundID) throws -> Int64 {
        let rows = try bench.connection.run(
            """
            SELECT balance_fen FROM account
            WHERE fund = \(fund.uuid) AND name = \(account.rawValue)
            """)
        return try rows.first?.decode(Int64.self, at: 0) ?? 0
    }

    func count(_ sql: String) throws -> Int {
        try bench.connection.run(Statement(trusted: sql)).first?.decode(Int.self, at: 0) ?? 0
    }

    func expectSoundBooks(_ location: SourceLocation = #_sourceLocation) throws {
        let problems = try bench.connection.run("SELECT problem FROM ledger_check").map {
            try $0.decode(String.self, at: 0)
        }
        #expect(problems == [], sourceLocation: location)
    }

    /// PostgreSQL's answer to a statement: the SQL state and the constraint; nil if it accepts.
    func violation(_ statement: Statement) -> (state: String, constraint: String?)? {
        do {
            _ = try bench.connection.run(statement)
            return nil
        } catch {
            return (error.sqlState.code, error.constraint)
        }
    }
}
