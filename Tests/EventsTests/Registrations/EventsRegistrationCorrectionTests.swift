import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Registrations that are put right, and sessions that get more or fewer places, on a real database: who is next in line is asked
/// there.
@Suite struct EventsRegistrationCorrectionTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        try bench.decide(EventsSamples.activity(activity, for: .everyone))
    }

    private func open(capacity: Int) throws {
        try bench.decide(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    private func register(_ people: [PersonID]) throws -> [RegistrationID] {
        try people.map { person in
            let id = RegistrationID(UUID())
            try accept(EventsSamples.registration(id, at: session, of: person))
            return id
        }
    }

    private func accept(_ command: any Command) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "accepted", "\(type(of: command).type): \(answer.code ?? "")")
    }

    private func expectRefusal(_ command: any Command, _ code: String, at pointer: String) throws {
        let answer = try bench.decide(command)
        #expect(answer.code == code)
        #expect(answer.pointer == "/data" + pointer)
    }

    private func resize(_ capacity: Int?) throws -> ResizeSession {
        ResizeSession(session: session, capacity: capacity, try EventsSamples.correction())
    }

    private func restore(_ id: RegistrationID) throws -> RestoreRegistration {
        RestoreRegistration(registration: id, try EventsSamples.correction())
    }

    private func correct(
        _ id: RegistrationID, to person: PersonID, with child: PersonID? = nil
    ) throws -> CorrectRegistration {
        CorrectRegistration(
            PartySubject(person: person, child: child), registration: id,
            try EventsSamples.correction())
    }

    /// A mother with her child waits or has places.
    private func registerPair(_ id: RegistrationID = RegistrationID(UUID())) throws -> PersonID {
        let pair = try bench.pair()
        try accept(
            EventsSamples.registration(id, at: session, of: pair.parent, with: pair.child))
        return pair.parent
    }

    private func movedUp() -> [RegistrationID] {
        bench.payloads(RegistrationConfirmed.self).filter(\.movedUp).map(\.registration)
    }

    private func totals() throws -> [Int] {
        [
            try bench.count("SELECT registered FROM session"),
            try bench.count("SELECT waiting FROM session"),
        ]
    }

    // MARK: Places

    @Test func `more places go to the line in its order, with a fact for each`() throws {
        try open(capacity: 1)
        let ids = try register(bench.newcomers(5))
        try accept(resize(3))
        #expect(movedUp() == [ids[1], ids[2]])
        let fact = try #require(bench.payloads(SessionResized.self).first)
        #expect((fact.capacityBefore, fact.capacity) == (1, 3))
        #expect(try totals() == [3, 2])
        try expectRefusal(resize(3), "nothing_changes", at: "/capacity")
        try accept(resize(nil))
        #expect(movedUp() == Array(ids[1...]))
        #expect(try totals() == [5, 0])
    }

    @Test func `nobody loses a confirmed place, and nobody waits for more than there will be`()
        throws
    {
        try open(capacity: 3)
        let people = try bench.newcomers(3)
        _ = try register(people)
        _ = try registerPair()
        try expectRefusal(resize(2), "places_taken", at: "/capacity")
        try accept(resize(4))
        #expect(try totals() == [3, 1])
        try accept(resize(3))
    }

    @Test func `a party that waits is not left without hope`() throws {
        try open(capacity: 2)
        let ids = try register(bench.newcomers(1))
        _ = try registerPair()
        #expect(try totals() == [1, 1])
        try expectRefusal(resize(1), "places_taken", at: "/capacity")
        try accept(EventsSamples.cancel(ids[0]))
        #expect(try totals() == [2, 0])
    }

    @Test func `who is there bounds the places, too, and a closed line moves no more`() throws {
        try open(capacity: 3)
        _ = try register(bench.newcomers(4))
        try accept(EventsSamples.headcount(at: session, count: 3))
        try expectRefusal(resize(2), "places_taken", at: "/capacity")
        try accept(EventsSamples.close(session))
        try accept(resize(9))
        #expect(movedUp() == [])
    }

    // MARK: Restoring

    @Test func `a registration is restored to a place while there is one`() throws {
        try open(capacity: 2)
        let ids = try register(bench.newcomers(1))
        try accept(EventsSamples.cancel(ids[0]))
        try accept(restore(ids[0]))
        let fact = try #require(bench.payloads(RegistrationRestored.self).first)
        #expect(fact.state == .confirmed)
        #expect(fact.number == nil)
        #expect(try totals() == [1, 0])
        try expectRefusal(restore(ids[0]), "registration_holds", at: "/registration")
        try accept(EventsSamples.cancel(ids[0], on: "2020-03-01"))
        try accept(restore(ids[0]))
    }

    @Test func `a registration is restored to the end of the line`() throws {
        try open(capacity: 1)
        let ids = try register(bench.newcomers(3))
        try accept(EventsSamples.cancel(ids[0]))
        #expect(movedUp() == [ids[1]])
        try accept(restore(ids[0]))
        let fact = try #require(bench.payloads(RegistrationRestored.self).first)
        #expect(fact.state == .waitlisted)
        #expect(fact.number == 3)
        try accept(EventsSamples.cancel(ids[1]))
        #expect(movedUp() == [ids[1], ids[2]])
    }

    @Test func `whoever has registered again is not restored besides`() throws {
        try open(capacity: 3)
        let person = try bench.newcomer()
        let first = try register([person])[0]
        try accept(EventsSamples.cancel(first))
        _ = try register([person])
        try expectRefusal(restore(first), "already_registered", at: "/registration")
    }

    @Test func `who has died or was erased is not restored, and who was merged is under one id`()
        throws
    {
        try open(capacity: 9)
        let people = try bench.newcomers(4)
        let ids = try register(Array(people[..<3]))
        for id in ids { try accept(EventsSamples.cancel(id)) }
        try bench.take(
            EventsSamples.died(people[0], on: "2019-03-05"), subject: people[0].uuid, sequence: 2)
        try bench.take(
            EventsSamples.erased(people[1], on: "2019-12-01"), subject: people[1].uuid,
            sequence: 2)
        try bench.take(
            EventsSamples.merged(people[2], into: people[3]), subject: people[3].uuid,
            sequence: 2)
        try expectRefusal(restore(ids[0]), "person_died", at: "/registration")
        try expectRefusal(restore(ids[1]), "person_erased", at: "/registration")
        try accept(restore(ids[2]))
        // The id is its own, should the merge turn out to have been wrong.
        #expect(bench.payloads(RegistrationRestored.self).map(\.about.person) == [people[2]])
        try expectRefusal(
            EventsSamples.registration(at: session, of: people[3]), "already_registered",
            at: "/person")
    }

    @Test func `a receipt says whether what is restored has places, or waits`() throws {
        try open(capacity: 1)
        let ids = try register(bench.newcomers(3))
        try accept(EventsSamples.cancel(ids[2]))
        #expect(try outcome(restore(ids[2])) == Receipt.Outcome("waitlisted", place: 2))
        try accept(EventsSamples.cancel(ids[1]))
        try accept(EventsSamples.cancel(ids[2], on: "2020-03-01"))
        try accept(EventsSamples.cancel(ids[0]))
        #expect(try outcome(restore(ids[0])) == Receipt.Outcome("confirmed"))
    }

    private func outcome(_ command: any Command) throws -> Receipt.Outcome? {
        let answer = try bench.decide(command)
        return try #require(Receipt(body: answer.body)).outcome
    }

    // MARK: Another party

    @Test func `a receipt says where a corrected registration stands`() throws {
        try open(capacity: 1)
        let people = try bench.newcomers(4)
        let ids = try register(Array(people[..<3]))
        #expect(
            try outcome(correct(ids[2], to: people[3])) == Receipt.Outcome("waitlisted", place: 2))
        #expect(try outcome(correct(ids[0], to: people[2])) == Receipt.Outcome("confirmed"))
    }

    @Test func `another person is meant, and the first one may register`() throws {
        try open(capacity: 3)
        let people = try bench.newcomers(2)
        let id = try register([people[0]])[0]
        try accept(correct(id, to: people[1]))
        let fact = try #require(bench.payloads(RegistrationCorrected.self).first)
        #expect(fact.about.person == people[1])
        #expect(fact.state == .confirmed)
        try expectRefusal(
            EventsSamples.registration(at: session, of: people[1]), "already_registered",
            at: "/person")
        _ = try register([people[0]])
        try expectRefusal(correct(id, to: people[0]), "already_registered", at: "/person")
        try expectRefusal(correct(id, to: people[1]), "nothing_changes", at: "/person")
    }

    @Test func `a larger party needs the places, a smaller one leaves them to the line`() throws {
        try open(capacity: 2)
        let (parent, child) = try bench.pair()
        let people = [parent] + (try bench.newcomers(2))
        let ids = try register(people)
        try expectRefusal(
            correct(ids[0], to: people[0], with: child), "session_full", at: "/persons")
        try accept(EventsSamples.cancel(ids[2]))
        try accept(EventsSamples.cancel(ids[1]))
        try accept(correct(ids[0], to: people[0], with: child))
        #expect(try totals() == [2, 0])
        let next = try register([people[2]])[0]
        try accept(correct(ids[0], to: people[0]))
        #expect(movedUp() == [next])
        #expect(try totals() == [2, 0])
    }

    @Test func `a party at the head of the line that fits now moves up itself`() throws {
        try open(capacity: 2)
        _ = try register(bench.newcomers(1))
        let id = RegistrationID(UUID())
        let parent = try registerPair(id)
        #expect(try totals() == [1, 1])
        #expect(try outcome(correct(id, to: parent)) == Receipt.Outcome("confirmed"))
        #expect(bench.payloads(RegistrationCorrected.self).map(\.state) == [.waitlisted])
        #expect(movedUp() == [id])
        #expect(try totals() == [2, 0])
    }

    @Test func `nothing of it is possible once the session is over`() throws {
        try open(capacity: 2)
        let person = try bench.newcomer()
        let id = try register([person])[0]
        try accept(EventsSamples.close(session))
        try expectRefusal(correct(id, to: bench.newcomer()), "session_closed", at: "/registration")
        try expectRefusal(restore(id), "session_closed", at: "/registration")
    }
}
