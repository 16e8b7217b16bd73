import AMQP
import Support
import Testing

@Suite("What was published and is not yet confirmed")
struct PublishWindowTests {
    private func window(_ items: ClosedRange<Int>) -> PublishWindow<Int> {
        var window = PublishWindow<Int>()
        for item in items { window.published(item) }
        return window
    }

    @Test func `An item is handed out only when all before it are confirmed too`() {
        var window = window(1...4)
        window.settle(tag: 2, multiple: false, confirmed: true)
        window.settle(tag: 4, multiple: false, confirmed: true)
        #expect(window.takeConfirmed().isEmpty)
        window.settle(tag: 1, multiple: false, confirmed: true)
        #expect(window.takeConfirmed() == [1, 2])
        window.settle(tag: 3, multiple: false, confirmed: true)
        #expect(window.takeConfirmed() == [3, 4])
        #expect(window.isEmpty)
    }

    @Test func `A multiple confirm settles everything up to its tag and nothing after it`() {
        var window = window(1...5)
        window.settle(tag: 3, multiple: true, confirmed: true)
        #expect(window.takeConfirmed() == [1, 2, 3])
        #expect(window.count == 2)
    }

    @Test func `A refused item holds back what was confirmed after it`() {
        var window = window(1...3)
        window.settle(tag: 2, multiple: false, confirmed: false)
        window.settle(tag: 3, multiple: true, confirmed: true)
        #expect(window.takeConfirmed() == [1])
        #expect(window.hasRefusals)
        #expect(window.restart() == [2, 3], "both go out again, in order")
        #expect(!window.hasRefusals)
    }

    @Test func `What no queue took stays, although the broker confirms it`() {
        var window = window(1...3)
        window.refuse { $0 == 2 }
        window.settle(tag: 3, multiple: true, confirmed: true)
        #expect(window.takeConfirmed() == [1])
        #expect(window.hasRefusals)
        #expect(window.restart() == [2, 3])
    }

    @Test func `A new channel numbers from one again`() {
        var window = window(1...3)
        window.settle(tag: 1, multiple: false, confirmed: true)
        _ = window.takeConfirmed()
        for item in window.restart() { window.published(item) }
        window.settle(tag: 1, multiple: false, confirmed: true)
        #expect(window.takeConfirmed() == [2])
        window.settle(tag: 2, multiple: false, confirmed: true)
        #expect(window.takeConfirmed() == [3])
    }

    @Test func `A confirm of what was handed out before changes nothing`() {
        var window = window(1...2)
        window.settle(tag: 1, multiple: false, confirmed: true)
        _ = window.takeConfirmed()
        window.settle(tag: 1, multiple: true, confirmed: false)
        #expect(!window.hasRefusals)
        #expect(window.count == 1)
    }

    @Test func `A refusal that is allowed holds nothing back and is handed out in its turn`() {
        var window = PublishWindow<Int>()
        for item in 1...4 { window.published(item, mayBeRefused: item.isMultiple(of: 2)) }
        window.settle(tag: 4, multiple: true, confirmed: false)
        #expect(window.takeConfirmed().isEmpty, "1 was refused, and may not be")
        #expect(window.hasRefusals && window.takeGivenUp().isEmpty)
        for item in window.restart() {
            window.published(item, mayBeRefused: item.isMultiple(of: 2))
        }
        window.settle(tag: 2, multiple: false, confirmed: false)
        window.settle(tag: 1, multiple: false, confirmed: true)
        #expect(window.takeConfirmed() == [1])
        #expect(window.takeGivenUp() == [2])
        #expect(!window.hasRefusals && window.takeGivenUp().isEmpty)
        #expect(window.count == 2)
    }

    @Test(arguments: 0..<20)
    func `Whatever the order of confirms, items come out once and in order`(seed: UInt64) {
        var random = SeededRandom(seed)
        var window = PublishWindow<Int>()
        var open: [UInt64] = []
        var (taken, published): ([Int], Int) = ([], 0)
        for _ in 0..<5_000 {
            if open.isEmpty || Bool.random(using: &random) {
                published += 1
                window.published(published)
                open.append(UInt64(published))
            } else {
                let index = Int.random(in: 0..<open.count, using: &random)
                let multiple = Int.random(in: 0..<4, using: &random) == 0
                window.settle(tag: open[index], multiple: multiple, confirmed: true)
                if multiple { open.removeFirst(index + 1) } else { open.remove(at: index) }
            }
            taken += window.takeConfirmed()
            #expect(taken.count == Int(open.first ?? UInt64(published) + 1) - 1, "seed \(seed)")
        }
        #expect(taken == Array(1...taken.count), "seed \(seed)")
        #expect(window.count == published - taken.count, "seed \(seed)")
    }
}
