import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events

/// The steps of what was recorded of activities.
@Suite struct EventsHistoryTests {
    private struct Document: Decodable {
        struct Body: Decodable { let answer: HistoryAnswer }
        let data: Body
    }

    private let bench: ServiceBench
    private let session = SessionID(UUID())
    private let survivor: PersonID
    private let merged: PersonID

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        let people = try bench.newcomers(2)
        (survivor, merged) = (people[0], people[1])
        let activity = ActivityID(UUID())
        try bench.decide([
            try EventsSamples.activity(activity, for: .everyone),
            try EventsSamples.session(session, of: activity),
        ])
    }

    private func history(
        of record: UUID, publisher: String = "operator"
    ) throws -> [HistoryEntry] {
        let answered = try bench.decide(
            GetEventsHistory(HistorySelection(record: record)), publisher: publisher)
        #expect(answered.status == "accepted", "\(answered.code ?? "")")
        return try JSONDecoder().decode(Document.self, from: Data(answered.body)).data.answer
            .entries
    }

    private func attend(_ person: PersonID) throws -> AttendanceID {
        let id = AttendanceID(UUID())
        try bench.decide(EventsSamples.attendance(id, at: session, of: person))
        return id
    }

    @Test func `a review and its end are in the histories of both attendances and of the person`()
        throws
    {
        let (kept, given) = (try attend(survivor), try attend(merged))
        try bench.take(
            EventsSamples.merged(merged, into: survivor), subject: survivor.uuid, sequence: 2)
        try bench.decide(EventsSamples.correction(of: kept, to: survivor, void: true))
        let review = [AttendanceReviewOpened.type, AttendanceReviewClosed.type]
        for record in [kept.uuid, given.uuid, survivor.uuid, merged.uuid] {
            let entries = try history(of: record)
            #expect(entries.map(\.type).filter(review.contains) == review)
            let closed = entries.first { $0.type == AttendanceReviewClosed.type }
            #expect(closed?.actor == (try EventsSamples.officer.staff.uuid))
            #expect(closed?.on == (try EventsSamples.date("2019-03-12")))
        }
        #expect(
            try history(of: given.uuid).map(\.type) == [AttendanceRecorded.type] + review)
        let own = [AttendanceRecorded.type, AttendanceCorrected.type] + review
        #expect(Set(try history(of: kept.uuid).map(\.type)) == Set(own))
    }

    @Test func `an individual service and what puts it right are in the person's history`() throws {
        let casework = CaseworkID(UUID())
        try bench.decide([
            EventsSamples.casework(casework, for: survivor),
            VoidCasework(casework: casework, EventsSamples.correction()),
        ])
        let entries = try history(of: survivor.uuid)
        #expect(entries.map(\.type) == [CaseworkRecorded.type, CaseworkVoided.type])
        #expect(entries.last?.on == (try EventsSamples.date("2020-02-12")))
    }

    @Test func `a return of material is a step of its own id and of the distribution`() throws {
        let (material, distribution) = (MaterialID(UUID()), DistributionID(UUID()))
        let given = (MaterialReturnID(UUID()), MaterialReturnID(UUID()))
        try bench.decide([
            EventsSamples.printing(of: material, 1_000),
            EventsSamples.distribution(distribution, of: material, 600),
            EventsSamples.materialReturn(given.0, of: distribution, 100),
            EventsSamples.materialReturn(given.1, of: distribution, 50),
        ])
        let all = try history(of: distribution.uuid)
        #expect(all.count == 3)
        #expect(try history(of: given.0.uuid).map(\.fact) == [all[1].fact])
        #expect(try history(of: given.1.uuid).map(\.fact) == [all[2].fact])
    }

    @Test func `a record that another office made under a person's id does not close its history`()
        throws
    {
        for (name, code) in [("kiosk", "350203007"), ("stranger", "350203009")] {
            try bench.take(
                PublisherGranted(
                    publisher: name, territories: [EventsSamples.territory(code)],
                    types: Catalogue.eventsCommands.map { $0.type } + [GetEventsHistory.type]),
                subject: UUID(), sequence: 1, as: "registry")
        }
        _ = try attend(survivor)
        let made = try bench.decide(
            RecordCasework(
                casework: CaseworkID(survivor.uuid), kind: .homeVisit,
                programme: EventsSamples.programme("early-childhood"),
                territory: EventsSamples.territory("350203009901"), person: nil,
                servedOn: EventsSamples.date("2019-06-12")),
            publisher: "stranger")
        #expect(made.status == "accepted", "\(made.code ?? "")")
        let id = survivor.uuid
        #expect(try history(of: id, publisher: "kiosk").map(\.type) == [AttendanceRecorded.type])
        #expect(try history(of: id, publisher: "stranger").map(\.type) == [CaseworkRecorded.type])
        #expect(try history(of: id).count == 2)
    }

    @Test func `a task about a registration that somebody has dismissed is a step of it`() throws {
        let registration = RegistrationID(UUID())
        try bench.decide(EventsSamples.registration(registration, at: session, of: survivor))
        let task = Tasks.id(.reviewRegistration, registration.uuid)
        _ = try bench.connection.run(
            """
            INSERT INTO task (id, kind, subject, territory, raised_on, raised_by, is_dismissed,
                              sequence)
            VALUES (\(task), 'review_registration', \(registration.uuid),
                    \(try EventsSamples.territory()), '2020-02-01', \(task), false, 0)
            """)
        try bench.decide(
            SettleEventsTask(
                TaskDismissal(
                    task: task, settledOn: EventsSamples.date("2020-02-02"), reason: "both come",
                    actor: EventsSamples.officer)))
        for record in [registration.uuid, survivor.uuid] {
            #expect(try history(of: record).last?.type == EventsTaskSettled.type)
        }
    }
}
