import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct Subscribe: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Keep a copy of a published dataset, and prove that it is equal.",
        discussion: """
            The command takes a snapshot, then reads the stream nuanxin.summaries as the user of \
            NUANXIN_SUBSCRIBER_URL until Ctrl-C. It drops duplicates and requests missing cells. It starts \
            again from a snapshot if the epoch changes or the missing cells are no longer kept. It compares \
            its digest with every heartbeat. It stores its position in the same transaction as the cells, so \
            after a restart it continues there.

            --to FILE writes a new file and renames it. Its first line is the position, then follows one \
            cell a line. --to postgres://… keeps the tables nuanxin_cell and nuanxin_position. Without --to \
            the command prints cells, one JSON object a line.

            Status 3 if no heartbeat has proven the copy within --wait seconds with --once.
            """)

    @Argument(help: "families, funding or activities.")
    var dataset: String
    @Option(help: "A file, or a database such as postgres://user@host/name.")
    var to: String?
    @Flag(help: "Stop when a heartbeat proves that the copy is up to date.")
    var once = false
    @Option(help: "Seconds that --once may take.")
    var wait = 300
    @Option(help: "Seconds of silence that count as a fault. Default: three heartbeats.")
    var silence = 180
    @Flag(help: "Print events as JSON, one object a line.")
    var json = false

    func validate() throws {
        guard wait > 0, silence > 0 else {
            throw ValidationError("--wait and --silence must be above 0")
        }
    }

    func run() throws {
        let endpoint = try orExit { try Endpoint(url: Settings().required(.subscriberURL)) }
        let store: any SubscriberStore = try orExit {
            if let to, to.hasPrefix("postgres://") || to.hasPrefix("postgresql://") {
                return try PostgresStore(to, dataset: dataset)
            }
            return try FileStore(to, dataset: dataset)
        }
        let output = SubscriberOutput(json: json, printsCells: to == nil)
        let source = BrokerSource(BrokerQueries(endpoint, name: "nuanxin subscribe"))
        let subscriber = Subscriber(dataset, store, source) { output.show($0) }
        var stream = SummaryStream(
            endpoint, name: "nuanxin subscribe",
            from: store.position?.offset.map { .streamOffset($0) } ?? .streamPosition("next"))
        // The stream comes first, so that it has everything published after the snapshot.
        try orExit { try stream.connect() }
        output.goal = try orExit { try subscriber.begin() }
        let deadline = ContinuousClock.now + .seconds(wait)
        while !(once && output.isVerified) {
            let deliveries = try stream.next()
            let offset = deliveries.last?.properties.streamOffset.map { $0 + 1 }
            try subscriber.take(deliveries.compactMap(StreamItem.init), offset: offset)
            if deliveries.isEmpty { try store.flush() }
            output.listen(heard: !deliveries.isEmpty, silence: .seconds(silence))
            guard !once || ContinuousClock.now < deadline else { break }
        }
        try store.flush()
        guard !once || output.isVerified else {
            throw ExitCode.error("no heartbeat has proven the copy within \(wait) s", 3)
        }
    }
}

/// Prints events: as text on standard error, or as JSON.
private final class SubscriberOutput {
    private let json: Bool
    private let printsCells: Bool
    private let bar = ProgressBar("cells", total: 0, unit: "cells ")
    private var applied = 0
    private var lastHeard = ContinuousClock.now
    /// The last `seq` published at the start. A heartbeat before it proves nothing yet.
    var goal: Int64 = 0
    private(set) var isVerified = false

    init(json: Bool, printsCells: Bool) {
        self.json = json
        self.printsCells = printsCells
    }

    private struct Line: Encodable {
        let event: String
        var epoch: Int64?
        var seq: Int64?
        var since: Int64?
        var until: Int64?
        var code: String?
        var digest: String?
        var seconds: Int64?
    }

    func show(_ event: Subscriber.Event) {
        switch event {
        case .applied(let cells):
            isVerified = false
            applied += cells.count
            if printsCells { for cell in cells { write(cell) } }
            bar.show(applied)
        case .snapshot(let epoch, let seq):
            isVerified = false
            say(
                "snapshot of epoch \(epoch) at \(seq)",
                Line(event: "snapshot", epoch: epoch, seq: seq))
        case .gap(let since, let until):
            say(
                "asking for what is missing: \(since + 1) to \(until)",
                Line(event: "gap", since: since, until: until))
        case .gone(let code):
            say("it is gone (\(code)); taking a snapshot", Line(event: "gone", code: code))
        case .epoch(let epoch):
            say("another epoch: \(epoch)", Line(event: "epoch", epoch: epoch))
        case .differs(let seq):
            say(
                "the copy is not equal at \(seq); taking a snapshot",
                Line(event: "differs", seq: seq))
        case .verified(let epoch, let seq, let digest):
            isVerified = seq >= goal
            say(
                "equal at \(seq): \(digest)",
                Line(event: "verified", epoch: epoch, seq: seq, digest: digest))
        }
    }

    /// Silence means a fault: heartbeats come when nothing else does.
    func listen(heard: Bool, silence: Duration) {
        if heard { lastHeard = .now }
        let quiet = ContinuousClock.now - lastHeard
        guard quiet > silence else { return }
        lastHeard = .now
        let seconds = quiet.components.seconds
        say(
            "nothing was heard for \(seconds) s: reporting or the way to it is at fault",
            Line(event: "silence", seconds: seconds))
    }

    private func say(_ text: String, _ line: Line) {
        bar.clear()
        if json {
            write(line)
        } else {
            writeError(text)
        }
        fflush(nil)
    }

    private func write(_ value: some Encodable) {
        guard let line = try? MessageEncoder().encode(data: value) else { return }
        CommandLineKit.say(String(decoding: line, as: UTF8.self))
    }
}
