import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "List the messages behind a figure, as it is now.",
        discussion: """
            Reporting is asked as the user of NUANXIN_AMQP_URL, whose scope must include the territory. The \
            figure is exact and may be newer than the last edition, so it is for staff only. The \
            contributions add up to it. Status 4 if reporting refuses.
            """)

    @Argument(help: "A measure, such as capital_lent_fen, or measure:part.")
    var measure: String
    @Option(help: "The code of a territory.")
    var territory: String
    @Option(help: "2020-05-26, 2020-05, 2020-Q2, 2020 or all.")
    var period: String
    @Option(help: "The programme, if the figure belongs to one.")
    var programme: String?
    @Option(help: "Contributions to list. All of them are counted.")
    var limit = 100
    @Flag(help: "Print JSON. Amounts of money are in fen there.")
    var json = false

    func validate() throws {
        guard TerritoryCode(territory) != nil else {
            throw ValidationError("--territory must be \(TerritoryCode.expected)")
        }
        guard period == "all" || Period(period) != nil else {
            throw ValidationError("--period must be \(Period.expected), or all")
        }
        guard programme.map({ Programme($0) != nil }) ?? true else {
            throw ValidationError("--programme must be \(Programme.expected)")
        }
        guard limit > 0 else { throw ValidationError("--limit must be at least 1") }
    }

    func run() throws {
        guard let territory = TerritoryCode(territory) else { return }
        let endpoint = try orExit { try Endpoint(url: Settings().required(.amqpURL)) }
        let queries = BrokerQueries(endpoint, name: "nuanxin explain")
        let parts = measure.split(separator: ":", maxSplits: 1).map(String.init)
        var query = ExplainFigure(
            measure: parts.first ?? "", territory: territory, period: period,
            programme: programme.flatMap { Programme($0) },
            dimension: parts.count > 1 ? parts[1] : nil)
        var whole: FigureExplanation?
        repeat {
            let left = limit - (whole?.parts.count ?? 0)
            query.limit = min(left, FigureExplanation.largestPage)
            var answer = try orExit { try queries.ask(query, for: FigureExplanation.self) }.orExit()
            answer.parts = (whole?.parts ?? []) + answer.parts
            whole = answer
            query.after = answer.next
        } while query.after != nil && (whole?.parts.count ?? 0) < limit
        if let whole { try show(whole) }
    }

    private func show(_ answer: FigureExplanation) throws {
        if json {
            say(String(decoding: try MessageEncoder().encode(data: answer), as: UTF8.self))
            return
        }
        var table = TextTable([
            ("message", .left), ("time", .left), ("record", .left), ("territory", .left),
            ("day", .left), ("contribution", .right), ("unit", .left),
        ])
        for part in answer.parts {
            table.add(
                [
                    part.message.wireText, part.time?.wireText ?? "", part.record,
                    part.territory.rawValue, "\(part.day)",
                ] + FigureLine.amount(part.contribution, answer.unit))
        }
        say(table.text)
        let figure = answer.figure.value.map { FigureLine.amount($0, answer.unit) }
        let value = figure?.joined(separator: " ") ?? answer.figure.state.rawValue
        say("\(answer.measure): \(value), \(answer.count) contributions")
    }
}
