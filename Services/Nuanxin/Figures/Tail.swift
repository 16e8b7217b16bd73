import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct Tail: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print changed figures as they are published, one JSON object a line.",
        discussion: """
            The command reads the stream nuanxin.summaries as the user of NUANXIN_SUBSCRIBER_URL until \
            Ctrl-C. Each line has the offset in the stream and the message. After a lost connection it \
            continues where it was.
            """)

    @Option(help: "Only routing keys or types that start with this, such as summaries.funding.")
    var type: String?
    @Option(help: "Where to start: first, last, next, or an offset.")
    var from = "next"
    @Flag(help: "Print the cells only: dataset, seq, key and measures.")
    var summaries = false
    @Option(help: "Stop after so many messages.")
    var count: Int?

    func validate() throws {
        guard ["first", "last", "next"].contains(from) || Int64(from).map({ $0 >= 0 }) == true
        else { throw ValidationError("--from must be first, last, next, or an offset") }
        if let count, count < 1 { throw ValidationError("--count must be at least 1") }
    }

    func run() throws {
        let endpoint = try orExit {
            try Endpoint(url: Settings().required(.subscriberURL))
        }
        var stream = SummaryStream(
            endpoint, name: "nuanxin tail",
            from: Int64(from).map { .streamOffset($0) } ?? .streamPosition(from))
        // The first connection tells whether the address is right.
        try orExit { try stream.connect() }
        var left = count ?? .max
        while left > 0 {
            for delivery in try stream.next() where left > 0 {
                guard let line = line(delivery) else { continue }
                say(line)
                left -= 1
            }
            fflush(nil)
        }
    }

    /// The line for a message; nil if the options leave it out.
    private func line(_ delivery: Delivery) -> String? {
        if let type, !delivery.routingKey.hasPrefix(type),
            delivery.properties.type?.hasPrefix(type) != true
        {
            return nil
        }
        let body = String(decoding: delivery.body, as: UTF8.self)
        guard !summaries else {
            guard case .cell(let cell)? = StreamItem(delivery) else { return nil }
            return SummaryCell(cell).line
        }
        return "{\"offset\":\(delivery.properties.streamOffset ?? 0),\"message\":\(body)}"
    }
}

/// The data of a summary, as far as it is shown.
private struct SummaryCell: Encodable {
    let dataset: String
    let seq: Int64
    let key: CellChanged.Key
    let measures: [String: PublishedFigure]

    init(_ cell: CellChanged) {
        dataset = cell.dataset
        seq = cell.seq
        key = cell.key
        measures = cell.measures
    }

    var line: String? {
        (try? MessageEncoder().encode(data: self)).map { String(decoding: $0, as: UTF8.self) }
    }
}
