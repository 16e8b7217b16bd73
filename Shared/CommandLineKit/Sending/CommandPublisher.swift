public import AMQP
import Foundation
public import Messages

/// Publishes commands and waits for their receipts, over two connections that it makes again when they are
/// lost. Commands that were not confirmed are then sent once more; the services' inboxes drop those they had.
///
/// Confined to one thread and driven by `pump`. Memory is bounded: nothing is kept of answered commands.
public final class CommandPublisher {
    /// Publishes that the broker has not yet confirmed.
    private static let confirmLimit = 1_000
    /// Commands sent and not yet answered.
    private static let flightLimit = 2_000
    private static let prefetch: UInt16 = 1_000
    public static let exchange = "nuanxin.commands"

    /// The copies of one command that are under way; most are sent once.
    private struct Flight {
        /// The lines of the copies without an answer yet.
        var lines: [Int]
        /// Whether one copy has got a decision, and not only word that another copy is parked.
        var isDecided = false
        /// The receipt that says it is parked, if it is.
        var parked: Receipt?
    }

    private let endpoint: Endpoint
    private let publisher: ConfirmedPublisher<OutgoingCommand>
    private var inward: AMQPConnection?
    private var flights: [String: Flight] = [:]
    private var incoming: [Incoming] = []
    private var backoff = Backoff()
    private var readerTrouble: AMQPError?

    /// Copies sent and not yet answered.
    public private(set) var inFlight = 0
    private var lastProgress = ContinuousClock.now
    /// The last failure of a connection that is now being made again.
    public var trouble: AMQPError? { publisher.trouble ?? readerTrouble }

    /// Connects at once, so that a wrong address is found out now.
    /// - Parameter patience: how long to wait for another program that reads this user's receipts.
    public init(url: String, patience: Duration) throws {
        let endpoint = try Endpoint(url: url)
        self.endpoint = endpoint
        publisher = ConfirmedPublisher(endpoint, name: "nuanxin publish") {
            $0.message(from: endpoint)
        }
        do throws(AMQPError) {
            try read(until: .now + patience)
            try publisher.connect()
        } catch {
            throw MissingRight.words(for: error, of: endpoint.user)
        }
    }

    public var isIdle: Bool { inFlight == 0 && publisher.count == 0 }

    public var hasRoom: Bool {
        inFlight < Self.flightLimit && publisher.count < Self.confirmLimit
            && publisher.connection?.isBlocked == false
    }

    /// Whether nothing has been confirmed or answered for so long.
    public func isOverdue(after limit: Duration) -> Bool {
        !isIdle && ContinuousClock.now - lastProgress > limit
    }

    /// Lines of the commands without a last answer, with the receipt of those that are parked.
    public var unanswered: [(line: Int, id: String, parked: Receipt?)] {
        flights.flatMap { id, flight in
            flight.lines.map { ($0, id, flight.parked) }
        }.sorted { $0.line < $1.line }
    }

    /// Commands that wait in a service to be tried again.
    public var parkedCount: Int { flights.values.count { $0.parked != nil } }

    /// Sends a command, or keeps it until there is a connection again.
    public func send(_ command: OutgoingCommand) {
        if isIdle { lastProgress = .now }
        inFlight += 1
        flights[command.id, default: Flight(lines: [])].lines.append(command.line)
        publisher.publish(command)
    }

    /// Takes in confirms and receipts; waits at most so long if there are none.
    /// - Throws: what another connection would not mend, such as a type this user may not send.
    public func pump(
        waiting milliseconds: Int32, _ answered: (AnsweredCommand) throws -> Void
    ) throws {
        do throws(AMQPError) {
            if inward == nil, backoff.isDue { try read(until: .now) }
        } catch {
            loseReader(error)
        }
        let connections = [publisher.connection, inward].compactMap(\.self)
        if connections.isEmpty {
            Thread.sleep(forTimeInterval: Double(min(milliseconds, 100)) / 1_000)
        } else {
            AMQPConnection.wait(for: connections, milliseconds: milliseconds)
        }
        try takeConfirms()
        try takeReceipts(answered)
    }

    private func read(until deadline: ContinuousClock.Instant) throws(AMQPError) {
        inward = try ReceiptQueue.reader(
            endpoint, name: "nuanxin receipts", prefetch: Self.prefetch, until: deadline)
        backoff.succeeded()
        readerTrouble = nil
    }

    private func loseReader(_ error: AMQPError) {
        inward = nil
        readerTrouble = error
        backoff.failed()
    }

    // MARK: What comes back

    private func takeConfirms() throws {
        let wasConnected = publisher.connection != nil
        do throws(AMQPError) {
            if try !publisher.pump().isEmpty { lastProgress = .now }
        } catch {
            // The publisher sends it again, unless this user may not send it: another try would be refused as well. A login
            // that is refused is tried again.
            if wasConnected, error.kind == .refused(code: 403) {
                throw MissingRight.words(for: error, of: endpoint.user)
            }
        }
    }

    private func takeReceipts(_ answered: (AnsweredCommand) throws -> Void) throws {
        guard let inward else { return }
        var last: UInt64?
        do throws(AMQPError) {
            incoming.removeAll(keepingCapacity: true)
            try inward.receive(into: &incoming, limit: Int(Self.prefetch))
        } catch {
            return loseReader(error)
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
                loseReader(error)
            }
        }
    }

    /// The copy that a receipt answers finally, if it does.
    private func answer(in delivery: Delivery) -> AnsweredCommand? {
        guard let id = delivery.properties.correlationID, var flight = flights[id],
            let receipt = Receipt(body: delivery.body), !receipt.isNotice
        else { return nil }
        lastProgress = .now
        if !receipt.isProvisional {
            flight.isDecided = true
            flight.parked = nil
        } else {
            flight.parked = receipt
            flights[id] = flight
            // The copy that was sent first is parked: the decision is to come, and this copy, if it is
            // another one, has its answer.
            let isOther = flight.lines.count > 1 || flight.isDecided
            guard receipt.status == .duplicate, isOther else { return nil }
        }
        let line = flight.lines.removeFirst()
        inFlight -= 1
        flights[id] = flight.lines.isEmpty ? nil : flight
        return AnsweredCommand(line: line, id: id, receipt: receipt, body: delivery.body)
    }
}

extension CommandPublisher {
    /// Sends commands and waits until the broker has stored them. Nobody waits for their receipts: the
    /// services may be stopped.
    public static func store(
        _ commands: [OutgoingCommand], url: String, within limit: Duration
    ) throws {
        let endpoint = try Endpoint(url: url)
        let publisher = ConfirmedPublisher<OutgoingCommand>(endpoint, name: "nuanxin store") {
            $0.message(from: endpoint)
        }
        try publisher.connect()
        publisher.publish(commands)
        try publisher.flush(within: limit)
    }
}
