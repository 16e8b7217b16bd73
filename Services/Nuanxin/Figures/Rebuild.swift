import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Recompute all figures from the journals of the other services.",
        discussion: """
            The command ends when every service has sent its whole journal again and reporting has applied \
            it. Until then reporting makes no edition. A fact that reporting cannot apply holds up the \
            rebuild until you redrive or discard it.

            Status 3 if nothing moves for --wait seconds, 4 if reporting refuses.
            """)

    @Option(help: "The reason, for the record.")
    var reason: String
    @OptionGroup var options: SendingOptions

    func run() throws {
        let databases = try orExit { try ServiceDatabases() }
        let services = Topology.services.filter { $0 != "reporting" }
        let journals = try orExit { try services.map { try databases.open($0) } }
        let reporting = try orExit { try databases.open("reporting") }
        let request = SingleCommand(RebuildCells(reason: reason))
        // The publisher is released before watching, because others wait to read their receipts.
        guard try Sending(options.publisher(), options).run(request),
            let receipt = request.receipt
        else {
            throw ExitCode.error("no receipt from reporting", 3)
        }
        guard !receipt.isRejection, let fact = receipt.decision.facts?.first else {
            throw ExitCode.error("reporting refused: \(receipt.decision.code ?? "no fact")", 4)
        }
        let watch = RebuildWatch(fact: fact, journals: journals, reporting: reporting)
        guard try watch.run(.seconds(options.wait)) else {
            let awaited = try orExit { try RebuildStatus.read(reporting) }
            throw ExitCode.error(
                "nothing moves any more: \(awaited ?? "is every service running?")", 3)
        }
    }
}

/// Watches journals being sent again.
private struct RebuildWatch {
    private static let pause = 0.2

    /// The id of the fact that tells the services to send.
    let fact: String
    let journals: [Connection]
    let reporting: Connection

    /// - Returns: false if nothing has moved within `patience`.
    func run(_ patience: Duration) throws -> Bool {
        var last = State()
        var moved = ContinuousClock.now
        var bar: ProgressBar?
        let start = ContinuousClock.now
        while ContinuousClock.now - moved < patience {
            let state = try read()
            if state != last { (last, moved) = (state, .now) }
            if state.started == journals.count {
                // The total is known only now.
                bar = bar ?? ProgressBar("rebuild", total: Int(state.total), unit: "facts ")
                bar?.show(Int(state.sent))
                if state.sent == state.total, state.isWhole {
                    bar?.finish()
                    let seconds = Int((ContinuousClock.now - start).inSeconds.rounded())
                    say("\(state.total) facts sent again, figures recomputed in \(seconds) s")
                    return true
                }
            }
            Thread.sleep(forTimeInterval: Self.pause)
        }
        return false
    }

    private struct State: Equatable {
        /// Services that have seen the fact.
        var started = 0
        var sent: Int64 = 0
        var total: Int64 = 0
        /// How many of these reporting has not applied.
        var awaited: Int64 = 0
        /// Whether reporting has applied all of it, and makes editions again.
        var isWhole = false
    }

    private func read() throws -> State {
        var state = State()
        for journal in journals {
            let rows = try journal.run(
                """
                SELECT EXISTS (SELECT FROM inbox WHERE id = \(UUID(wireText: fact)) AND is_fact),
                       coalesce(sum(greatest(sent, 0)), 0)::bigint, coalesce(sum(until), 0)::bigint
                FROM replay WHERE destination = \(ReplayDestination.rebuild.description)
                """)
            guard let row = rows.first else { continue }
            if try row.decode(Bool.self, at: 0) { state.started += 1 }
            state.sent += try row.decode(Int64.self, at: 1)
            state.total += try row.decode(Int64.self, at: 2)
        }
        let whole = try reporting.run(
            """
            SELECT NOT EXISTS (SELECT FROM rebuild WHERE finished_at IS NULL),
                   (SELECT count(*) FROM awaited_fact)
            """)
        if let row = whole.first {
            state.isWhole = try row.decode(Bool.self, at: 0)
            state.awaited = try row.decode(Int64.self, at: 1)
        }
        return state
    }
}

/// The reason why a rebuild is not over.
enum RebuildStatus {
    /// - Returns: nil if none goes on.
    static func read(_ reporting: Connection) throws -> String? {
        let rows = try reporting.run(
            """
            SELECT r.started_at, (SELECT count(*) FROM awaited_fact),
                   (SELECT count(*) FROM awaited_fact a WHERE EXISTS (
                        SELECT FROM dead_letter d
                        WHERE d.message_id = a.id AND d.origin = 'facts' AND d.state = 'open'
                          AND d.last_at >= r.started_at)),
                   ARRAY(SELECT split_part(type, '.', 1) FROM journal_sent ORDER BY type)
            FROM rebuild r WHERE r.finished_at IS NULL
            """)
        guard var row = rows.first?.cursor() else { return nil }
        let started = try row.next(Timestamp.self)
        let awaited = try row.next(Int64.self)
        let dead = try row.next(Int64.self)
        let done = try row.next(arrayOf: String.self)
        let missing = Topology.services.filter { $0 != "reporting" && !done.contains($0) }
        let names = missing.joined(separator: ", ")
        let journals = missing.isEmpty ? "" : " for the journals of \(names)"
        let facts = awaited == 0 ? "" : " for \(awaited) facts to be applied"
        let reasons = [journals, facts].filter { !$0.isEmpty }.joined(separator: " and")
        let letters = dead == 0 ? "" : ", \(dead) of them dead letters: nuanxin dead list reporting"
        return "the rebuild since \(started) waits"
            + (reasons.isEmpty ? " to be counted" : reasons + letters)
    }
}
