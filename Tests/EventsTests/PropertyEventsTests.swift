import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Random registrations and attendances of a small session, against a plain model.
@Suite struct PropertyEventsTests {
    @Test func `a session never has more than its places, and its line moves up in order`()
        async throws
    {
        try await PropertyRun(EventsSequence.self, perMille: 300).play()
    }
}

/// One session: who wants to come, who cancels, who was there, and perhaps its end.
struct EventsSequence: PropertySequence {
    typealias Samples = EventsSamples

    let commands: [PropertyCommand]
    let session: SessionID
    let capacity: Int?

    static let activity = ActivityID(UUID())
    static let persons = (0..<8).map { _ in PersonID(UUID()) }
    static let children = (0..<3).map { _ in PersonID(UUID()) }

    static func definition() throws -> ServiceDefinition { Events.definition }

    static func prepare(_ bench: ServiceBench) throws {
        try bench.appoint()
        try bench.decide(Samples.activity(activity, for: .everyone))
        let household = HouseholdID(UUID())
        for (people, birth, role) in [
            (persons, "1970-05-01", Role.head), (children, "2012-06-01", .child),
        ] {
            try bench.take(
                people.map {
                    let fact = try Samples.registered($0, born: birth, in: household, as: role)
                    return (fact, $0.uuid, Int64(1), UUID())
                })
        }
    }

    static func problemsAtEnd(_ bench: ServiceBench) throws -> [String] { [] }

    init(number: Int, _ random: inout PropertyRandom) throws {
        session = random.id(SessionID.self)
        capacity = random.once(in: 8) ? nil : random.number(in: 1...6)
        let opening = random.sent(
            try Samples.session(session, of: Self.activity, capacity: capacity))
        var lines: [[PropertyCommand]] = [[opening]]
        for _ in 0..<random.number(in: 4...10) {
            lines.append(try Self.registration(at: session, &random))
        }
        for _ in 0..<random.number(in: 1...5) {
            lines.append(try Self.attendance(at: session, &random))
        }
        for _ in 0..<random.number(in: 0...2) {
            let id = random.id(HeadcountID.self)
            let headcount = try Samples.headcount(
                id, at: session, count: random.number(in: 1...9))
            let correction = try Samples.correction(
                of: id, to: random.number(in: 0...9), reason: "counted again")
            lines.append([random.sent(headcount)])
            if random.once(in: 2) { lines.append([random.sent(correction)]) }
        }
        var all = random.merged(lines)
        if random.once(in: 5) { all.append(random.sent(try Samples.close(session))) }
        if random.once(in: 8) { all.append(random.sent(try Samples.cancel(session))) }
        commands = all
    }

    private static func registration(
        at session: SessionID, _ random: inout PropertyRandom
    ) throws -> [PropertyCommand] {
        let (id, person) = (random.id(RegistrationID.self), random.one(of: persons))
        let child = random.once(in: 4) ? random.one(of: children) : nil
        let request = try Samples.registration(id, at: session, of: person, with: child)
        guard random.once(in: 2) else { return [random.sent(request)] }
        return [random.sent(request), random.sent(try Samples.cancel(id))]
    }

    private static func attendance(
        at session: SessionID, _ random: inout PropertyRandom
    ) throws -> [PropertyCommand] {
        let (id, person) = (random.id(AttendanceID.self), random.one(of: persons))
        let child = random.once(in: 4) ? random.one(of: children) : nil
        let record = try Samples.attendance(id, at: session, of: person, with: child)
        guard random.once(in: 3) else { return [random.sent(record)] }
        let void = try Samples.correction(of: id, to: person, void: true, reason: "someone else")
        return [random.sent(record), random.sent(void)]
    }

    // MARK: The model

    private struct Party {
        let state: String
        let number: Int?
        let size: Int
        let persons: [PersonID]
    }

    func problems(_ answers: PropertyAnswers, _ bench: ServiceBench) throws -> [String] {
        let accepted = commands.filter(answers.isAccepted).map(\.command)
        guard accepted.contains(where: { $0 is OpenSession }) else {
            return accepted.isEmpty ? [] : ["something was accepted for no session"]
        }
        let isCancelled = accepted.contains { $0 is CancelSession }
        let rows = try bench.connection.run(
            """
            SELECT roster, headcount, registered, waiting FROM session WHERE id = \(session)
            """)
        let totals = try rows.first.map { row in
            try (0..<4).map { try row.decode(Int.self, at: $0) }
        }
        let parties = try parties(bench)
        return lineProblems(parties)
            + registrationProblems(accepted, parties, isCancelled)
            + rosterProblems(accepted, isCancelled)
            + totalProblems(totals ?? [], accepted, parties, isCancelled)
    }

