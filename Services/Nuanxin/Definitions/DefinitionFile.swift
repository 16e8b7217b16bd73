import ArgumentParser
import Foundation
import Messages
import ServiceKit

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
        let body = try Array(head.utf8) + Data(contentsOf: URL(filePath: path)) + [0x7D]
        do throws(MessageError) {
            guard let command = try Catalogue([Content.self]).decode(body).payload as? Content
            else { preconditionFailure("the catalogue decodes what it has") }
            self.command = command
        } catch {
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
