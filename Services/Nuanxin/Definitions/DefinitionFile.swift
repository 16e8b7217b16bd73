import ArgumentParser
import Foundation
import Messages
import ServiceKit

/// What the commands share that send a definition, such as a plan, from its file.
struct DefinitionOptions: ParsableArguments {
    @Argument(help: "The file.")
    var file: String
    @OptionGroup var sending: SendingOptions

    /// - Parameter example: a file of that form.
    static func defining(_ what: String, _ example: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: "define",
            abstract: "Put a \(what) in force that stands in a file such as \(example).",
            discussion: """
                Sent to reporting as the user of NUANXIN_AMQP_URL, who must be the operator. Its version is one \
                more than that in force. Status 4 if reporting refuses: it says where, and what would be right.
                """)
    }

    func send<Content: Command>(_ type: Content.Type, isQuestion: Bool) throws {
        try orExit { try DefinitionFile<Content>(path: file) }.send(sending, isQuestion: isQuestion)
    }
}

/// A file in the form of `seeds/plan.json`: what a command says, as JSON. It is looked at before it is sent, so that a
/// malformed one becomes no dead letter.
struct DefinitionFile<Content: Command> {
    let command: Content

    /// - Throws: what is wrong with it, and where.
    init(path: String) throws {
        let head = """
            {"specversion":"1.0","id":"\(UUID().wireText)","source":"nuanxin/operator",\
            "type":"\(Content.type)","time":"\(Timestamp.now())","data":
            """
        let content = try Array(Data(contentsOf: URL(filePath: path)))
        let body = Array(head.utf8) + content + [0x7D]
        do {
            guard let command = try Catalogue([Content.self]).decode(body).payload as? Content
            else { preconditionFailure("the catalogue decodes what it has") }
            self.command = command
            if let unknown = try UnknownFields.first(of: JSONValue(content), in: Content.self) {
                throw Malformed(description: "\(path): \(unknown)")
            }
        } catch let error as Refusal {
            throw Malformed(description: "\(path): \(error)")
        }
    }

    /// Has it decided by reporting, as the user of NUANXIN_AMQP_URL; nothing is kept of a question. Ends with status 3
    /// without an answer, 4 if it is refused.
    func send(
        _ options: SendingOptions, isQuestion: Bool, isQuiet: Bool = false
    ) throws {
        let publisher = try options.publisher()
        let source = SingleCommand(command, isQuestion: isQuestion)
        guard try Sending(publisher, options).run(source), let answer = source.receipt?.decision
        else { throw Self.stop("error: \(NoReceipt())", 3) }
        guard answer.status == .accepted else {
            let text = [
                answer.code, answer.pointer.map { "at \($0)" },
                answer.expected.map { "expected: \($0)" },
            ].compactMap(\.self).joined(separator: ", ")
            throw Self.stop("refused: \(text)", 4)
        }
        guard !isQuiet else { return }
        print(isQuestion ? "it would be accepted; nothing was kept" : "accepted")
    }

    private static func stop(_ text: String, _ status: Int32) -> ExitCode {
        FileHandle.standardError.write(Data("\(text)\n".utf8))
        return ExitCode(status)
    }

    private struct Malformed: Error, CustomStringConvertible {
        let description: String
    }
}
