import ArgumentParser
import Foundation
import Messages
import ServiceKit

/// What all subcommands share that publish commands.
struct SendingOptions: ParsableArguments {
    @Option(
        help: """
            Seconds to wait for receipts after the last one or the last confirm, and before that for another \
            program of this user that reads them.
            """)
    var wait = 60

    func validate() throws {
        guard (1...86_400).contains(wait) else {
            throw ValidationError("--wait must be from 1 to 86400 seconds")
        }
    }

    /// Connects as the user of NUANXIN_AMQP_URL; ends with status 2 if that cannot be. No other program of this user
    /// reads receipts as long as the publisher is held.
    func publisher() throws -> CommandPublisher {
        try orExit {
            try CommandPublisher(url: Settings().required(.amqpURL), patience: .seconds(wait))
        }
    }
}

/// Where commands come from and their answers go.
protocol CommandSource: AnyObject {
    func supply() throws -> CommandSupply
    func answered(_ answer: AnsweredCommand) throws
    /// Called again and again, at least every 50 ms or so.
    func pulse() throws
}

enum CommandSupply {
    case command(OutgoingCommand)
    /// Nothing to send of this piece; there may be more.
    case nothing
    /// Nothing now.
    case later
    case end
}

/// Sends what a source supplies and waits for the answers.
struct Sending {
    /// Commands sent before confirms and receipts are taken in.
    private static let burst = 200
    private static let pause: Int32 = 50

    let publisher: CommandPublisher
    let wait: Duration

    init(_ publisher: CommandPublisher, _ options: SendingOptions) {
        self.publisher = publisher
        wait = .seconds(options.wait)
    }

    /// - Returns: whether all was answered in time.
    func run(_ source: some CommandSource) throws -> Bool {
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

/// How many commands met which fate.
struct SendingTally {
    private(set) var accepted = 0
    private(set) var duplicate = 0
    private(set) var rejected = 0
    var missing = 0

    var answered: Int { accepted + duplicate + rejected }

    /// A duplicate of a rejected command is as good as rejected.
    mutating func count(_ receipt: Receipt) {
        if receipt.isRejection {
            rejected += 1
        } else if receipt.status == .duplicate {
            duplicate += 1
        } else {
            accepted += 1
        }
    }

    /// 4 if anything was rejected, 3 if receipts are missing.
    func check() throws {
        if rejected > 0 { throw ExitCode(4) }
        if missing > 0 { throw ExitCode(3) }
    }

    var description: String {
        "\(accepted) accepted, \(duplicate) duplicate, \(rejected) rejected, \(missing) without a receipt"
    }
}

extension Receipt {
    /// Also if it would have waited, and nobody waits for a dry run.
    var isRejection: Bool {
        decision.status == .rejected || dryRun == true && decision.status == .parked
    }
}

/// Says on standard error what was rejected and what is missing, up to a bound.
struct ComplaintList {
    private static let limit = 20
    private var count = 0
    private let progress: ProgressBar

    init(_ progress: ProgressBar) { self.progress = progress }

    mutating func rejected(_ place: String, _ receipt: Receipt) {
        let decision = receipt.decision
        let reason = [
            decision.code, decision.pointer.map { "at \($0.isEmpty ? "the document" : $0)" },
            receipt.found.map { "found \($0)" }, decision.expected.map { "expected \($0)" },
        ].compactMap(\.self).joined(separator: ", ")
        let fate = decision.status == .parked ? "would wait" : "rejected"
        say("\(place): \(fate): \(reason)")
    }

    mutating func missing(_ publisher: CommandPublisher, _ place: (Int) -> String) {
        if let trouble = publisher.trouble { say("the broker: \(trouble)") }
        for item in publisher.unanswered {
            let reason = item.parkedFor.map { "parked, \($0)" } ?? "no receipt"
            say("\(place(item.line)): \(item.id): \(reason)")
        }
    }

    /// The last word, if some were left out.
    func close() {
        if count > Self.limit { write("… and \(count - Self.limit) more") }
    }

    private mutating func say(_ text: String) {
        count += 1
        if count <= Self.limit { write(text) }
    }

    private func write(_ text: String) {
        progress.clear()
        FileHandle.standardError.write(Data((text + "\n").utf8))
    }
}
