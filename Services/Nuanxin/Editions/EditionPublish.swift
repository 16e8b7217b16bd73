import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct EditionPublish: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "publish",
        abstract: "Publish an edition of all public figures now, and wait for it.",
        discussion: """
            Reporting is asked as the user of NUANXIN_AMQP_URL, who must be the operator. Status 3 if \
            reporting does not answer, or if nothing moves for --wait seconds before the edition is \
            published. Status 4 if reporting refuses.
            """)

    @Option(help: "The reason, for the record.")
    var reason: String
    @Flag(
        help: """
            Also publish corrections of few families. This withholds the changed figures for good, and as many \
            figures beside them as it takes. Use it for a wrong amount that must not stand, not for each small change.
            """)
    var revises = false
    @OptionGroup var sending: SendingOptions
    @OptionGroup var options: ReportOptions

    func run() throws {
        let reporting = try orExit { try ServiceDatabases().open("reporting") }
        let command = SingleCommand(PublishEdition(reason: reason, revises: revises ? true : nil))
        // The publisher is released before watching, because others wait to read their receipts.
        guard try Sending(sending.publisher(), sending).run(command),
            let receipt = command.receipt
        else {
            throw ExitCode.error("no receipt from reporting", 3)
        }
        guard !receipt.isRejection else {
            throw ExitCode.error("reporting refused: \(receipt.decision.code ?? "no code")", 4)
        }
        let watch = try EditionWatch(reporting)
        guard let number = try watch.run(.seconds(sending.wait)),
            let edition = try EditionLine.all(reporting, number: number, limit: 1).first
        else { throw ExitCode.error(try watch.trouble(), 3) }
        let asOf = EditionLine.local(edition.asOf)
        try options.show(
            edition, "edition \(number) as of \(asOf): \(edition.changed) cells changed")
    }
}

/// Watches the edition that answers all requests so far, until it is published.
private struct EditionWatch {
    private static let pause = 0.2

    private let reporting: Connection
    /// The last request.
    private let request: Int64

    init(_ reporting: Connection) throws {
        self.reporting = reporting
        let rows = try reporting.run("SELECT coalesce(max(sequence), 0) FROM edition_request")
        request = try rows.first?.decode(Int64.self, at: 0) ?? 0
    }

    /// - Returns: its number; nil if nothing has moved within `patience`.
    func run(_ patience: Duration) throws -> Int64? {
        var last: State?
        var moved = ContinuousClock.now
        var bar: ProgressBar?
        while ContinuousClock.now - moved < patience {
            let state = try read()
            if let number = state.number, state.isPublished {
                bar?.finish()
                return number
            }
            if state != last { (last, moved) = (state, .now) }
            if state.number != nil {
                // The total is known only now.
                bar = bar ?? ProgressBar("publishing", total: Int(state.changed), unit: "cells ")
                bar?.show(Int(state.changed - state.unpublished))
            }
            Thread.sleep(forTimeInterval: Self.pause)
        }
        bar?.clear()
        return nil
    }

    /// The reason why there is no edition yet.
    func trouble() throws -> String {
        let state = try read()
        if state.number != nil { return "the edition is made, and nothing of it is sent any more" }
        if let past = try EditionPast.read(reporting), past.past == .reading { return past.text }
        return state.isRebuilding
            ? "figures are being rebuilt; the edition comes when they are whole"
            : "no edition comes; is reporting running?"
    }

    private struct State: Equatable {
        /// Nil until it is made.
        var number: Int64?
        var isPublished = false
        var changed: Int64 = 0
        /// Includes the previous edition while that is not published.
        var unpublished: Int64 = 0
        /// Whether a rebuild keeps editions from being made.
        var isRebuilding = false
    }

    private func read() throws -> State {
        let rows = try reporting.run(
            """
            SELECT e.number, coalesce(e.published_at IS NOT NULL, false), coalesce(e.changed, 0),
                   (SELECT coalesce(sum(written - confirmed), 0)::bigint FROM dataset),
                   EXISTS (SELECT FROM rebuild WHERE finished_at IS NULL)
            FROM (SELECT) AS one
            LEFT JOIN LATERAL (
                SELECT number, published_at, changed FROM edition WHERE request >= \(request)
                ORDER BY number LIMIT 1) e ON true
            """)
        guard var row = rows.first?.cursor() else { return State() }
        return State(
            number: try row.next(optional: Int64.self), isPublished: try row.next(),
            changed: try row.next(), unpublished: try row.next(), isRebuilding: try row.next())
    }
}
