import AMQP
import Foundation

/// A command on its way out: a CloudEvents document with what must be known of it to send it.
struct OutgoingCommand: Sendable {
    /// Where it came from; whoever sends it gets this back with the answer.
    let line: Int
    /// Becomes the property `correlation_id`, by which the receipt is found.
    let id: String
    /// The routing key.
    let type: String
    let body: [UInt8]
}

/// A command that got its final answer.
struct AnsweredCommand: Sendable {
    let line: Int
    let id: String
    let receipt: CommandReceipt
}

/// Publishes commands and waits for their receipts, over two connections that it makes again when they are
/// lost: what was not confirmed is then sent once more, and the services' inboxes drop what they had already.
///
/// Confined to one thread and driven by `pump`. Memory is bounded: nothing is kept of answered commands.
final class CommandPublisher {
    /// Publishes that the broker has not yet confirmed.
    static let confirmLimit = 1_000
    /// Commands sent and not yet answered.
    static let flightLimit = 2_000
    private static let prefetch: UInt16 = 1_000
    static let exchange = "nuanxin.commands"

    /// The copies of one command that are under way; most are sent once.
    private struct Flight {
        /// The lines of the copies without an answer yet.
        var lines: [Int]
        /// Whether one copy has got a decision, and not only word that another copy is parked.
        var isDecided = false
        /// Why it is parked, if it is.
        var parkedFor: String?
    }

    private let endpoint: Endpoint
    private var outward: AMQPConnection?
    private var inward: AMQPConnection?
    private var window = PublishWindow<OutgoingCommand>()
    private var flights: [String: Flight] = [:]
    private var incoming: [Incoming] = []
    private var reconnection = Reconnection()

    /// Copies sent and not yet answered.
    private(set) var inFlight = 0
    private(set) var lastProgress = ContinuousClock.now
    /// What went wrong last with a connection that is now being made again.
    private(set) var trouble: AMQPError?

    /// Connects at once, so that a wrong address is found out now.
    /// - Parameter patience: how long to wait for another program that reads this user's receipts.
    init(url: String, patience: Duration) throws {
        endpoint = try Endpoint(url: url)
        try connect(until: .now + patience)
    }

    var isIdle: Bool { inFlight == 0 && window.isEmpty }

    var hasRoom: Bool {
        inFlight < Self.flightLimit && window.count < Self.confirmLimit
            && outward?.isBlocked == false
    }

    /// Whether nothing has been confirmed or answered for so long.
    func isOverdue(after limit: Duration) -> Bool {
        !isIdle && ContinuousClock.now - lastProgress > limit
    }

    /// Lines of the commands without an answer, with the code of those that are parked.
    var unanswered: [(line: Int, id: String, parkedFor: String?)] {
        flights.flatMap { id, flight in
            flight.lines.map { ($0, id, flight.parkedFor) }
        }.sorted { $0.line < $1.line }
    }

    /// Commands that wait in a service to be tried again.
    var parkedCount: Int { flights.values.count { $0.parkedFor != nil } }

    /// Sends a command, or keeps it until there is a connection again.
    func send(_ command: OutgoingCommand) {
        if isIdle { lastProgress = .now }
        inFlight += 1
        flights[command.id, default: Flight(lines: [])].lines.append(command.line)
        window.published(command)
        guard let outward else { return }
        do throws(AMQPError) {
            try publish(command, over: outward)
        } catch {
            lost(error)
            self.outward = nil
        }
    }

    /// Takes in confirms and receipts; waits at most so long if there are none.
    /// - Throws: what another connection would not mend, such as a type this user may not send.
    func pump(
        waiting milliseconds: Int32, _ answered: (AnsweredCommand) throws -> Void
    ) throws {
        do throws(AMQPError) {
            try connect(until: .now)
        } catch {
            lost(error)
        }
        let connections = [outward, inward].compactMap(\.self)
        if connections.isEmpty {
            Thread.sleep(forTimeInterval: Double(min(milliseconds, 100)) / 1_000)
        } else {
            AMQPConnection.wait(for: connections, milliseconds: milliseconds)
        }
        try takeConfirms()
        try takeReceipts(answered)
    }

    // MARK: Connections

