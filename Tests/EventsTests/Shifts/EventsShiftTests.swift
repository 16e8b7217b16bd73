import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import ServiceSupport

/// Shifts at duty posts, on a real database: whether a person is elsewhere is asked there.
@Suite struct EventsShiftTests {
    private let bench: ServiceBench
    private let post = PostID(UUID())
    private let person: PersonID

    init() throws {
        bench = try ServiceBench(Events.definition)
        person = try bench.newcomer()
    }

    private func offer(
        from: Int = 0, to: Int = 4, at post: PostID? = nil, of person: PersonID? = nil
    ) throws -> ShiftID {
        let id = ShiftID(UUID())
        let answer = try bench.decide(
            EventsSamples.shift(
                id, at: post ?? self.post, of: person ?? self.person, from: from, to: to))
        #expect(answer.status == "accepted")
        return id
    }

    private func accept(_ command: any Command) throws {
        #expect(try bench.decide(command).status == "accepted")
    }

    private func expectRefusal(_ command: any Command, _ code: String, at pointer: String) throws {
        let answer = try bench.decide(command)
        #expect(answer.status == "rejected")
        #expect(answer.code == code)
        #expect(answer.pointer == "/data" + pointer)
    }

    // MARK: The way of a shift

    @Test func `a shift is offered, confirmed, begun and completed`() throws {
        let shift = try offer()
        try accept(EventsSamples.confirm(shift))
        try accept(EventsSamples.checkIn(shift))
        try accept(EventsSamples.complete(shift))
        let completed = try #require(bench.payloads(ShiftCompleted.self).first)
        #expect(completed.person == person)
        #expect(completed.post == post)
        #expect(completed.postKind == .lanePost)
        #expect(completed.role == .volunteer)
        #expect(completed.dutyOn == (try EventsSamples.date("2020-02-10")))
        let sequences = bench.facts.filter { $0.header.subject == shift.description }
            .map(\.header.sequence)
        #expect(sequences == [1, 2, 3, 4])
    }

    @Test func `whoever does not come to a confirmed shift has missed it`() throws {
        let shift = try offer()
        try accept(EventsSamples.confirm(shift))
        try accept(EventsSamples.noShow(shift))
        #expect(bench.payloads(ShiftMissed.self).map(\.shift) == [shift])
        try expectRefusal(EventsSamples.checkIn(shift), "shift_not_confirmed", at: "/shift")
    }

    @Test func `a post is opened by the first shift at it`() throws {
        _ = try offer()
        _ = try offer(from: 4, to: 8)
        let opened = bench.payloads(PostOpened.self)
        #expect(opened.map(\.post) == [post])
        #expect(opened.first?.postKind == .lanePost)
    }

    @Test func `a volunteer household is named with the shift`() throws {
        let (household, mother) = (HouseholdID(UUID()), PersonID(UUID()))
        try bench.take(
            EventsSamples.household(household, mother: mother), subject: household.uuid,
            sequence: 1)
        let shift = ShiftID(UUID())
        try accept(EventsSamples.shift(shift, at: post, of: mother, for: household))
        #expect(bench.payloads(ShiftOffered.self).map(\.household) == [household])
        try expectRefusal(
            EventsSamples.shift(at: post, of: person, for: household), "not_of_household",
            at: "/household")
    }

    // MARK: Refusals

    @Test func `each step follows the one before it`() throws {
        let shift = try offer()
        try expectRefusal(EventsSamples.checkIn(shift), "shift_not_confirmed", at: "/shift")
        try expectRefusal(EventsSamples.noShow(shift), "shift_not_confirmed", at: "/shift")
        try expectRefusal(EventsSamples.complete(shift), "shift_not_checked_in", at: "/shift")
        try accept(EventsSamples.confirm(shift))
        try expectRefusal(EventsSamples.confirm(shift), "shift_not_offered", at: "/shift")
        try expectRefusal(EventsSamples.complete(shift), "shift_not_checked_in", at: "/shift")
        try accept(EventsSamples.checkIn(shift))
        try expectRefusal(EventsSamples.noShow(shift), "shift_not_confirmed", at: "/shift")
    }

