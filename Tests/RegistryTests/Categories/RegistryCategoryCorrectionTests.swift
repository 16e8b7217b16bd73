import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryCategoryCorrectionTests {
    private let bench: HandlerBench
    private let household = HouseholdID(UUID())
    private let child = PersonID(UUID())
    private let assertion: AssertionID

    init() throws {
        bench = try registryBench()
        for command in try RegistrySamples.appointment() { try bench.handle(command) }
        let category = try RegistrySamples.category(.hardshipGirl, of: child.uuid)
        assertion = category.assertion
        try bench.handle(
            RegistrySamples.household(
                household,
                members: [
                    RegistrySamples.member(1), RegistrySamples.member(2, .child, person: child),
                ], categories: [category]))
    }

    private func correct(from: String = "2005-01-01", endedOn: String? = nil) throws
        -> CorrectCategory
    {
        CorrectCategory(
            assertion: assertion, validFrom: try RegistrySamples.date(from),
            endedOn: try endedOn.map(RegistrySamples.date), reason: "the paper says so",
            actor: try RegistrySamples.officer)
    }

    @Test func `an end that was a mistake is taken back, and the girl counts again`() throws {
        try bench.handle(
            EndCategory(assertion: assertion, endedOn: try RegistrySamples.date("2020-01-01")))
        let fact = try #require(try bench.handle(correct()).fact(CategoryCorrected.self))
        #expect(fact.records?.categories?.first?.endedOn == nil)
        let counted = (fact.stock ?? []).filter { $0.category == .hardshipGirl }
        #expect(counted.map(\.persons).reduce(0, +) == 1)
        expectRefusal(try bench.handle(correct()), "nothing_to_correct", at: "/assertion")
    }

    @Test func `a correction overlaps no other assertion`() throws {
        try bench.handle(correct(endedOn: "2019-07-01"))
        try bench.handle(
            AssertCategory(
                assertion: AssertionID(UUID()), household: household, subject: child.uuid,
                category: .hardshipGirl, validFrom: try RegistrySamples.date("2019-08-01")))
        expectRefusal(try bench.handle(correct()), "category_overlaps", at: "/validFrom")
    }

    @Test func `a correction goes along when the person has moved`() throws {
        try bench.handle(
            MovePerson(
                person: child,
                destination: try RegistrySamples.territory(RegistrySamples.communities[1]),
                movedOn: try RegistrySamples.date("2019-09-01")))
        let fact = try bench.handle(correct(from: "2006-01-01")).fact(CategoryCorrected.self)
        #expect(fact?.territory.rawValue == RegistrySamples.communities[1])
    }
}
