public import ArgumentParser
import ServiceKit

/// The options of all subcommands that publish commands.
public struct SendingOptions: ParsableArguments {
    @Option(
        help: """
            Seconds to wait for the next receipt or confirm. The command also waits so long for another program \
            of this user that reads receipts.
            """)
    public var wait = 60

    public init() {}

    public func validate() throws {
        guard (1...86_400).contains(wait) else {
            throw ValidationError("--wait must be from 1 to 86400 seconds")
        }
    }

    /// Connects as the user of NUANXIN_AMQP_URL; ends with status 2 if that cannot be. No other program of this user
    /// reads receipts as long as the publisher is held.
    public func publisher() throws -> CommandPublisher {
        try orExit {
            try CommandPublisher(url: Settings().required(.amqpURL), patience: .seconds(wait))
        }
    }
}

/// Where commands come from and their answers go.
public protocol CommandSource: AnyObject {
    func supply() throws -> CommandSupply
    func answered(_ answer: AnsweredCommand) throws
    /// Called again and again, at least every 50 ms or so.
    func pulse() throws
}

public enum CommandSupply {
    case command(OutgoingCommand)
    /// Nothing to send of this piece; there may be more.
    case nothing
    /// Nothing now.
    case later
    case end
}

/// Sends what a source supplies and waits for the answers.
public struct Sending {
    /// Commands sent before confirms and receipts are taken in.
    private static let burst = 200
    private static let pause: Int32 = 50

    private let publisher: CommandPublisher
    private let wait: Duration

    public init(_ publisher: CommandPublisher, _ options: SendingOptions) {
        self.publisher = publisher
        wait = .seconds(options.wait)
    }

    /// - Returns: whether all was answered in time.
    public func run(_ source: some CommandSource) throws -> Bool {
        var isAtEnd = false
        while !isAtEnd || !publisher.isIdle {
            var isWaiting = isAtEnd
            if !isAtEnd { (isWaiting, isAtEnd) = try fill(from: source) }
            try publisher.pump(waiting: isWaiting ? Self.pause : 0, source.answered)
            try source.pulse()
            if publisher.isOverdue(after: wait) { return false }
        }
        return true
    }

    /// Sends one burst, or less if there is no more to send or no room.
    private func fill(
        from source: some CommandSource
    ) throws -> (isWaiting: Bool, isAtEnd: Bool) {
        for _ in 0..<Self.burst {
            guard publisher.hasRoom else { return (true, false) }
            switch try source.supply() {
            case .command(let command): publisher.send(command)
            case .nothing: break
            case .later: return (true, false)
            case .end: return (true, true)
            }
        }
        return (false, false)
    }
}