    @Test func `steps are not dated before the one before, nor before the duty`() throws {
        let shift = try offer()
        try expectRefusal(
            EventsSamples.confirm(shift, on: "2020-02-07"), "date_too_early", at: "/confirmedOn")
        try accept(EventsSamples.confirm(shift))
        try expectRefusal(
            EventsSamples.noShow(shift, on: "2020-02-09"), "ended_before_duty", at: "/recordedOn")
        try expectRefusal(
            EventsSamples.checkIn(shift, at: "2020-02-10T04:00:00Z"), "checked_in_late",
            at: "/checkedInAt")
        try accept(EventsSamples.checkIn(shift))
        try expectRefusal(
            EventsSamples.complete(shift, on: "2020-02-09"), "ended_before_duty",
            at: "/completedOn")
    }

    @Test func `a shift is offered once`() throws {
        let shift = try offer()
        try expectRefusal(
            EventsSamples.shift(shift, at: post, of: person), "shift_exists", at: "/shift")
    }

    @Test func `a post stays what it is`() throws {
        _ = try offer()
        try expectRefusal(
            EventsSamples.shift(at: post, of: person, kind: .compound), "post_differs",
            at: "/postKind")
        try expectRefusal(
            EventsSamples.shift(at: post, of: person, in: "350203007902"), "post_differs",
            at: "/territory")
    }

    @Test func `nobody has confirmed two shifts at once`() throws {
        let elsewhere = PostID(UUID())
        let first = try offer(from: 0, to: 4)
        let second = try offer(from: 3, to: 8, at: elsewhere)
        let next = try offer(from: 4, to: 8, at: elsewhere)
        try accept(EventsSamples.confirm(first))
        try expectRefusal(EventsSamples.confirm(second), "elsewhere_on_duty", at: "/shift")
        try accept(EventsSamples.confirm(next))
    }

    @Test func `a missed shift keeps nobody from another`() throws {
        let first = try offer()
        let second = try offer(at: PostID(UUID()))
        try accept(EventsSamples.confirm(first))
        try accept(EventsSamples.noShow(first))
        try accept(EventsSamples.confirm(second, on: "2020-02-10"))
    }

    @Test func `the schema keeps a person from two posts at once`() throws {
        let first = try offer()
        _ = try offer(at: PostID(UUID()))
        try accept(EventsSamples.confirm(first))
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run("UPDATE shift SET state = 'confirmed'")
        }
        #expect(error?.constraint == "shift_one_post_at_a_time")
    }

    // MARK: What it depends on

    @Test func `an offer waits for the person, and the steps for the offer`() throws {
        let (stranger, shift) = (PersonID(UUID()), ShiftID(UUID()))
        let early: [any Command] = [
            try EventsSamples.shift(shift, at: post, of: stranger),
            try EventsSamples.confirm(shift),
        ]
        for command in early { #expect(try bench.decide(command).status == "parked") }
        try bench.take(EventsSamples.registered(stranger), subject: stranger.uuid, sequence: 1)
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(bench.payloads(ShiftConfirmed.self).map(\.shift) == [shift])
    }

    @Test func `checking in, completing and missing wait for the offer, too`() throws {
        let shift = ShiftID(UUID())
        let steps: [any Command] = [
            try EventsSamples.checkIn(shift), try EventsSamples.complete(shift),
            try EventsSamples.noShow(shift),
        ]
        for step in steps { #expect(try bench.decide(step).code == "unknown_shift") }
    }
}

/// Two workers over one person's shifts.
@Suite struct EventsShiftRaceTests {
    @Test func `of overlapping shifts that two workers confirm, one is confirmed`() async throws {
        let pairs = (0..<20).map { _ in (ShiftID(UUID()), ShiftID(UUID())) }
        let url = try await onThread {
            let bench = try ServiceBench(Events.definition)
            let posts = (PostID(UUID()), PostID(UUID()))
            for (pair, person) in zip(pairs, try bench.newcomers(pairs.count)) {
                try bench.decide([
                    try EventsSamples.shift(pair.0, at: posts.0, of: person, from: 0, to: 4),
                    try EventsSamples.shift(pair.1, at: posts.1, of: person, from: 2, to: 6),
                ])
            }
            return bench.url
        }
        try await both(url) { bench, half in
            for pair in pairs {
                let answer = try bench.decide(
                    EventsSamples.confirm(half == 0 ? pair.0 : pair.1))
                #expect(answer.status == "accepted" || answer.code == "elsewhere_on_duty")
            }
        }
        try await onThread {
            let bench = try ServiceBench(Events.definition, url: url)
            #expect(
                try bench.count("SELECT count(*) FROM shift WHERE state = 'confirmed'")
                    == pairs.count)
        }
    }
}
