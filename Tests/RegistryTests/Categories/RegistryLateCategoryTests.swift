import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Papers about categories that come late, or turn out to be wrong, on a real database.
@Suite struct RegistryLateCategoryTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let child: NewMember
    private let category: NewCategory

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        child = try RegistrySamples.member(3, .child)
        category = try RegistrySamples.category(.onlyChild, of: household.uuid)
        try bench.decide([RegistrySamples.loadTerritory()] + RegistrySamples.appointment())
        try accept(
            RegistrySamples.household(
                household, members: [RegistrySamples.member(1), child], categories: [category]))
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func assert(from day: String) throws -> AssertCategory {
        AssertCategory(
            assertion: AssertionID(UUID()), household: household, subject: child.person.uuid,
            category: .disabledChild, validFrom: try self.day(day))
    }

    @Test func `an end is taken back, though a reason was given for it`() throws {
        try accept(
            EndCategory(
                assertion: category.assertion, endedOn: day("2020-06-01"), reason: "a mistake"))
        try accept(
            CorrectCategory(
                assertion: category.assertion, validFrom: day("2005-01-01"),
                reason: "the child is alive", actor: RegistrySamples.officer))
        let fact = try #require(bench.facts.last?.payload as? CategoryCorrected)
        #expect(fact.endedOn == nil)
        // The reason of the end that was none is in the history.
        #expect(
            try bench.connection.run("SELECT FROM free_text WHERE field = 'reason'").count == 2)
    }

    @Test func `the reason of a revocation is kept, once, and nowhere beside the history`() throws {
        try accept(
            RevokeCategory(
                assertion: category.assertion, revokedOn: day("2020-06-01"), reason: "a mistake"))
        #expect(
            try bench.connection.run("SELECT FROM free_text WHERE field = 'reason'").count == 1)
        let columns = try bench.connection.run(
            """
            SELECT FROM information_schema.columns
            WHERE table_name = 'category_assertion' AND column_name LIKE '%reason%'
            """)
        #expect(columns.count == 0)
    }

    @Test func `what was so while somebody lived there is asserted after the move out`() throws {
        try accept(
            MovePerson(
                person: child.person,
                destination: RegistrySamples.territory(RegistrySamples.communities[0]),
                household: nil, role: nil, movedOn: day("2020-06-01")))
        let late = try bench.decide(assert(from: "2020-06-01"))
        #expect((late.code, late.pointer) == ("unknown_subject", "/data/subject"))
        try accept(assert(from: "2020-05-31"))
    }
}
