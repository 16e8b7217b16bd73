import Testing

@testable import Nuanxin

@Suite("What lies in the queues of a service")
struct QueueFlowTests {
    private func judged(_ first: QueueFlow.Flow, _ last: QueueFlow.Flow) -> QueueFlow.Flow? {
        QueueFlow.compared(["funding": first], ["funding": last])["funding"]
    }

    @Test func `A service that takes nothing while messages wait is not well`() {
        let flow = judged(.init(waiting: 5, taken: 70), .init(waiting: 9, taken: 70))
        #expect(flow?.isStuck == true)
        #expect(flow?.problem == "9 wait in its queues, and it has taken none for 5 s")
    }

    @Test func `One that is behind and takes some is well`() {
        let flow = judged(.init(waiting: 500, taken: 70), .init(waiting: 900, taken: 71))
        #expect(flow?.isStuck == false)
        #expect(flow?.problem == nil)
    }

    @Test func `One whose queue becomes shorter is well, also if it only repeats answers`() {
        #expect(judged(.init(waiting: 9, taken: 70), .init(waiting: 8, taken: 70))?.problem == nil)
    }

    @Test(arguments: [(0, 4), (4, 0)])
    func `One whose queues were empty is well`(before: Int, after: Int) {
        #expect(judged(.init(waiting: before), .init(waiting: after))?.problem == nil)
    }

    @Test func `One without a session is not well, also if nothing waits`() {
        #expect(
            judged(.init(sessions: 0), .init(sessions: 0))?.problem?.contains("none of its workers")
                == true)
    }
}
