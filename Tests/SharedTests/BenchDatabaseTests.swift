import Support
import Testing

/// Which databases of tests are dropped, and when.
@Suite struct BenchDatabaseTests {
    private let names = (0..<BenchDatabases.row).map { "t_\($0)" }

    @Test func `databases are dropped in a row when their benches are gone`() {
        var state = BenchDatabases.State()
        for name in names.dropLast() { #expect(state.release(name) == []) }
        #expect(state.release(names[names.count - 1]) == names)
        #expect(state.release("t_more") == [])
    }

    @Test func `a row is dropped after the other`() {
        var state = BenchDatabases.State()
        #expect(names.map { state.release($0) }.last == names)
        #expect(names.flatMap { state.release($0) } == [])
        state.finish()
        #expect(state.release("t_more") == names + ["t_more"])
    }
}
