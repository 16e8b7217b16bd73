import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

/// RabbitMQ checks the permission for the routing key of a message, not for those of its copies (`CC`, `BCC`).
@Suite("Copies of commands under other routing keys")
struct CopyTests {
    private let bench: ServiceBench

    init() throws { bench = try ServiceBench(ToyService.definition) }

    private func expectNothing(_ location: SourceLocation = #_sourceLocation) throws {
        for table in ["toy_effect", "inbox", "parked", "dead_letter", "owed_receipt"] {
            #expect(try bench.count(of: table) == 0, "\(table)", sourceLocation: location)
        }
        #expect(bench.facts.isEmpty, sourceLocation: location)
    }

    @Test func `A command with copies is dropped, and nobody is answered`() throws {
        let answer = try bench.deliver(
            raw: bench.body(Sample.donation()), routingKey: ReceiveDonation.type, hasCopies: true)
        #expect(answer.status == nil)
        try expectNothing()
    }

    /// The broker removes `BCC`, but a copy keeps the routing key of the original.
    @Test(arguments: ["reporting.snapshot.request.v1", "fundings.donation.receive.v1", ""])
    func `A command that came by the routing key of another service is dropped`(
        key: String
    ) throws {
        for body in [try bench.body(Sample.donation()), Array("{".utf8), []] {
            let answer = try bench.deliver(raw: body, routingKey: key)
            #expect(answer.status == nil)
        }
        try expectNothing()
    }

    @Test func `A command that came by the name of the service alone is answered`() throws {
        let answer = try bench.deliver(
            raw: bench.body(Sample.donation()), routingKey: ToyService.definition.name)
        #expect(answer.status == "rejected")
    }

    @Test func `It is dropped also if a process has ended while it was tried`() throws {
        let body = try bench.body(Sample.donation())
        let digest = try ServiceBench.secret().digest(body, of: "operator")
        _ = try bench.connection.run(
            """
            INSERT INTO trial (digest, process, session, began_at, is_readable)
            VALUES (\(digest), gen_random_uuid(), 0, clock_timestamp(), true)
            """)
        let answer = try bench.deliver(
            raw: body, routingKey: "reporting.snapshot.request.v1", redelivered: true)
        #expect(answer.status == nil)
        try expectNothing()
        #expect(try bench.count(of: "trial") == 0)
    }

    @Test func `The same command without copies is taken`() throws {
        let answer = try bench.deliver(
            raw: bench.body(Sample.donation()), routingKey: ReceiveDonation.type)
        #expect(answer.status == "accepted")
    }
}
