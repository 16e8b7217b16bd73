import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct QueryCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "query",
        abstract:
            "Ask a service for records, such as the roster of a session or a person's memberships.",
        discussion: """
            The data of the query come from FILE, from --set, or from both. Write what is about a person, such as \
            a name, to FILE or standard input: others see the arguments of a command. The service is asked as the \
            user of NUANXIN_AMQP_URL, who must be granted the query and the territories. It records who has \
            asked. The tool follows the pages and keeps nothing.

              nuanxin query events.session.get.v1 --set session=ID --set part=roster

            Status 4 if the query is refused, 3 if there is no answer.
            """)

    @Argument(help: "The type of a query, such as registry.memberships.list.v1.")
    var type: String?
    @Argument(help: "A file with the data of the query, a JSON object, or - for standard input.")
    var file: String?
    @Option(
        name: .customLong("set"),
        help: ArgumentHelp(
            """
            Set a field of the data, such as territory=350203007 or paper.kind=passport. Repeat the option for \
            several.
            """, valueName: "field=value"))
    var settings: [String] = []
    @Option(help: "Rows to print of each list. Standard error says if there are more.")
    var limit = 1_000
    @Flag(help: "Print the whole answer as one JSON object, its pages put together.")
    var json = false
    @Flag(help: "List the queries that there are. With --json, one object for each.")
    var list = false
    @OptionGroup var speech: LanguageOptions

    /// Rows, which the tool holds until it prints them.
    private static let largestLimit = 10_000
    /// An unanswered question is asked again after it. Some answers take longer than a few seconds.
    private static let again: Duration = .seconds(30)
    /// A service that has spent its time on this user's queries may be asked again a little later, so many times.
    private static let tries = 10
    /// Seconds.
    private static let pause = 1.0

    func validate() throws {
        guard (1...Self.largestLimit).contains(limit) else {
            throw ValidationError(ToolWords.wrongLimit(Self.largestLimit)[speech.language])
        }
        guard let type else {
            guard list else {
                throw ValidationError(ToolWords.nameQuery[speech.language])
            }
            return
        }
        guard !list else { throw ValidationError(ToolWords.listIsAlone[speech.language]) }
        _ = try query(named: type)
    }

    private func query(named type: String) throws -> any Query.Type {
        guard let entry = ContractEntry.all.first(where: { $0.type == type }) else {
            throw ValidationError(ToolWords.noType(type)[speech.language])
        }
        guard let query = entry.payload as? any Query.Type else {
            let reason: ToolWords = entry.kind == .command ? .isCommand(type) : .isFact(type)
            throw ValidationError(reason[speech.language])
        }
        return query
    }

    func run() throws {
        guard let type else { return showList() }
        let data = try data(of: type)
        let first = try read(data.first(limit))
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = BrokerQueries(endpoint, name: "nuanxin query", again: Self.again)
        var answer = PagedAnswer(try ask(first, queries))
        while let turn = answer.next(limit) {
            let query = try read(data.page(after: turn, in: answer.whole))
            answer.add(try ask(query, queries), after: turn)
        }
        let part = data.value["part"]?.string
        let language = speech.language
        say(
            json ? answer.whole.compact : AnswerText(answer.whole, part: part, in: language).text)
        if answer.isCut { writeError(ToolWords.cut[language]) }
    }

    /// The data of the query. What cannot be read ends the program.
    private func data(of type: String) throws -> QueryData {
        do {
            return try QueryData(of: query(named: type), file: file, settings: settings)
        } catch let problem as FileProblem {
            throw ExitCode.error(problem.words, 2, in: speech.language)
        } catch {
            throw ExitCode.error(ToolWords("\(error)", "\(error)"), 2, in: speech.language)
        }
    }

    /// The query with these data. Data that no service would take end the program.
    private func read(_ query: @autoclosure () throws(Refusal) -> any Query) throws -> any Query {
        do throws(Refusal) {
            return try query()
        } catch {
            let reason = ToolWords.refused(
                error.code, at: error.pointer, expected: error.expected)
            throw ExitCode.error(
                ToolWords(reason.zh, "refused: \(error)"), 4, in: speech.language)
        }
    }

    private func ask(_ query: any Query, _ queries: BrokerQueries) throws -> JSONValue {
        for _ in 1..<Self.tries {
            let answer = try once(query, queries)
            guard case .refused(RefusalCode.publisherOverQuota.code, _, _) = answer else {
                return try answer.orExit(in: speech.language)
            }
            Thread.sleep(forTimeInterval: Self.pause)
        }
        return try once(query, queries).orExit(in: speech.language)
    }

    private func once(
        _ query: any Query, _ queries: BrokerQueries
    ) throws -> BrokerQueries.Answer<JSONValue> {
        do {
            return try queries.ask(query)
        } catch let error as BrokerQueries.NoAnswer {
            throw ExitCode.error(.noAnswer(error), 3, in: speech.language)
        } catch {
            throw ExitCode.error(ToolWords("\(error)", "\(error)"), 2, in: speech.language)
        }
    }

    // MARK: What can be asked

    private func showList() {
        let contract = try? ContractDirectory(Settings().optional(.contract))
        let language = speech.language
        var table = TextTable([
            (ToolWords.query[language], .left), (ToolWords.asks[language], .left),
        ])
        for entry in ContractEntry.all where entry.kind == .query {
            if json {
                // Only the committed schema has it whole, which comes from the sources.
                let schema = try? contract?.schema(entry.type)
                let text = schema.flatMap { try? JSONValue(Array($0.utf8)) }?["description"]?.string
                var line: JSONValue = ["type": .text(entry.type)]
                line["description"] = (text ?? QueryWords.english[entry.type]).map { .text($0) }
                say(line.compact)
            } else {
                let words = language == .zh ? QueryWords.chinese : QueryWords.english
                table.add([entry.type, words[entry.type] ?? ""])
            }
        }
        if !json { say(table.text) }
    }
}
