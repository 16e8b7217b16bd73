import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

@Suite struct RegistryCorrectionTests {
    private typealias Samples = RegistrySamples

    private let bench: HandlerBench
    private let member: NewMember

    init() throws {
        bench = try registryBench()
        for command in try Samples.appointment() { try bench.handle(command) }
        member = try Samples.member(1)
        try bench.handle(Samples.household(members: [member]))
    }

    private func correct(
        _ person: PersonID? = nil, on day: String = "2020-01-02",
        _ change: (inout CorrectPerson) throws -> Void
    ) throws -> CorrectPerson {
        var command = CorrectPerson(
            person: person ?? member.person, correctedOn: try Samples.date(day),
            reason: "the card was read wrongly", actor: try Samples.officer)
        try change(&command)
        return command
    }

    private func person(_ person: PersonID? = nil) throws -> Person {
        try #require(try bench.unit.find(Person.self, (person ?? member.person).uuid))
    }

    private func data() throws -> PersonalData {
        try #require(try Samples.keyring().open(person(), bench.unit))
    }

    @Test func `a name is corrected, found under the new one, and kept as it was`() throws {
        let outcome = try bench.handle(correct { $0.name = " 示例 新人 " })
        let fact = try #require(outcome.fact(PersonCorrected.self))
        #expect(fact.fields == [.name])
        #expect(fact.birthDate == member.statedBirthDate && fact.sex == member.statedSex)
        #expect(outcome.emissions.first?.subject == member.person.description)
        #expect(outcome.emissions.first?.sequence == 1)
        let data = try data()
        #expect(data.name == "示例 新人")
        #expect(
            data.earlier == [
                EarlierValue(
                    field: .name, value: member.name, correctedOn: try Samples.date("2020-01-02"))
            ])
        #expect(try person().codes == Samples.keyring().codes(data))
        #expect(bench.source.loads == 0)
    }

    @Test func `a telephone number is corrected, removed and given again`() throws {
        try bench.handle(correct { $0.phone = "0592-5551234" })
        #expect(try data().phone == "0592-5551234")
        let removed = try bench.handle(correct { $0.withoutPhone = true })
        #expect(removed.fact(PersonCorrected.self)?.fields == [.phone])
        #expect(try data().phone == nil)
        #expect(try person().codes.phone == nil)
        #expect(try bench.handle(correct { $0.phone = "13800001001" }).isAccepted)
        #expect(try data().earlier.map(\.value) == [nil, "0592-5551234", member.phone])
    }

    @Test func `a correction that changes nothing is refused, also the second time`() throws {
        expectRefusal(
            try bench.handle(
                correct {
                    $0.name = member.name
                    $0.residentId = member.residentId
                }), "nothing_to_correct", at: "")
        let command = try correct { $0.name = "示例新人" }
        #expect(try bench.handle(command).isAccepted)
        expectRefusal(try bench.handle(command), "nothing_to_correct", at: "")
        expectRefusal(
            try bench.handle(correct { $0.withoutPhone = false }), "nothing_to_correct", at: "")
    }

    @Test func `a wrong resident id is free, and a verified person is verified again`() throws {
        try bench.handle(
            VerifyPerson(person: member.person, verifiedOn: Samples.date("2019-07-01")))
        let outcome = try bench.handle(correct { $0.residentId = try Samples.resident(41) })
        let fact = try #require(outcome.fact(PersonCorrected.self))
        #expect(fact.fields == [.residentID])
        #expect(fact.standing == .provisional)
        #expect(try person().standing == .provisional)
        #expect(try data().residentId == (try Samples.resident(41)))
        #expect(try bench.handle(Samples.person(1)).isAccepted)
        expectRefusal(
            try bench.handle(Samples.person(41)), "resident_exists", at: "/residentId")
        #expect(
            try bench.handle(
                VerifyPerson(person: member.person, verifiedOn: Samples.date("2020-02-01"))
            ).isAccepted)
    }

    @Test func `another person's resident id is refused`() throws {
        try bench.handle(Samples.person(41))
        expectRefusal(
            try bench.handle(correct { $0.residentId = try Samples.resident(41) }),
            "resident_exists", at: "/residentId")
        #expect(try data().residentId == member.residentId)
    }

    @Test func `a resident id of another birth date needs the birth date corrected too`() throws {
        let number = try Samples.resident(1, born: "1965-09-03")
        expectRefusal(
            try bench.handle(correct { $0.residentId = number }), "number_disagrees",
            at: "/birthDate")
        expectRefusal(
            try bench.handle(correct { $0.birthDate = number.birthDate }), "number_disagrees",
            at: "/birthDate")
        let outcome = try bench.handle(
            correct {
                $0.residentId = number
                $0.birthDate = number.birthDate
            })
        let fact = try #require(outcome.fact(PersonCorrected.self))
        #expect(fact.fields == [.birthDate, .residentID])
        #expect(fact.birthDate == number.birthDate)
        #expect(try person().birthDate == number.birthDate)
        #expect(fact.records?.persons?.map(\.birthDate) == [number.birthDate])
        #expect(fact.records?.persons?.map(\.version) == [2])
        #expect(try data().earlier.map(\.value) == ["1965-03-09"])
    }

    @Test func `sex agrees with the number too`() throws {
        let female = try Samples.resident(2)
        #expect(female.sex != member.statedSex)
        expectRefusal(
            try bench.handle(correct { $0.sex = female.sex }), "number_disagrees", at: "/sex")
        expectRefusal(
            try bench.handle(correct { $0.residentId = female }), "number_disagrees", at: "/sex")
        let outcome = try bench.handle(
            correct {
                $0.residentId = female
                $0.sex = female.sex
            })
        #expect(outcome.fact(PersonCorrected.self)?.sex == female.sex)
    }

    @Test func `who has no number has the birth date corrected alone, within its bounds`() throws {
        let child = RegisterPerson(
            person: PersonID(UUID()), territory: try Samples.territory(Samples.communities[0]),
            registeredOn: try Samples.date("2019-06-01"), name: "示例",
            birthDate: try Samples.date("2019-05-01"), sex: .male)
        try bench.handle(child)
        let late = try bench.handle(
            correct(child.person) { $0.birthDate = try Samples.date("2019-06-02") })
        expectRefusal(late, "born_too_late", at: "/birthDate")
        #expect(late.refusal?.expected == "a date up to 2019-06-01")
        #expect(
            try bench.handle(
                correct(child.person) {
                    $0.birthDate = try Samples.date("2019-05-02")
                    $0.sex = .female
                }
            ).fact(PersonCorrected.self)?.fields == [.birthDate, .sex])
    }

    @Test func `a correction keeps to registration and scope`() throws {
        let stranger = PersonID(UUID())
        expectWait(
            try bench.handle(correct(stranger) { $0.name = "示例" }), for: stranger.uuid,
            else: "unknown_person", at: "/person")
        expectRefusal(
            try bench.handle(correct(on: "2019-05-31") { $0.name = "示例" }),
            "before_registration", at: "/correctedOn")
        expectRefusal(
            try bench.handle(
                correct { $0.name = "示例" }, territories: [Samples.territory("350203009")]),
            "out_of_scope", at: "/person")
    }

    @Test func `after a merge either id corrects the survivor, and one resident id is left`()
        throws
    {
        let double = try Samples.person(3)
        try bench.handle(double)
        try bench.handle(
            MergePersons(
                survivor: member.person, merged: double.person,
                mergedOn: Samples.date("2020-01-01")))
        let outcome = try bench.handle(
            correct(double.person) { $0.residentId = double.residentId })
        #expect(outcome.fact(PersonCorrected.self)?.person == member.person)
        let papers = try PersonPapers(person(), bench.unit, Samples.keyring())
        #expect(papers.residentId == double.residentId)
        #expect(papers.all.map(\.withdrawnAs) == [.wrong, nil])
        #expect(try bench.handle(Samples.person(1)).isAccepted)
    }

    @Test func `the dead are corrected, up to their death`() throws {
        try bench.handle(
            RecordDeath(person: member.person, diedOn: Samples.date("2019-12-01")))
        #expect(try bench.handle(correct { $0.name = "示例新人" }).isAccepted)
        #expect(
            try bench.handle(correct { $0.phone = "13900000000" })
                .fact(PersonCorrected.self)?.standing == .deceased)
    }

    @Test func `what was before twenty corrections is forgotten`() throws {
        for number in 0..<25 {
            #expect(try bench.handle(correct { $0.name = "示例\(number)" }).isAccepted)
        }
        let earlier = try data().earlier
        #expect(earlier.count == 20)
        #expect(earlier.first?.value == "示例23")
    }
}