    private func connect(until deadline: ContinuousClock.Instant) throws(AMQPError) {
        guard outward == nil || inward == nil, reconnection.isDue else { return }
        if inward == nil {
            inward = try ReceiptQueue.reader(
                endpoint, name: "nuanxin receipts", prefetch: Self.prefetch, until: deadline)
        }
        if outward == nil {
            let connection = try AMQPConnection(endpoint, name: "nuanxin publish")
            try connection.selectConfirms()
            for command in window.restart() {
                window.published(command)
                try publish(command, over: connection)
            }
            outward = connection
        }
        reconnection.succeeded()
        trouble = nil
    }

    private func lost(_ error: AMQPError) {
        trouble = error
        reconnection.failed()
    }

    private func publish(
        _ command: OutgoingCommand, over connection: AMQPConnection
    ) throws(AMQPError) {
        var properties = Properties()
        properties.contentType = "application/cloudevents+json"
        properties.messageID = command.id
        properties.correlationID = command.id
        properties.type = command.type
        properties.userID = endpoint.user
        properties.replyTo = ReceiptQueue.name(of: endpoint)
        try connection.publish(
            exchange: Self.exchange, routingKey: command.type, properties: properties,
            body: command.body, mandatory: true)
    }

    // MARK: What comes back

    private func takeConfirms() throws {
        guard let outward else { return }
        do throws(AMQPError) {
            incoming.removeAll(keepingCapacity: true)
            try outward.receive(into: &incoming, limit: Self.confirmLimit)
        } catch {
            self.outward = nil
            lost(error)
            // What this user may not send will be refused again.
            if error.kind == .refused(code: 403) { throw error }
            return
        }
        var isRefused = false
        for item in incoming {
            switch item {
            case .confirmed(let tag, let multiple):
                window.settle(tag: tag, multiple: multiple, confirmed: true)
            case .refused(let tag, let multiple):
                window.settle(tag: tag, multiple: multiple, confirmed: false)
                isRefused = true
            default: break
            }
        }
        if !window.takeConfirmed().isEmpty { lastProgress = .now }
        if isRefused {
            // A queue is full: what it refused goes out again over a new channel, a little later.
            self.outward = nil
            lost(AMQPError(.connectionLost, "a queue is full"))
        }
    }

    private func takeReceipts(_ answered: (AnsweredCommand) throws -> Void) throws {
        guard let inward else { return }
        var last: UInt64?
        do throws(AMQPError) {
            incoming.removeAll(keepingCapacity: true)
            try inward.receive(into: &incoming, limit: Int(Self.prefetch))
        } catch {
            self.inward = nil
            lost(error)
            return
        }
        for item in incoming {
            switch item {
            case .delivery(let delivery):
                last = delivery.tag
                if let answer = answer(in: delivery) { try answered(answer) }
            case .cancelled:
                // The queue moved or was deleted; consuming again will tell.
                self.inward = nil
            default: break
            }
        }
        if let last {
            do throws(AMQPError) {
                try inward.acknowledge(last, multiple: true)
            } catch {
                self.inward = nil
                lost(error)
            }
        }
    }

    /// The copy that a receipt answers finally, if it does.
    private func answer(in delivery: Delivery) -> AnsweredCommand? {
        guard let id = delivery.properties.correlationID, var flight = flights[id],
            let receipt = CommandReceipt(body: delivery.body)
        else { return nil }
        lastProgress = .now
        if !receipt.isProvisional {
            flight.isDecided = true
            flight.parkedFor = nil
        } else {
            flight.parkedFor = receipt.decision.code ?? ""
            flights[id] = flight
            // The copy that was sent first is parked: the decision is to come, and this copy, if it is
            // another one, has its answer.
            let isOther = flight.lines.count > 1 || flight.isDecided
            guard receipt.status == .duplicate, isOther else { return nil }
        }
        let line = flight.lines.removeFirst()
        inFlight -= 1
        flights[id] = flight.lines.isEmpty ? nil : flight
        return AnsweredCommand(line: line, id: id, receipt: receipt)
    }
}

/// Waits between tries to connect: 100 ms, doubled up to 5 s.
private struct Reconnection {
    private static let longest = Duration.seconds(5)
    private var delay = Duration.milliseconds(100)
    private var due = ContinuousClock.now

    var isDue: Bool { ContinuousClock.now >= due }

    mutating func failed() {
        due = .now + delay
        delay = min(delay * 2, Self.longest)
    }

    mutating func succeeded() { delay = .milliseconds(100) }
}
