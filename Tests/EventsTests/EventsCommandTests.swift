import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Events
@testable import ServiceKit

/// Rules for every command of events.
@Suite struct EventsCommandTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(Events.definition) }

    /// Each command of events once, each possible after those before it.
    private func story() throws -> [any Command] {
        try bench.appoint()
        let people = try bench.newcomers(2)
        let (activity, session, cancelled) = (
            ActivityID(UUID()), SessionID(UUID()), SessionID(UUID())
        )
        let (registration, attendance) = (RegistrationID(UUID()), AttendanceID(UUID()))
        let headcount = HeadcountID(UUID())
        let (served, missed) = (ShiftID(UUID()), ShiftID(UUID()))
        let (post, material) = (PostID(UUID()), MaterialID(UUID()))
        let distribution = DistributionID(UUID())
        return [
            try EventsSamples.activity(activity, for: .everyone),
            try EventsSamples.session(session, of: activity),
            try EventsSamples.session(cancelled, of: activity),
            try EventsSamples.registration(registration, at: session, of: people[0]),
            try EventsSamples.cancel(registration),
            try EventsSamples.attendance(attendance, at: session, of: people[0]),
            try EventsSamples.headcount(headcount, at: session, count: 3),
            try EventsSamples.correction(of: headcount, to: 4),
            try EventsSamples.correction(of: attendance, to: people[1]),
            try EventsSamples.close(session),
            try EventsSamples.cancel(cancelled),
            try EventsSamples.shift(served, at: post, of: people[0]),
            try EventsSamples.shift(missed, at: post, of: people[1]),
            try EventsSamples.confirm(served),
            try EventsSamples.confirm(missed),
            try EventsSamples.checkIn(served),
            try EventsSamples.complete(served),
            try EventsSamples.noShow(missed),
            try EventsSamples.printing(of: material, 100),
            try EventsSamples.distribution(distribution, of: material, 10),
            try EventsSamples.materialReturn(of: distribution, 4),
            try EventsSamples.reach(count: 100, day: 1),
            try EventsSamples.casework(for: people[0]),
        ] + (try corrections(people, activity, session)) + (try queries(session, people[0]))
            + [try settlement()]
    }

    private func queries(_ session: SessionID, _ person: PersonID) throws -> [any Command] {
        let territory = try EventsSamples.territory()
        return [
            GetSession(session: session), ListSessions(territory: territory),
            ListShifts(territory: territory), GetEventsPerson(person: person),
            ListEventsTasks(TaskSelection(within: territory)),
            GetEventsHistory(HistorySelection(record: session.uuid)),
            GetEventsHistory(HistorySelection(record: person.uuid)),
        ]
    }

    /// Each correction once, of records of its own.
    private func corrections(
        _ people: [PersonID], _ activity: ActivityID, _ closed: SessionID
    ) throws -> [any Command] {
        let correction = try EventsSamples.correction(on: "2020-02-10")
        let (other, session) = (ActivityID(UUID()), SessionID(UUID()))
        let registration = RegistrationID(UUID())
        let (ahead, missed, corrected) = (ShiftID(UUID()), ShiftID(UUID()), ShiftID(UUID()))
        let (post, material) = (PostID(UUID()), MaterialID(UUID()))
        let (printing, distribution) = (PrintingID(UUID()), DistributionID(UUID()))
        let (reach, casework) = (ReachID(UUID()), CaseworkID(UUID()))
        var reading = try EventsSamples.reach(reach, count: 500, day: 9)
        let first = reading
        reading.count = 510
        var service = try EventsSamples.casework(casework, for: people[0])
        let recorded = service
        service.kind = .guidance
        let day = try EventsSamples.date("2019-03-10")
        let area = try EventsSamples.territory()
        return [
            ReopenSession(session: closed, correction),
            try EventsSamples.activity(other, kind: .lecture, for: .everyone),
            try EventsSamples.session(session, of: activity, capacity: 2),
            MoveSession(session: session, startsOn: day, territory: area, correction),
            ResizeSession(session: session, capacity: 3, correction),
            CorrectSession(session: session, activity: other, correction),
            try EventsSamples.registration(registration, at: session, of: people[0]),
            CorrectRegistration(
                PartySubject(person: people[1]), registration: registration, correction),
            try EventsSamples.cancel(registration),
            RestoreRegistration(registration: registration, correction),
            try EventsSamples.shift(ahead, at: post, of: people[0], from: 5, to: 6),
            CancelShift(shift: ahead, correction),
            try EventsSamples.shift(missed, at: post, of: people[0], from: 6, to: 7),
            try EventsSamples.confirm(missed),
            ExcuseShift(shift: missed, correction),
            ReopenShift(shift: missed, correction),
            try EventsSamples.shift(corrected, at: post, of: people[0], from: 8, to: 9),
            try EventsSamples.correct(corrected, at: post, of: people[1], from: 8, to: 10),
            try EventsSamples.printing(printing, of: material, 100),
            CorrectPrinting(printing: printing, copies: 90, printedOn: day, correction),
            try EventsSamples.distribution(distribution, of: material, 10),
            CorrectDistribution(
                distribution: distribution, territory: area, copies: 9, distributedOn: day,
                correction),
            VoidDistribution(distribution: distribution, correction),
            VoidPrinting(printing: printing, correction),
            first, CorrectReach(reading, correction), VoidReach(reach: reach, correction),
            recorded, CorrectCasework(service, correction),
            VoidCasework(casework: casework, correction),
        ]
    }

    /// No rule of events raises a task yet.
    private func settlement() throws -> SettleEventsTask {
        let task = UUID()
        let territory = try EventsSamples.territory()
        _ = try bench.connection.run(
            """
            INSERT INTO task (id, kind, subject, territory, raised_on, raised_by, is_dismissed,
                              sequence)
            VALUES (\(task), 'sample', \(task), \(territory), '2020-02-01', \(task), false, 0)
            """)
        return SettleEventsTask(
            TaskDismissal(
                task: task, settledOn: try EventsSamples.date("2020-02-02"), reason: "done",
                actor: try EventsSamples.officer))
    }

    @Test func `every command sent twice takes effect once`() throws {
        let commands = try story()
        let types = Set(commands.map { type(of: $0).type })
        #expect(types == Set(Catalogue.eventsCommands.map { $0.type }))
        for command in commands {
            let (id, time) = (UUID(), Timestamp.now())
            let name = type(of: command).type
            #expect(try bench.decide(command, id: id, time: time).status == "accepted", "\(name)")
            // A query is answered anew.
            if command is any Query { continue }
            let facts = bench.facts.count
            #expect(try bench.decide(command, id: id, time: time).status == "duplicate", "\(name)")
            #expect(bench.facts.count == facts)
        }
    }

    @Test func `every fact that events is bound to is handled, and no other`() {
        let handled = Set(Events.definition.router.types.map { $0.type })
        let facts = Set(Subscriptions.facts(of: "events").map { $0.type })
        let commands = Set(Catalogue.eventsCommands.map { $0.type })
        #expect(handled == facts.union(commands))
    }

    @Test func `a command of a territory that was not granted is out of scope`() throws {
        let commands = try story()
        for (publisher, territory) in [("elsewhere", "350203009"), ("home", "350203")] {
            try bench.take(
                PublisherGranted(
                    publisher: publisher, territories: [EventsSamples.territory(territory)],
                    types: Catalogue.eventsCommands.map { $0.type }),
                subject: UUID(), sequence: 1, as: "registry")
        }
        for command in commands {
            let type = type(of: command).type
            let answer = try bench.decide(command, publisher: "elsewhere")
            #expect(answer.code == "out_of_scope", "\(type)")
            #expect(answer.pointer?.hasPrefix("/data") == true, "\(type)")
            let home = try bench.decide(command, publisher: "home")
            #expect(home.status == "accepted", "\(type): \(home.code ?? "")")
        }
    }
}
