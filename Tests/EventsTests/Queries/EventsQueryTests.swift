import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events

/// Queries about sessions, shifts and persons, on a real database.
@Suite struct EventsQueryTests {
    private struct Document<Answer: Decodable>: Decodable {
        struct Body: Decodable { let answer: Answer }
        let data: Body
    }

    private let bench: ServiceBench
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())
    private let elsewhere = SessionID(UUID())

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        for (publisher, territory) in [("kiosk", "350203007"), ("stranger", "350203009")] {
            try bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [EventsSamples.territory(territory)],
                    types: Catalogue.eventsCommands.map { $0.type }),
                subject: UUID(), sequence: 1, as: "registry")
        }
        try bench.decide([
            try EventsSamples.activity(activity, for: .everyone),
            try EventsSamples.session(session, of: activity, capacity: 2),
            try EventsSamples.session(elsewhere, of: activity, in: "350203009901"),
        ])
    }

    private func answer<A: Decodable>(
        _ type: A.Type, _ query: any Query, publisher: String = "kiosk"
    ) throws -> A {
        let answered = try bench.decide(query, publisher: publisher)
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(
            Document<A>.self, from: Data(answered.body)
        ).data.answer
    }

    private func register(_ people: [PersonID]) throws -> [RegistrationID] {
        try people.map { person in
            let id = RegistrationID(UUID())
            try bench.decide(EventsSamples.registration(id, at: session, of: person))
            return id
        }
    }

    // MARK: Sessions

    @Test func `a session is told with its counts, its roster and its line in order`() throws {
        let people = try bench.newcomers(4)
        let ids = try register(people)
        let attendance = AttendanceID(UUID())
        try bench.decide(EventsSamples.attendance(attendance, at: session, of: people[0]))
        let told = try answer(SessionAnswer.self, GetSession(session: session))
        #expect(told.session.state == "open")
        #expect((told.session.capacity, told.session.roster) == (2, 1))
        #expect((told.session.registered, told.session.waiting) == (2, 2))
        #expect(told.roster.map(\.person) == [people[0]])
        #expect(Set(told.registrations.map(\.registration)) == Set(ids[..<2]))
        #expect(told.waitlist.map(\.registration) == Array(ids[2...]))
        #expect(told.waitlist.map(\.number) == [1, 2])
        #expect(told.nextAttendance == nil && told.nextWaiting == nil)
    }

    @Test func `its lists are paged, the line in its order`() throws {
        let ids = try register(bench.newcomers(5))
        var (line, after): ([RegistrationID], RecordID?) = ([], nil)
        repeat {
            let page = try answer(
                SessionAnswer.self,
                GetSession(session: session, part: .waitlist, after: after, limit: 1))
            #expect(page.registrations.isEmpty && page.roster.isEmpty)
            line += page.waitlist.map(\.registration)
            after = page.nextWaiting
        } while after != nil
        #expect(line == Array(ids[2...]))
    }

    @Test func `a voided attendance is on no roster`() throws {
        let person = try bench.newcomer()
        let attendance = AttendanceID(UUID())
        try bench.decide([
            try EventsSamples.attendance(attendance, at: session, of: person),
            try EventsSamples.correction(of: attendance, to: person, void: true),
        ])
        #expect(try answer(SessionAnswer.self, GetSession(session: session)).roster.isEmpty)
    }

    @Test func `sessions are listed by territory and period`() throws {
        func list(
            _ territory: String, from: String? = nil, until: String? = nil,
            publisher: String = "operator"
        ) throws -> [SessionID] {
            try answer(
                SessionsAnswer.self,
                ListSessions(
                    territory: EventsSamples.territory(territory),
                    from: from.map(EventsSamples.date), until: until.map(EventsSamples.date)),
                publisher: publisher
            ).sessions.map(\.session)
        }
        #expect(Set(try list("350203")) == [session, elsewhere])
        #expect(try list("350203007", publisher: "kiosk") == [session])
        #expect(try list("350203", from: "2019-03-09").isEmpty)
        #expect(try list("350203", until: "2019-03-07").isEmpty)
        let first = try answer(
            SessionsAnswer.self,
            ListSessions(territory: EventsSamples.territory("350203"), limit: 1),
            publisher: "operator")
        let second = try answer(
            SessionsAnswer.self,
            ListSessions(
                territory: EventsSamples.territory("350203"), after: first.next, limit: 1),
            publisher: "operator")
        #expect(Set((first.sessions + second.sessions).map(\.session)) == [session, elsewhere])
        #expect(second.next == nil)
    }

    // MARK: Shifts and persons

    @Test func `shifts are listed by post, person and period`() throws {
        let people = try bench.newcomers(2)
        let (post, other) = (PostID(UUID()), PostID(UUID()))
        let shifts = [ShiftID(UUID()), ShiftID(UUID())]
        try bench.decide([
            try EventsSamples.shift(shifts[0], at: post, of: people[0]),
            try EventsSamples.shift(shifts[1], at: other, of: people[1], from: 4, to: 8),
            try EventsSamples.confirm(shifts[1]),
        ])
        func list(
            post: PostID? = nil, person: PersonID? = nil, from: String? = nil
        ) throws -> [ShiftAnswer] {
            try answer(
                ShiftsAnswer.self,
                ListShifts(
                    territory: EventsSamples.territory(), post: post, person: person,
                    from: from.map(EventsSamples.date))
            ).shifts
        }
        #expect(try list().map(\.shift) == shifts)
        #expect(try list().map(\.state) == ["offered", "confirmed"])
        #expect(try list(post: other).map(\.shift) == [shifts[1]])
        #expect(try list(person: people[0]).map(\.shift) == [shifts[0]])
        #expect(try list(from: "2020-02-11").isEmpty)
    }

    @Test func `a person's records are told, but for those of other territories`() throws {
        let person = try bench.newcomer()
        let here = AttendanceID(UUID())
        try bench.decide([
            try EventsSamples.attendance(here, at: session, of: person),
            try EventsSamples.attendance(at: elsewhere, of: person),
            try EventsSamples.shift(at: PostID(UUID()), of: person),
        ])
        _ = try register([person])
        let told = try answer(EventsPersonAnswer.self, GetEventsPerson(person: person))
        #expect(told.attendances.map(\.attendance) == [here])
        #expect((told.registrations.count, told.shifts.count) == (1, 1))
        let all = try answer(
            EventsPersonAnswer.self, GetEventsPerson(person: person), publisher: "operator")
        #expect(all.attendances.count == 2)
    }

    @Test func `a merged id tells of the survivor`() throws {
        let people = try bench.newcomers(2)
        try bench.decide(EventsSamples.attendance(at: session, of: people[1]))
        try bench.take(
            EventsSamples.merged(people[1], into: people[0]), subject: people[0].uuid, sequence: 2)
        let told = try answer(EventsPersonAnswer.self, GetEventsPerson(person: people[1]))
        #expect(told.person == people[0])
        // The attendance keeps the id under which it was recorded.
        #expect(told.attendances.map(\.person) == [people[1]])
    }

    @Test func `an erased person is said to be erased`() throws {
        let person = try bench.newcomer()
        try bench.decide(EventsSamples.attendance(at: session, of: person))
        try bench.take(
            EventsSamples.erased(person, on: "2021-01-01"), subject: person.uuid, sequence: 2)
        #expect(try bench.decide(GetEventsPerson(person: person)).code == "person_erased")
    }

    // MARK: History

    @Test func `a session's history tells the operator the reason of its cancellation`() throws {
        let cancel = UUID()
        try bench.decide(EventsSamples.cancel(session), id: cancel, publisher: "kiosk")
        let query = GetEventsHistory(HistorySelection(record: session.uuid))
        let own = try answer(HistoryAnswer.self, query)
        #expect(own.entries.map(\.type) == [SessionOpened.type, SessionCancelled.type])
        #expect(own.entries.last?.cause == cancel)
        #expect(own.entries.last?.publisher == "kiosk")
        #expect(own.entries.last?.on == (try EventsSamples.date("2019-03-07")))
        #expect(own.texts == nil)
        let all = try answer(HistoryAnswer.self, query, publisher: "operator")
        #expect(
            all.entries.last?.texts == [
                HistoryText(record: cancel, field: "reason", text: "typhoon")
            ])
    }

    @Test func `a person's history has what the person did`() throws {
        let person = try bench.newcomer()
        _ = try register([person])
        try bench.decide(EventsSamples.attendance(at: session, of: person))
        let told = try answer(
            HistoryAnswer.self, GetEventsHistory(HistorySelection(record: person.uuid)))
        #expect(
            told.entries.map(\.type) == [RegistrationConfirmed.type, AttendanceRecorded.type])
    }

    // MARK: Scope and log

    @Test func `strangers' ids and unknown ids are answered alike`() throws {
        let person = try bench.newcomer()
        let queries: [(any Query, any Query)] = [
            (GetSession(session: session), GetSession(session: SessionID(UUID()))),
            (GetEventsPerson(person: person), GetEventsPerson(person: PersonID(UUID()))),
            (
                GetEventsHistory(HistorySelection(record: session.uuid)),
                GetEventsHistory(HistorySelection(record: UUID()))
            ),
        ]
        for (stranger, unknown) in queries {
            let answers = try [stranger, unknown].map {
                try bench.decide($0, publisher: "stranger")
            }
            #expect(answers.map(\.code) == ["out_of_scope", "out_of_scope"])
            #expect(answers[0].pointer == answers[1].pointer)
        }
    }

    @Test func `each person of an answer is logged, and a list without any too`() throws {
        let person = try bench.newcomer()
        try bench.decide(EventsSamples.attendance(at: session, of: person))
        _ = try answer(SessionAnswer.self, GetSession(session: session))
        #expect(
            try bench.count("SELECT count(*) FROM read_access WHERE subject = \(person)") == 1)
        _ = try answer(ShiftsAnswer.self, ListShifts(territory: EventsSamples.territory()))
        #expect(
            try bench.count(
                "SELECT count(*) FROM read_access WHERE subject IS NULL AND publisher = 'kiosk'")
                == 1)
    }
}
