import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import ServiceKit

/// Free texts, such as reasons: they may name anybody.
@Suite struct FundingFreeTextTests {
    typealias Samples = FundingSamples
    private static let name = "陈小明"

    private let cover: FundingCover
    private var world: FundingWorld { cover.world }
    private var bench: ServiceBench { cover.world.bench }

    init() throws { cover = try FundingCover() }

    /// Rejects an endorsed loan, with a reason that names somebody.
    private func rejectLoan(of borrower: PersonID, from fund: FundID) throws {
        let loan = try world.endorsedLoan(of: .yuan(10_000), from: fund, by: borrower)
        var command = try Samples.reject(loan)
        command.reason = "\(Self.name) has left"
        try world.accept(command)
    }

    /// Tables in which a text stands in clear, as characters or as hexadecimal digits of a `bytea`.
    private func tables(holding text: String) throws -> [String] {
        let names = try bench.connection.run(
            "SELECT relname::text FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        ).map { try $0.decode(String.self, at: 0) }
        let hexadecimal = text.utf8.map { String(format: "%02x", $0) }.joined()
        return try names.filter { table in
            try bench.connection.run(
                Statement(trusted: "SELECT t::text FROM \(table) AS t")
            ).contains { row in
                let line = try row.decode(String.self, at: 0)
                return line.contains(text) || line.contains(hexadecimal)
            }
        }
    }

    @Test func `A reason is kept sealed, and stands in no table in clear`() throws {
        let fund = try world.openFund()
        try rejectLoan(of: try world.mother(), from: fund)
        #expect(try bench.texts() == ["\(Self.name) has left"])
        #expect(try tables(holding: Self.name).isEmpty)
        #expect(
            try tables(holding: fund.description).contains("loan"), "the search finds what is there"
        )
    }

    @Test func `The text of a refused command is not kept`() throws {
        let fund = try world.openFund()
        let loan = try world.endorsedLoan(of: .yuan(10_000), from: fund)
        #expect(try world.refusal(try Samples.reject(loan, on: "2018-01-01")) != nil)
        #expect(try bench.texts().isEmpty)
    }

    @Test func `An erasure takes along the texts about a person, and nobody else's`() throws {
        let fund = try world.openFund()
        let (erased, other) = (try world.mother(), try world.mother())
        try rejectLoan(of: erased, from: fund)
        try rejectLoan(of: other, from: fund)
        try bench.take(try Samples.erased(erased), subject: erased.uuid, sequence: 2)
        #expect(try bench.texts(about: erased.uuid).isEmpty)
        #expect(try bench.texts(about: other.uuid).count == 1)
        #expect(try world.count("SELECT count(*) FROM loan_record WHERE state = 'rejected'") == 2)
    }

    @Test func `The erasure of a member takes along the texts about the household`() throws {
        let families = try cover.families(2)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run, refused: families.map(\.id.uuid)))
        #expect(try bench.texts() == ["ill", "ill"])
        let member = families[0].members[0].id
        try bench.take(try Samples.erased(member), subject: member.uuid, sequence: 9)
        #expect(try world.count("SELECT count(*) FROM free_text") == 1)
        #expect(try bench.texts(about: families[1].id.uuid) == ["ill"])
    }

    @Test func `A text is gone after its days`() throws {
        try rejectLoan(of: try world.mother(), from: try world.openFund())
        let today = Timestamp.now().day.day
        try Retention().purge(bench.connection, on: BusinessDate(day: today + 1_095))
        #expect(try bench.texts().count == 1)
        try Retention().purge(bench.connection, on: BusinessDate(day: today + 1_096))
        #expect(try bench.texts().isEmpty)
    }
}
