import Support
import Testing

/// Which databases of tests are dropped, and when.
@Suite struct BenchDatabaseTests {
    private let start = ContinuousClock.now
    private var later: ContinuousClock.Instant { start + BenchDatabases.rest }
    private let names = (0..<BenchDatabases.row).map { "t_\($0)" }

    /// A database for each name, each used by a bench of its own that is gone.
    private func released() -> BenchDatabases.State {
        var state = BenchDatabases.State()
        for name in names { state.lease(name, isOwn: true) }
        for name in names { state.release(name, at: start) }
        return state
    }

    @Test func `databases are dropped in a row when no bench has used them for a while`() {
        var state = released()
        #expect(state.due(at: start).isEmpty)
        #expect(state.due(at: later) == names)
        #expect(state.due(at: later).isEmpty)
    }

    @Test func `a few are not worth a checkpoint`() {
        var state = released()
        state.lease(names[0], isOwn: false)
        #expect(state.due(at: later).isEmpty)
    }

    @Test func `a database that a second bench uses stays, until that one is gone too`() {
        var state = released()
        state.lease(names[0], isOwn: false)
        state.lease("t_more", isOwn: true)
        state.release("t_more", at: start)
        #expect(state.due(at: later) == Array(names.dropFirst()) + ["t_more"])
        state.finish()
        for name in names.dropFirst() { state.lease(name, isOwn: true) }
        for name in names { state.release(name, at: later) }
        #expect(state.due(at: later).isEmpty)
        #expect(
            Set(state.due(at: later + BenchDatabases.rest)) == Set(names))
    }

    @Test func `of two benches the last one lets go`() {
        var state = released()
        state.lease("t_two", isOwn: true)
        state.lease("t_two", isOwn: false)
        state.release("t_two", at: start)
        #expect(state.due(at: later) == names)
    }

    @Test func `a row is dropped after the other`() {
        var state = released()
        #expect(!state.due(at: later).isEmpty)
        for name in names { state.lease("more_\(name)", isOwn: true) }
        for name in names { state.release("more_\(name)", at: start) }
        #expect(state.due(at: later).isEmpty)
        state.finish()
        #expect(state.due(at: later).count == names.count)
    }

    @Test func `a database that no bench has made is left alone`() {
        var state = released()
        state.lease("empty", isOwn: false)
        state.release("empty", at: start)
        #expect(state.due(at: later) == names)
    }
}
