import Foundation
import Messages
import Support
import Testing

@testable import Events
@testable import ServiceKit

/// Free texts, such as the reason of a cancellation.
@Suite struct EventsFreeTextTests {
    private let bench: ServiceBench
    private let session = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        let activity = ActivityID(UUID())
        try bench.decide([
            try EventsSamples.activity(activity, for: .everyone),
            try EventsSamples.session(session, of: activity),
        ])
    }

    private func cancel(of person: PersonID, for household: HouseholdID? = nil, _ reason: String)
        throws
    {
        let id = RegistrationID(UUID())
        try bench.decide(
            EventsSamples.registration(id, at: session, of: person, for: household))
        var command = try EventsSamples.cancel(id)
        command.reason = reason
        #expect(try bench.decide(command).status == "accepted")
    }

    private func erase(_ person: PersonID) throws {
        let fact = PersonErased(
            person: person, merged: [], territory: try EventsSamples.territory(),
            erasedOn: try EventsSamples.date("2019-04-01"))
        try bench.take(fact, subject: person.uuid, sequence: 9)
    }

    @Test func `The erasure of a person takes along why the person did not come`() throws {
        let people = try bench.newcomers(2)
        for person in people { try cancel(of: person, "\(person) is ill") }
        #expect(try bench.texts().count == 2)
        try erase(people[0])
        #expect(try bench.texts() == ["\(people[1]) is ill"])
    }

    @Test func `The erasure of a child takes along what was said of the family`() throws {
        let (household, mother, child) = (
            HouseholdID(UUID()), PersonID(UUID()), PersonID(UUID())
        )
        try bench.take(
            EventsSamples.household(household, mother: mother, child: child),
            subject: household.uuid, sequence: 1)
        try cancel(of: mother, for: household, "the child is ill")
        try erase(child)
        #expect(try bench.texts().isEmpty)
    }

    @Test(arguments: [0, 1])
    func `The reason of a correction goes with either of the two whom it may name`(
        erased: Int
    ) throws {
        let people = try bench.newcomers(2)
        let attendance = AttendanceID(UUID())
        try bench.decide(EventsSamples.attendance(attendance, at: session, of: people[0]))
        let correction = try EventsSamples.correction(
            of: attendance, to: people[1], reason: "not \(people[0])")
        #expect(try bench.decide(correction).status == "accepted")
        #expect(try bench.texts().count == 1)
        try erase(people[erased])
        #expect(try bench.texts().isEmpty)
    }

    @Test func `A record that has the id of one of another kind overwrites none of its texts`()
        throws
    {
        let (material, distribution) = (MaterialID(UUID()), DistributionID(UUID()))
        try bench.decide(EventsSamples.printing(of: material, 100))
        try bench.decide(EventsSamples.distribution(distribution, of: material, 60))
        var command = try EventsSamples.materialReturn(of: distribution, 10)
        command.materialReturn = MaterialReturnID(session.uuid)
        command.reason = "rain"
        #expect(try bench.decide(command).status == "accepted")
        #expect(try bench.decide(EventsSamples.cancel(session)).status == "accepted")
        #expect(try bench.texts() == ["rain", "typhoon"])
        let types = try FreeText.all(
            of: session.uuid, bench.connection, ServiceBench.secret()
        ).map(\.type)
        #expect(types == [ReturnMaterial.type])
    }

    @Test func `The reason why a session did not take place is about nobody and stays`() throws {
        let person = try bench.newcomer()
        #expect(try bench.decide(EventsSamples.cancel(session)).status == "accepted")
        try erase(person)
        #expect(try bench.texts() == ["typhoon"])
    }
}
