import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

/// What the merge of two households demands of an office, on a real database.
@Suite struct RegistryMergedHouseholdTests {
    private let life: TaskBench
    private let survivor = HouseholdID(UUID())
    private let merged = HouseholdID(UUID())
    private let head: NewMember
    private let child: NewMember
    private let other: NewMember
    private let otherChild: NewMember

    init() throws {
        life = try TaskBench()
        head = try RegistrySamples.member(1)
        child = try RegistrySamples.member(2, .child)
        other = try RegistrySamples.member(3)
        otherChild = try RegistrySamples.member(4, .child)
    }

    private func register(
        _ categories: [NewCategory] = [], merging others: [NewCategory] = [],
        withChild: Bool = false
    ) throws {
        try life.accept(
            RegistrySamples.household(survivor, members: [head, child], categories: categories))
        try life.accept(
            RegistrySamples.household(
                merged, members: withChild ? [other, otherChild] : [other], categories: others))
    }

    private func merge(withChild: Bool = false) throws {
        var members = [MemberRoleInHousehold(person: other.person, role: .spouse)]
        if withChild {
            members.append(MemberRoleInHousehold(person: otherChild.person, role: .child))
        }
        try life.accept(
            MergeHouseholds(
                survivor: survivor, merged: merged, members: members,
                mergedOn: life.day("2020-01-01")))
    }

    private func open() throws -> [UUID] { try life.tasks(.reviewCategories).map(\.subject) }

    @Test(arguments: [Messages.Category.onlyChild, .bereaved, .lowIncome])
    func `a category of the household that ended is looked at until it has ended too`(
        category: Messages.Category
    ) throws {
        let doubled = try RegistrySamples.category(category, of: merged.uuid)
        try register(
            [RegistrySamples.category(.onlyChild, of: survivor.uuid)], merging: [doubled])
        #expect(try open().isEmpty)
        try merge()
        let task = try #require(life.tasks(.reviewCategories).first)
        #expect(task.subject == merged.uuid)
        #expect(task.territory == life.communities[0])
        #expect(task.raisedOn == (try life.day("2020-01-01")))
        try life.accept(
            EndCategory(assertion: doubled.assertion, endedOn: life.day("2020-01-01")))
        #expect(try open().isEmpty)
    }

    @Test func `each of several is to end`() throws {
        let left = [
            try RegistrySamples.category(.onlyChild, of: merged.uuid),
            try RegistrySamples.category(.lowSecurity, of: merged.uuid),
        ]
        try register(merging: left)
        try merge()
        try life.accept(
            CorrectCategory(
                assertion: left[0].assertion, validFrom: life.day("2005-01-01"),
                endedOn: life.day("2019-12-31"), reason: "a slip",
                actor: RegistrySamples.officer))
        #expect(try open() == [merged.uuid])
        try life.accept(
            RevokeCategory(assertion: left[1].assertion, revokedOn: life.day("2020-02-01")))
        #expect(try open().isEmpty)
    }

    @Test func `a household of which nothing is asserted any more needs no look`() throws {
        let over = try RegistrySamples.category(
            .lowSecurity, of: merged.uuid, to: "2019-12-31")
        let hers = try RegistrySamples.category(.lowIncome, of: other.person.uuid)
        try register(
            [RegistrySamples.category(.onlyChild, of: survivor.uuid)], merging: [over, hers])
        try merge()
        #expect(try open().isEmpty)
    }

    @Test func `two living children do not fit the category of an only child`() throws {
        let category = try RegistrySamples.category(.onlyChild, of: survivor.uuid)
        try register([category], withChild: true)
        try merge(withChild: true)
        #expect(try open() == [survivor.uuid])
        try life.accept(
            EndCategory(assertion: category.assertion, endedOn: life.day("2020-01-01")))
        #expect(try open().isEmpty)
    }

    @Test func `nor does a bereaved member, until one of the two has ended`() throws {
        let hers = try RegistrySamples.category(.bereaved, of: other.person.uuid)
        try register(
            [RegistrySamples.category(.onlyChild, of: survivor.uuid)], merging: [hers])
        try merge()
        #expect(try open() == [survivor.uuid])
        try life.accept(EndCategory(assertion: hers.assertion, endedOn: life.day("2020-02-01")))
        #expect(try open().isEmpty)
    }
}
