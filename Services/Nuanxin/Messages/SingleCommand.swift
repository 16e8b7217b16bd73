import CommandLineKit
import Foundation
import Messages
import ServiceKit

/// One command, and the answer to it.
final class SingleCommand<Content: Command>: CommandSource {
    private let command: Content
    private let isQuestion: Bool
    private var isSent = false
    private(set) var receipt: Receipt?

    /// - Parameter isQuestion: whether it is a dry run.
    init(_ command: Content, isQuestion: Bool = false) {
        self.command = command
        self.isQuestion = isQuestion
    }

    /// Sends it and waits.
    /// - Throws: if there is no answer in time.
    static func decide(
        _ command: Content, _ publisher: CommandPublisher, _ options: SendingOptions
    ) throws -> Receipt.First {
        let source = SingleCommand(command)
        guard try Sending(publisher, options).run(source), let receipt = source.receipt else {
            throw NoReceipt()
        }
        return receipt.decision
    }

    func supply() throws -> CommandSupply {
        guard !isSent else { return .end }
        isSent = true
        let (id, type) = (UUID(), Content.type)
        let body = try MessageEncoder().encode(
            Header(
                id: id, source: "nuanxin/operator", type: type, time: .now(), isDryRun: isQuestion),
            command)
        return .command(OutgoingCommand(line: 1, id: id.wireText, type: type, body: body))
    }

    func answered(_ answer: AnsweredCommand) { receipt = answer.receipt }
    func pulse() {}
}

struct NoReceipt: Error, CustomStringConvertible {
    let description = "no receipt; is the service running?"
}
