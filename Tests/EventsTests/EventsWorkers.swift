import Support

@testable import Events
@testable import ServiceSupport

/// Two workers of events over one database, at the same time.
func both(
    _ url: String, _ body: @escaping @Sendable (ServiceBench, Int) throws -> Void
) async throws {
    @Sendable func worker(_ half: Int) async throws {
        try await onThread { try body(try ServiceBench(Events.definition, url: url), half) }
    }
    async let one: Void = worker(0)
    async let other: Void = worker(1)
    _ = try await (one, other)
}
