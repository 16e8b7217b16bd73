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
            throw ValidationError("--limit must be from 1 to \(Self.largestLimit)")
        }
        guard let type else {
            guard list else {
                throw ValidationError("name a query; `nuanxin query --list` shows all")
            }
            return
        }
        guard !list else { throw ValidationError("--list shows all queries, without a type") }
        _ = try Self.query(named: type)
    }

    private static func query(named type: String) throws -> any Query.Type {
        guard let entry = ContractEntry.all.first(where: { $0.type == type }) else {
            throw ValidationError("\(type) is no type; `nuanxin query --list` shows all queries")
        }
        guard let query = entry.payload as? any Query.Type else {
            let reason =
                entry.kind == .command
                ? "a command, which changes something; send it with `nuanxin publish`"
                : "a fact, which services publish; `nuanxin query --list` shows all queries"
            throw ValidationError("\(type) is \(reason)")
        }
        return query
    }

    func run() throws {
        guard let type else { return showList() }
        let data = try orExit {
            try QueryData(of: Self.query(named: type), file: file, settings: settings)
        }
        let first = try Self.query(data.first(limit))
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = BrokerQueries(endpoint, name: "nuanxin query", again: Self.again)
        var answer = PagedAnswer(try Self.ask(first, queries))
        while let turn = answer.next(limit) {
            let query = try Self.query(data.page(after: turn, in: answer.whole))
            answer.add(try Self.ask(query, queries), after: turn)
        }
        let part = data.value["part"]?.string
        say(json ? answer.whole.compact : AnswerText(answer.whole, part: part).text)
        if answer.isCut { writeError("there are more: raise --limit, or set after") }
    }

    /// The query with these data. Data that no service would take end the program.
    private static func query(_ read: @autoclosure () throws(Refusal) -> any Query) throws
        -> any Query
    {
        do throws(Refusal) {
            return try read()
        } catch {
            throw ExitCode.error("refused: \(error)", 4)
        }
    }

    private static func ask(_ query: any Query, _ queries: BrokerQueries) throws -> JSONValue {
        for _ in 1..<tries {
            let answer = try once(query, queries)
            guard case .refused(RefusalCode.publisherOverQuota.code, _, _) = answer else {
                return try answer.orExit()
            }
            Thread.sleep(forTimeInterval: pause)
        }
        return try once(query, queries).orExit()
    }

    private static func once(
        _ query: any Query, _ queries: BrokerQueries
    ) throws -> BrokerQueries.Answer<JSONValue> {
        do {
            return try queries.ask(query)
        } catch let error as BrokerQueries.NoAnswer {
            throw ExitCode.error("\(error)", 3)
        } catch {
            throw ExitCode.error("\(error)", 2)
        }
    }

    // MARK: What can be asked

    private func showList() {
        let contract = try? ContractDirectory(Settings().optional(.contract))
        var table = TextTable([("query", .left), ("what it asks", .left)])
        for entry in ContractEntry.all where entry.kind == .query {
            // Only the committed schema has it, which comes from the sources.
            let schema = try? contract?.schema(entry.type)
            let text = schema.flatMap { try? JSONValue(Array($0.utf8)) }?["description"]?.string
            if json {
                var line: JSONValue = ["type": .text(entry.type)]
                line["description"] = text.map { .text($0) }
                say(line.compact)
            } else {
                table.add([entry.type, text.map(Self.firstSentence) ?? ""])
            }
        }
        if !json { say(table.text) }
    }

    private static func firstSentence(_ text: String) -> String {
        guard let end = text.firstRange(of: ". ") else { return text }
        return String(text[..<end.lowerBound]) + "."
    }
}
