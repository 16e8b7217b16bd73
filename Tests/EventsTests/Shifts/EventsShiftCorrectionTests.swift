import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Shifts that fall out, are excused or were others, on a real database: whether a person is elsewhere is asked there.
@Suite struct EventsShiftCorrectionTests {
    private let bench: ServiceBench
    private let post = PostID(UUID())
    private let person: PersonID

    init() throws {
        bench = try ServiceBench(Events.definition)
        try bench.appoint()
        person = try bench.newcomer()
    }

    private enum Way { case offered, confirmed, missed, begun, completed }

    /// A shift of the person that has come so far.
    private func shift(_ way: Way, from: Int = 0, to: Int = 4) throws -> ShiftID {
        let id = ShiftID(UUID())
        try accept(EventsSamples.shift(id, at: post, of: person, from: from, to: to))
        if way == .offered { return id }
        try accept(EventsSamples.confirm(id))
        if way == .missed { try accept(EventsSamples.noShow(id)) }
        guard way == .begun || way == .completed else { return id }
        try accept(EventsSamples.checkIn(id))
        if way == .completed { try accept(EventsSamples.complete(id)) }
        return id
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

    private func cancel(_ shift: ShiftID, on day: String = "2020-02-09") throws -> CancelShift {
        CancelShift(shift: shift, try EventsSamples.correction(on: day))
    }

    private func excuse(_ shift: ShiftID) throws -> ExcuseShift {
        ExcuseShift(shift: shift, try EventsSamples.correction("fever"))
    }

    private func reopen(_ shift: ShiftID) throws -> ReopenShift {
        ReopenShift(shift: shift, try EventsSamples.correction())
    }

    // MARK: Steps

    @Test func `a shift that is offered or confirmed is cancelled until its day, and once`() throws
    {
        for way in [Way.offered, .confirmed] {
            let shift = try shift(way)
            try expectRefusal(cancel(shift, on: "2020-02-11"), "duty_over", at: "/correctedOn")
            try accept(cancel(shift, on: "2020-02-10"))
            try expectRefusal(cancel(shift), "shift_not_ahead", at: "/shift")
            try expectRefusal(excuse(shift), "shift_not_excusable", at: "/shift")
        }
        #expect(bench.payloads(ShiftCancelled.self).count == 2)
        let begun = try shift(.begun, from: 5, to: 6)
        try expectRefusal(cancel(begun), "shift_not_ahead", at: "/shift")
    }

    @Test func `illness is no absence, before and after it was recorded as one`() throws {
        let (ill, missed) = (try shift(.confirmed), try shift(.missed, from: 4, to: 8))
        try accept(excuse(ill))
        try accept(excuse(missed))
        #expect(bench.payloads(ShiftExcused.self).map(\.wasMissed) == [false, true])
        try expectRefusal(excuse(missed), "shift_not_excusable", at: "/shift")
        try expectRefusal(EventsSamples.noShow(ill), "shift_not_confirmed", at: "/shift")
        #expect(try bench.texts() == ["fever", "fever"])
    }

    @Test func `a wrong step is taken back, and the right one may bear the day of the wrong one`()
        throws
    {
        let begun = try shift(.begun)
        let answer = try bench.decide(reopen(begun))
        #expect(Receipt(body: answer.body)?.outcome == Receipt.Outcome("confirmed"))
        let fact = try #require(bench.payloads(ShiftReopened.self).first)
        #expect(fact.stateBefore == .checkedIn)
        #expect(fact.state == .confirmed)
        try accept(EventsSamples.noShow(begun))
        try accept(reopen(begun))
        try accept(EventsSamples.checkIn(begun))
        try accept(EventsSamples.complete(begun, on: "2020-02-20"))
        try accept(reopen(begun))
        try expectRefusal(reopen(begun), "shift_open", at: "/shift")
        try accept(EventsSamples.checkIn(begun))
        try accept(EventsSamples.complete(begun))
        let sequences = bench.facts.filter { $0.header.subject == begun.description }
            .map(\.header.sequence)
        #expect(sequences == (1...11).map { Int64($0) })
    }

    @Test func `a shift that was cancelled by mistake is offered again`() throws {
        let shift = try shift(.confirmed)
        try accept(cancel(shift))
        try accept(reopen(shift))
        #expect(bench.payloads(ShiftReopened.self).map(\.state) == [.offered])
        try accept(EventsSamples.confirm(shift))
    }

    @Test func `an absence is not taken back if the person was on duty elsewhere`() throws {
        let missed = try shift(.missed)
        _ = try shift(.completed, from: 2, to: 5)
        try expectRefusal(reopen(missed), "elsewhere_on_duty", at: "/shift")
        try accept(excuse(missed))
    }

    // MARK: What was recorded

    @Test func `a completed shift was longer, at another post and of another role`() throws {
        let shift = try shift(.completed)
        let other = PostID(UUID())
        try accept(
            EventsSamples.shift(
                at: other, of: bench.newcomer(), kind: .compound, in: "350203007902"))
        try accept(
            EventsSamples.correct(shift, at: other, of: person, role: .staff, from: 0, to: 6))
        let fact = try #require(bench.payloads(ShiftCorrected.self).first)
        #expect(fact.state == .completed)
        #expect(fact.about.postKind == .compound)
        #expect(fact.about.territory.rawValue == "350203007902")
        #expect(fact.about.role == .staff)
        #expect(
            fact.about.endsAt == (try EventsSamples.time("2020-02-10T06:00:00Z")))
        try expectRefusal(
            EventsSamples.correct(shift, at: other, of: person, role: .staff, from: 0, to: 6),
            "nothing_changes", at: "/shift")
    }

