import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Nobody finds out by trying whether a resident id of another street is registered, or only with a trace.
@Suite struct RegistryResidentProbeTests {
    private let bench: ServiceBench
    private let near: NewMember
    private let far: NewMember

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        near = try RegistrySamples.member(1)
        far = try RegistrySamples.member(2)
        try bench.decide(RegistrySamples.loadTerritory())
        try bench.decide(RegistrySamples.appointment(in: "350203007", .subdistrict))
        try bench.decide([
            try RegistrySamples.household(members: [near]),
            try RegistrySamples.household(in: RegistrySamples.communities[1], members: [far]),
            GrantPublisher(
                publisher: "kaiyuan",
                territories: [try RegistrySamples.territory("350203007")],
                types: ["registry.person.*", "registry.household.*", "registry.paper.*"]),
        ])
    }

    private func ask(_ command: any Command, dryRun: Bool) throws -> Receipt {
        var document = try JSONValue(bench.body(command))
        if dryRun { document["dryrun"] = true }
        let answer = try bench.deliver(
            raw: Array(document.compact.utf8), routingKey: type(of: command).type,
            user: "kaiyuan", replyTo: "receipts.kaiyuan")
        return try #require(Receipt(body: answer.body))
    }

    /// Both ways to register somebody with that number.
    private func attempts(_ residentId: ResidentID?) throws -> [any Command] {
        let community = try RegistrySamples.territory(RegistrySamples.communities[0])
        let day = try RegistrySamples.date("2020-01-01")
        return [
            RegisterPerson(
                person: PersonID(UUID()), territory: community, registeredOn: day, name: "示例",
                residentId: residentId),
            RegisterHousehold(
                household: HouseholdID(UUID()), territory: community, registeredOn: day,
                members: [
                    NewMember(
                        person: PersonID(UUID()), role: .head, name: "示例", residentId: residentId)
                ], categories: []),
        ]
    }

    /// Both ways to give a known person that number, of somebody without one.
    private func changes(_ residentId: ResidentID?, of person: PersonID) throws -> [any Command] {
        let day = try RegistrySamples.date("2020-01-01")
        let number = try #require(residentId)
        let actor = RegistrySamples.office.acting(
            in: try RegistrySamples.territory("350203007"))
        return [
            RecordPaper(
                person: person, paper: Paper(number), recordedOn: day, actor: actor),
            CorrectPerson(
                person: person, residentId: number, correctedOn: day, reason: "seen", actor: actor),
        ]
    }

    private func reads(of person: PersonID) throws -> Int64? {
        try bench.connection.run(
            """
            SELECT count(*) FROM read_access
            WHERE subject = \(person.uuid) AND publisher = 'kaiyuan'
            """
        ).first?.decode(Int64.self, at: 0)
    }

    @Test func `a dry run answers for a number of another street as for an unknown one`() throws {
        for (known, unknown) in zip(
            try attempts(far.residentId), try attempts(RegistrySamples.resident(77)))
        {
            let answers = [try ask(known, dryRun: true), try ask(unknown, dryRun: true)]
            #expect(answers.map(\.status) == [.accepted, .accepted])
            #expect(answers[0].facts?.count == answers[1].facts?.count)
        }
        #expect(try reads(of: far.person) == 2)
        #expect(try bench.decide(GetPerson(person: far.person)).status == "accepted")
    }

    @Test func `a dry run says in the publisher's own street that a number is known`() throws {
        for attempt in try attempts(near.residentId) {
            #expect(try ask(attempt, dryRun: true).code == "resident_exists")
        }
        #expect(try reads(of: near.person) == 2)
    }

    @Test func `papers and corrections tell no more of another street, and leave the trace`() throws
    {
        let child = RegisterPerson(
            person: PersonID(UUID()),
            territory: try RegistrySamples.territory(RegistrySamples.communities[0]),
            registeredOn: try RegistrySamples.date("2019-06-01"), name: "示例",
            birthDate: far.statedBirthDate, sex: far.statedSex)
        try bench.decide(child)
        for change in try changes(far.residentId, of: child.person) {
            #expect(try ask(change, dryRun: true).status == .accepted)
            #expect(try ask(change, dryRun: false).code == "resident_exists")
        }
        #expect(try reads(of: far.person) == 4)
    }

    @Test func `a refused registration leaves the trace of what it told`() throws {
        for attempt in try attempts(far.residentId) {
            #expect(try ask(attempt, dryRun: false).code == "resident_exists")
        }
        #expect(try reads(of: far.person) == 2)
    }
}