    private func parties(_ bench: ServiceBench) throws -> [RegistrationID: Party] {
        let rows = try bench.connection.run(
            """
            SELECT id, state, number, size, person, child FROM session_registration
            WHERE session = \(session)
            """)
        var parties: [RegistrationID: Party] = [:]
        for row in rows {
            var row = row.cursor()
            let id = try row.next(RegistrationID.self)
            parties[id] = Party(
                state: try row.next(String.self), number: try row.next(optional: Int.self),
                size: try row.next(Int.self),
                persons: [try row.next(PersonID.self)]
                    + [try row.next(optional: PersonID.self)].compactMap { $0 })
        }
        return parties
    }

    /// Nobody has more than the places, nobody was overtaken, and no place is empty that the first in line could
    /// take.
    private func lineProblems(_ parties: [RegistrationID: Party]) -> [String] {
        let confirmed = parties.values.filter { $0.state == "confirmed" }
        let line = parties.values.filter { $0.state == "waitlisted" }
            .sorted { $0.number ?? 0 < $1.number ?? 0 }
        let taken = confirmed.reduce(0) { $0 + $1.size }
        guard let capacity else { return line.isEmpty ? [] : ["a line without a limit"] }
        var problems: [String] = []
        if taken > capacity { problems.append("\(taken) registered for \(capacity) places") }
        guard let head = line.first else { return problems }
        if taken + head.size <= capacity { problems.append("a place is empty and somebody waits") }
        if let number = head.number, confirmed.contains(where: { $0.number ?? 0 > number }) {
            problems.append("number \(number) of the line was overtaken")
        }
        return problems
    }

    private func registrationProblems(
        _ accepted: [any Command], _ parties: [RegistrationID: Party], _ isCancelled: Bool
    ) -> [String] {
        let requests = accepted.compactMap { $0 as? RequestRegistration }
        let cancelled = Set(accepted.compactMap { ($0 as? CancelRegistration)?.registration })
        var problems: [String] = []
        if Set(requests.map(\.registration)) != Set(parties.keys) {
            problems.append("the registrations are not those accepted")
        }
        for (id, party) in parties
        where (party.state == "cancelled") != (isCancelled || cancelled.contains(id)) {
            problems.append("registration \(id) is \(party.state)")
        }
        let live = parties.values.filter { $0.state != "cancelled" }.flatMap(\.persons)
        if Set(live).count < live.count { problems.append("somebody is registered twice") }
        return problems
    }

    private func rosterProblems(_ accepted: [any Command], _ isCancelled: Bool) -> [String] {
        let present = attendances(accepted).flatMap { [$0.person] + [$0.child].compactMap { $0 } }
        var problems: [String] = []
        if Set(present).count < present.count { problems.append("somebody attends twice") }
        let there = present.count + headcounts(accepted).values.reduce(0, +)
        if let capacity, !isCancelled, there > capacity {
            problems.append("\(there) were there with \(capacity) places")
        }
        return problems
    }

    private func attendances(_ accepted: [any Command]) -> [RecordAttendance] {
        let void = Set(accepted.compactMap { ($0 as? CorrectAttendance)?.attendance })
        return accepted.compactMap { $0 as? RecordAttendance }
            .filter { !void.contains($0.attendance) }
    }

    /// Each as it was corrected, if it was.
    private func headcounts(_ accepted: [any Command]) -> [HeadcountID: Int] {
        var counts: [HeadcountID: Int] = [:]
        for command in accepted {
            if let record = command as? RecordHeadcount { counts[record.headcount] = record.count }
        }
        for command in accepted {
            if let correction = command as? CorrectHeadcount {
                counts[correction.headcount] = correction.count
            }
        }
        return counts
    }

    private func totalProblems(
        _ totals: [Int], _ accepted: [any Command], _ parties: [RegistrationID: Party],
        _ isCancelled: Bool
    ) -> [String] {
        let roster = attendances(accepted).reduce(0) { $0 + ($1.child == nil ? 1 : 2) }
        let counted = headcounts(accepted).values.reduce(0, +)
        let registered = parties.values.filter { $0.state == "confirmed" }.reduce(0) {
            $0 + $1.size
        }
        let waiting = parties.values.filter { $0.state == "waitlisted" }.count
        let expected = isCancelled ? [0, 0, 0, 0] : [roster, counted, registered, waiting]
        return totals == expected ? [] : ["the session counts \(totals), not \(expected)"]
    }
}
