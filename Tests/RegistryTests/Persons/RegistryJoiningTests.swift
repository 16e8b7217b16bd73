import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Registered persons who join a household by its registration: nobody is renamed in passing.
@Suite struct RegistryJoiningTests {
    private typealias Samples = RegistrySamples

    private let bench: HandlerBench
    private let id = PersonID(UUID())

    init() throws {
        bench = try registryBench()
        try bench.handle(Samples.person(1, id))
    }

    private func held(_ person: PersonID? = nil) throws -> PersonPapers {
        let row = try bench.unit.find(Person.self, (person ?? id).uuid)
        return try PersonPapers(try #require(row), bench.unit, Samples.keyring())
    }

    private func join(_ change: (inout NewMember) throws -> Void) throws -> Outcome {
        var member = try Samples.member(1, person: id)
        try change(&member)
        return try bench.handle(Samples.household(members: [member]))
    }

    @Test func `a known person who joins a household is not renamed, and keeps the number`()
        throws
    {
        try bench.handle(VerifyPerson(person: id, verifiedOn: Samples.date("2019-07-01")))
        expectRefusal(
            try join { $0.name = "另一人" }, "other_person", at: "/members/0/name")
        #expect(try join { $0.name = "示例 人１" }.isAccepted)
        #expect(try held().parts[0].data.name == "示例人1")
        #expect(try held().parts[0].data.phone == "13800001001")
    }

    @Test func `nor are telephone, birth date and sex changed in passing`() throws {
        let member = try Samples.member(2)
        let household = HouseholdID(UUID())
        try bench.handle(Samples.household(household, members: [member]))
        try bench.handle(
            MovePerson(
                person: member.person, destination: Samples.territory(Samples.communities[0]),
                movedOn: Samples.date("2020-01-01")))
        func join(_ change: (inout NewMember) throws -> Void) throws -> Outcome {
            var member = member
            try change(&member)
            var household = try Samples.household(members: [member])
            household.registeredOn = try Samples.date("2020-02-01")
            return try bench.handle(household)
        }
        expectRefusal(
            try join { $0.phone = "13900000000" }, "other_person", at: "/members/0/phone")
        expectRefusal(
            try join { $0.birthDate = try Samples.date("1970-01-01") }, "other_person",
            at: "/members/0/birthDate")
        expectRefusal(try join { $0.sex = .male }, "other_person", at: "/members/0/sex")
        #expect(try join { $0.phone = "+86 138-0000-1002" }.isAccepted)
        #expect(try held(member.person).parts[0].data.phone == member.phone)
    }

    @Test func `papers that registry did not have are added, except another resident id`() throws {
        expectRefusal(
            try join { $0.residentId = try Samples.resident(31) }, "other_resident",
            at: "/members/0/residentId")
        #expect(try join { $0.papers = [try Samples.passport()] }.isAccepted)
        #expect(try held().all.count == 2)
    }

    @Test func `a newborn who joins later brings the resident id`() throws {
        let child = RegisterPerson(
            person: PersonID(UUID()), territory: try Samples.territory(Samples.communities[0]),
            registeredOn: try Samples.date("2019-06-01"), name: "示例",
            birthDate: try Samples.date("1980-05-05"), sex: .female)
        try bench.handle(child)
        let digits = "35020319800505002"
        let check = ResidentID.checkCharacter(Array(digits.utf8))
        let number = try #require(ResidentID(digits + String(UnicodeScalar(check))))
        let member = NewMember(
            person: child.person, role: .head, name: child.name, residentId: number)
        #expect(try bench.handle(Samples.household(members: [member])).isAccepted)
        #expect(try held(child.person).residentId == number)
    }
}
