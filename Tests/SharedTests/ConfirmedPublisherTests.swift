import AMQP
import Testing

/// With a broker, services and the tool use it in the system's tests.
@Suite("A confirmed publisher without a broker")
struct ConfirmedPublisherTests {
    private let publisher: ConfirmedPublisher<Int>

    init() throws {
        publisher = ConfirmedPublisher(
            try Endpoint(url: "amqp://nobody:x@127.0.0.1:1/"), name: "test"
        ) { item in
            Outgoing(
                exchange: "nowhere", routingKey: "\(item)", properties: Properties(), body: [])
        }
    }

    @Test func `It keeps what it is given, and says what is wrong`() {
        publisher.publish([1, 2])
        publisher.publish(3)
        #expect(throws: AMQPError.self) { try publisher.pump() }
        #expect(publisher.count == 3)
        #expect(publisher.connection == nil)
        #expect(publisher.trouble?.kind == .connectionLost)
    }

    @Test func `It does not try again at once`() throws {
        publisher.publish(1)
        #expect(throws: AMQPError.self) { try publisher.pump() }
        #expect(try publisher.pump().isEmpty)
    }

    @Test func `It waits no longer than it may`() {
        publisher.publish(1)
        #expect(throws: AMQPError.self) {
            try publisher.flush(within: .milliseconds(100)) { _ in
                Issue.record("something was confirmed")
            }
        }
        #expect(publisher.count == 1)
    }

    @Test func `There is nothing to wait for if nothing was published`() throws {
        try publisher.flush(within: .zero)
    }
}

@Suite("The time between two tries to connect")
struct BackoffTests {
    @Test func `A first try is due, and another one later`() {
        var backoff = Backoff()
        #expect(backoff.isDue)
        backoff.failed()
        #expect(!backoff.isDue)
    }
}
