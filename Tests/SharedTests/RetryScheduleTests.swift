import Testing

@testable import ServiceKit

@Suite("When a message is tried again")
struct RetryScheduleTests {
    private let schedule = RetrySchedule(delays: [0, 0, 5, 30])

    @Test func `Each failure waits for the next delay, and the last one ends it`() {
        #expect((0...4).map { schedule.delay(after: $0) } == [0, 0, 5, 30, nil])
    }

    @Test func `A message that waits for another skips the immediate tries`() {
        #expect(schedule.firstWait(after: 0) == 2)
        #expect(schedule.firstWait(after: 1) == 2)
        #expect(schedule.firstWait(after: 3) == 3)
    }

    @Test func `A schedule of immediate tries only leaves nothing to wait with`() {
        let schedule = RetrySchedule(delays: [0, 0])
        #expect(schedule.delay(after: schedule.firstWait(after: 0)) == nil)
    }
}

@Suite("Where a test may end the process")
struct CrashPointTests {
    // The valid ones stay armed, for a passage that never comes.
    @Test(arguments: CrashPoint.allCases)
    func `Each point is named as the issue names it`(point: CrashPoint) {
        #expect(CrashPoint.arm("\(point.rawValue):1000000000"))
    }

    @Test func `There are six of messages, six of editions and one of replays`() {
        #expect(
            CrashPoint.ofMessages.map(\.rawValue) == [
                "before-commit", "after-commit", "after-publish", "after-confirm",
                "after-acknowledge", "before-position",
            ])
        #expect(
            CrashPoint.ofMessages + CrashPoint.ofEditions + [.replayInSending]
                == CrashPoint.allCases)
        #expect(CrashPoint.ofEditions.count == 6)
    }

    @Test(arguments: ["", "nowhere", "after-commit:0", "after-commit:-1", "after-commit:x"])
    func `Anything else is refused`(text: String) {
        #expect(!CrashPoint.arm(text))
    }
}
