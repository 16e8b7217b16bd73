import Postgres
import Support
import Testing

@testable import Nuanxin

@Suite("Editions in the report of `nuanxin status`")
struct EditionStatusTests {
    private let world: EditionWorld
    private var connection: Connection { world.bench.connection }

    init() throws { world = try EditionWorld() }

    private func date(_ table: String, _ column: String, hoursAgo: Int64) throws {
        try connection.script(
            "UPDATE \(table) SET \(column) = now() - interval '\(hoursAgo) hours'")
    }

    @Test func `a new deployment needs an edition within 26 hours, even without a fact`() throws {
        try date("plan", "defined_at", hoursAgo: 25)
        #expect(try EditionStatus.problem(connection) == nil)
        try date("plan", "defined_at", hoursAgo: 27)
        #expect(
            try EditionStatus.problem(connection) == "no edition was published in 27 h")
    }

    @Test func `an edition is late after 26 hours, whatever came in since`() throws {
        try world.publish()
        try date("plan", "defined_at", hoursAgo: 100)
        try date("edition", "as_of", hoursAgo: 25)
        #expect(try EditionStatus.problem(connection) == nil)
        try date("edition", "as_of", hoursAgo: 27)
        #expect(
            try EditionStatus.problem(connection)
                == "edition 1 is 27 h old, and no other one was published")
    }

    @Test func `an edition that is still being sent is none yet`() throws {
        try world.publish()
        try date("plan", "defined_at", hoursAgo: 27)
        try connection.script("UPDATE edition SET published_at = NULL")
        #expect(
            try EditionStatus.problem(connection) == "no edition was published in 27 h")
    }
}
