import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events

/// What publishers are told of registrations: in their receipts, and of later changes.
@Suite struct EventsNoticeTests {
    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.decide(EventsSamples.activity(activity, for: .everyone))
        for publisher in ["kiosk", "office"] {
            try bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [EventsSamples.territory()],
                    types: ["events.*", CancelSession.type]),
                subject: UUID(), sequence: 1, as: "registry")
        }
    }

    private func open(capacity: Int) throws {
        try bench.decide(EventsSamples.session(session, of: activity, capacity: capacity))
    }

    @discardableResult
    private func register(
        _ id: RegistrationID = RegistrationID(UUID()), command: UUID = UUID()
    ) throws -> (id: RegistrationID, receipt: Receipt) {
        let answer = try bench.decide(
            EventsSamples.registration(id, at: session, of: bench.newcomer()), id: command,
            publisher: "kiosk")
        return (id, try #require(Receipt(body: answer.body)))
    }

    private func notices() throws -> [Receipt] {
        try bench.handleParked().map { try #require(Receipt(body: $0.body)) }
    }

    // MARK: Receipts

    @Test func `a receipt says whether a registration has places, or which place in the line`()
        throws
    {
        try open(capacity: 1)
        #expect(try register().receipt.outcome == Receipt.Outcome("confirmed"))
        #expect(try register().receipt.outcome == Receipt.Outcome("waitlisted", place: 1))
        #expect(try register().receipt.outcome == Receipt.Outcome("waitlisted", place: 2))
    }

    @Test func `a place in the line counts those who still wait, not those who have left it`()
        throws
    {
        try open(capacity: 1)
        try register()
        let left = try register().id
        try bench.decide(EventsSamples.cancel(left))
        #expect(try register().receipt.outcome?.place == 1)
    }

    @Test func `the same request again is told the first outcome, whatever has changed since`()
        throws
    {
        try open(capacity: 1)
        let first = try register().id
        let request = try EventsSamples.registration(at: session, of: bench.newcomer())
        let (id, time) = (UUID(), Timestamp.now())
        try bench.decide(request, id: id, time: time)
        try bench.decide(EventsSamples.cancel(first))
        let again = try bench.decide(request, id: id, time: time)
        let receipt = try #require(Receipt(body: again.body))
        #expect(receipt.decision.outcome == Receipt.Outcome("waitlisted", place: 1))
    }

    @Test func `a dry run says what the outcome would be`() throws {
        try open(capacity: 1)
        try register()
        let request = try EventsSamples.registration(at: session, of: bench.newcomer())
        let header = Header(
            id: UUID(), source: "test", type: RequestRegistration.type, time: .now(),
            isDryRun: true)
        let answer = try bench.deliver(
            raw: MessageEncoder().encode(header, request), routingKey: RequestRegistration.type)
        #expect(Receipt(body: answer.body)?.outcome?.state == "waitlisted")
        #expect(try bench.count("SELECT count(*) FROM asker") == 1)
    }

    // MARK: Notices

    @Test func `whoever asked is told that a registration has moved up`() throws {
        try open(capacity: 1)
        let first = try register().id
        let command = UUID()
        let waiting = try register(command: command).id
        try bench.decide(EventsSamples.cancel(first), publisher: "kiosk")
        let notices = try notices()
        #expect(notices.map(\.status) == [.notice])
        #expect(notices.first?.command == command.uuidString.lowercased())
        #expect(notices.first?.record == waiting.uuid)
        #expect(notices.first?.outcome == Receipt.Outcome("confirmed"))
    }

    @Test func `whoever asked is told that another publisher has cancelled it`() throws {
        try open(capacity: 2)
        let (own, other) = (try register().id, try register().id)
        try bench.decide(EventsSamples.cancel(own), publisher: "kiosk")
        #expect(try notices().isEmpty, "the sender knows from the receipt")
        try bench.decide(EventsSamples.cancel(other), publisher: "office")
        #expect(try notices().map(\.outcome?.state) == ["cancelled"])
    }

    @Test func `a cancelled session is told to whoever asked for each of its registrations`()
        throws
    {
        try open(capacity: 1)
        let ids = [try register().id, try register().id, try register().id]
        try bench.decide(EventsSamples.cancel(ids[1]), publisher: "kiosk")
        try bench.decide(EventsSamples.cancel(session), publisher: "office")
        let notices = try notices()
        #expect(Set(notices.map(\.record)) == [ids[0].uuid, ids[2].uuid])
        #expect(Set(notices.map(\.outcome?.state)) == ["cancelled"])
        #expect(Set(notices.map(\.code)) == ["session_cancelled"])
    }

    @Test func `a merge that puts attendances under review is told to whoever recorded them`()
        throws
    {
        try open(capacity: 9)
        let people = try bench.newcomers(2)
        let ids = [AttendanceID(UUID()), AttendanceID(UUID())]
        for (id, person) in zip(ids, people) {
            try bench.decide(
                EventsSamples.attendance(id, at: session, of: person), publisher: "kiosk")
        }
        try bench.take(
            EventsSamples.merged(people[1], into: people[0]), subject: people[0].uuid, sequence: 2)
        let notices = try notices()
        #expect(Set(notices.map(\.record)) == Set(ids.map(\.uuid)))
        #expect(Set(notices.map(\.outcome?.state)) == ["under_review"])
    }

    @Test func `nobody is told who wanted no receipt`() throws {
        try open(capacity: 1)
        let first = try register().id
        let body = try bench.body(EventsSamples.registration(at: session, of: bench.newcomer()))
        try bench.deliver(raw: body, routingKey: RequestRegistration.type, replyTo: nil)
        try bench.decide(EventsSamples.cancel(first))
        #expect(try notices().compactMap(\.outcome?.state) == ["cancelled"])
    }

    @Test func `a refused change tells nobody`() throws {
        try open(capacity: 1)
        let first = try register().id
        try register()
        let answer = try bench.decide(EventsSamples.cancel(first, on: "2019-02-01"))
        #expect(answer.status == "rejected")
        #expect(try notices().isEmpty)
    }

    @Test func `a notice survives a killed process, and is stored once`() throws {
        try open(capacity: 1)
        let first = try register().id
        try register()
        let body = try bench.body(EventsSamples.cancel(first))
        try bench.deliver(raw: body, routingKey: CancelRegistration.type)
        bench.die()
        let next = try ServiceBench(Events.definition, url: bench.url)
        let again = try next.deliver(
            raw: body, routingKey: CancelRegistration.type, redelivered: true)
        #expect(again.status == "accepted")
        let states = try next.handleParked().compactMap { Receipt(body: $0.body)?.outcome?.state }
        #expect(states.sorted() == ["cancelled", "confirmed"])
    }
}
