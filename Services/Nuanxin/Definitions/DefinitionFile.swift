import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

/// The options of commands that send a definition, such as a plan, from its file.
struct DefinitionOptions: ParsableArguments {
    @Argument(help: "The file.")
    var file: String
    @OptionGroup var sending: SendingOptions

    /// - Parameter example: a file of that form.
    static func defining(_ what: String, _ example: String) -> CommandConfiguration {
        CommandConfiguration(
            commandName: "define",
            abstract: "Put the \(what) of a file such as \(example) in force.",
            discussion: """
                The command sends it to reporting as the user of NUANXIN_AMQP_URL, who must be the operator. Its \
                version must be one more than the version in force. Status 4 if reporting refuses. The message then \
                names the place, and what would be right there.
                """)
    }

    func send<Content: Command>(_ type: Content.Type, isQuestion: Bool) throws {
        try orExit { try DefinitionFile<Content>(path: file) }.send(sending, isQuestion: isQuestion)
    }
}

/// A file in the form of `seeds/plan.json`: the data of a command as JSON. It is checked before it is sent, so that a
/// malformed file becomes no dead letter.
struct DefinitionFile<Content: Command> {
    let command: Content

    /// - Throws: what is wrong with it, and where.
    init(path: String) throws {
        let head = """
            {"specversion":"1.0","id":"\(UUID().wireText)","source":"nuanxin/operator",\
            "type":"\(Content.type)","time":"\(Timestamp.now())","data":
            """
        let content = try NamedFile.read(
            path, as: "a file with the data of \(Content.type) as a JSON object",
            upTo: DocumentCheck.limit)
        let body = Array(head.utf8) + content + [0x7D]
        do {
            guard let command = try Catalogue([Content.self]).decode(body).payload as? Content
            else { preconditionFailure("the catalogue decodes what it has") }
            self.command = command
            let unknown = try Self.slips(in: content)
            guard unknown.isEmpty else {
                throw FileProblem(unknown.map { "\(path): \($0)" }.joined(separator: "\n"))
            }
        } catch let error as Refusal {
            throw FileProblem("\(path): \(error)")
        }
    }

    /// The fields that the message does not have. A file may say what it is, in a `note` at its beginning.
    static func slips(in content: [UInt8]) throws -> [UnknownFields.Field] {
        try UnknownFields.all(in: content, of: Content.self).filter { $0.pointer != "/note" }
    }

    /// Sends the command to reporting as the user of NUANXIN_AMQP_URL. A question is a dry run. Ends with status 3 without
    /// an answer, 4 if the command is refused.
    func send(
        _ options: SendingOptions, isQuestion: Bool, isQuiet: Bool = false
    ) throws {
        let publisher = try options.publisher()
        let source = SingleCommand(command, isQuestion: isQuestion)
        guard try Sending(publisher, options).run(source), let answer = source.receipt?.decision
        else { throw ExitCode.error("\(NoReceipt())", 3) }
        guard answer.status == .accepted else {
            let text = [
                answer.code, answer.pointer.map { "at \($0)" },
                answer.expected.map { "expected: \($0)" },
            ].compactMap(\.self).joined(separator: ", ")
            throw ExitCode.error("refused: \(text)", 4)
        }
        // Reporting may be of another version than this tool.
        for field in source.receipt?.ignored ?? [] { writeError(field.text) }
        guard !isQuiet else { return }
        say(isQuestion ? "It would be accepted. Nothing was kept." : "accepted")
    }
}