    @Test func `it was somebody else who served, but nobody serves twice at once`() throws {
        let shift = try shift(.completed)
        let other = try bench.newcomer()
        try accept(EventsSamples.correct(shift, at: post, of: other))
        #expect(bench.payloads(ShiftCorrected.self).map(\.about.person) == [other])
        let second = try self.shift(.confirmed)
        try expectRefusal(
            EventsSamples.correct(second, at: post, of: other, from: 3, to: 5),
            "elsewhere_on_duty", at: "/startsAt")
        try accept(EventsSamples.correct(second, at: post, of: other, from: 4, to: 5))
    }

    @Test func `a correction waits for the post and the person, and keeps to the check-in`() throws
    {
        let shift = try shift(.begun)
        let early = try EventsSamples.correct(shift, at: PostID(UUID()), of: person)
        #expect(try bench.decide(early).code == "unknown_post")
        let stranger = try EventsSamples.correct(shift, at: post, of: PersonID(UUID()))
        #expect(try bench.decide(stranger).code == "unknown_person")
        var over = try EventsSamples.correct(shift, at: post, of: person)
        over.startsAt = try EventsSamples.time("2020-02-09T22:00:00Z")
        over.endsAt = try EventsSamples.time("2020-02-09T23:00:00Z")
        try expectRefusal(over, "checked_in_late", at: "/endsAt")
        let cancelled = try self.shift(.offered)
        try accept(cancel(cancelled))
        try expectRefusal(
            EventsSamples.correct(cancelled, at: post, of: person, to: 5), "shift_cancelled",
            at: "/shift")
    }

    @Test func `the shift of a person who was merged or erased is corrected as before`() throws {
        let shift = try shift(.completed)
        let survivor = try bench.newcomer()
        try bench.take(
            EventsSamples.merged(person, into: survivor), subject: survivor.uuid, sequence: 2)
        try accept(EventsSamples.correct(shift, at: post, of: person, to: 5))
        #expect(bench.payloads(ShiftCorrected.self).map(\.about.person) == [person])
        try bench.take(
            EventsSamples.erased(survivor, and: [person], on: "2020-03-01"),
            subject: survivor.uuid, sequence: 3)
        try accept(EventsSamples.correct(shift, at: post, of: survivor, to: 6))
        try accept(reopen(shift))
    }

    @Test func `the schema keeps corrected shifts from overlapping, too`() throws {
        let first = try shift(.completed)
        let second = try shift(.confirmed, from: 4, to: 8)
        #expect(first != second)
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run(
                "UPDATE shift SET starts_at = '2020-02-10T03:00:00Z' WHERE id = \(second)")
        }
        #expect(error?.constraint == "shift_one_post_at_a_time")
    }
}
