import Foundation
import Messages
import Support
import Testing

@testable import Reporting

/// Questions about a unit that others have taken over.
@Suite struct ReportingScopeTests {
    private let world: BoundaryWorld

    init() throws { world = try BoundaryWorld() }

    @Test func `what a figure is made of is told to whoever has its unit in scope today`() throws {
        try world.change([("007011", after: ["006001"])])
        try world.donate(100, in: "006001", on: "2020-02-10")
        for street in ["006", "007"] {
            try world.bench.take(
                PublisherGranted(
                    publisher: street, territories: [BoundaryWorld.code(street)],
                    types: [ExplainFigure.type]), subject: UUID(), sequence: 1)
        }
        let explain = ExplainFigure(
            measure: "donations_fen", territory: BoundaryWorld.code("006001"), period: "all")
        let former = try world.bench.decide(explain, publisher: "006")
        #expect((former.code, former.pointer) == ("out_of_scope", "/data/territory"))
        #expect(try world.bench.decide(explain, publisher: "007").status == "accepted")
    }
}
