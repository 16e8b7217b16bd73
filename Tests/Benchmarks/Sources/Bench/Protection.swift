import ArgumentParser
import Foundation
import Messages
import Postgres
import ServiceKit
import Support

/// Seconds to make a whole edition, as the district grows and as editions follow each other.
struct Protection: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Seconds to make and prove an edition of 10 to 5,000 communities.")

    @OptionGroup var output: Output
    @Option(help: "Communities.") var communities = [10, 100, 1_000, 5_000]
    @Option(help: "Editions of each district, with changes between them.") var editions = 5

    func run() throws {
        for count in communities {
            let district = try District(communities: count)
            for edition in 1...editions {
                let took = try district.publish()
                output.print(
                    "protection",
                    [
                        "communities": Double(count), "edition": Double(edition),
                        "cells": Double(took.cells), "changed": Double(took.changed),
                        "hidden": Double(took.hidden), "edition_s": took.seconds,
                    ])
                try district.change()
            }
            district.deployment.stopAll()
        }
    }
}

/// Three years of a district's insurance, grants and sessions, as reporting has taken them in.
private struct District {
    let deployment: Deployment
    private let places: [String]
    private let connection: Connection
    private let client: Client

    struct Edition {
        let cells: Int64
        let changed: Int64
        let hidden: Int64
        let seconds: Double
    }

    init(communities: Int) throws {
        deployment = try Deployment(
            "editions", services: ["reporting"],
            plan: .families(inCommunities: ["insurance", "grant"]))
        places = (0..<communities).map { index in
            "350203\(Self.digits(index % 20))\(Self.digits(100 + index / 20))"
        }
        connection = try Connection(PostgresConfiguration(url: deployment.database("reporting")))
        client = try Client(deployment.broker("operator"))
        _ = try connection.run(
            """
            INSERT INTO place (code, name_zh, name_en, edition, version)
            SELECT DISTINCT left(p.code, l.length), '', '', date '2023-12-31', 1
            FROM unnest(\(places)) AS p (code), unnest(ARRAY[6, 9, 12]) AS l (length)
            """)
        try add(places, years: ["2018", "2019", "2020"])
        _ = try deployment.start("reporting", ["NUANXIN_EDITION_SECONDS": "0"])
    }

    private static func digits(_ number: Int) -> String { String(String(1_000 + number).suffix(3)) }

    /// One community in twenty gets a few more of a settled year.
    func change() throws {
        try add(places.enumerated().filter { $0.offset % 20 == 0 }.map(\.element), years: ["2019"])
    }

    /// Of each community and year: one answer of the insurer, some grants, each to a family of its own, and a session.
    private func add(_ places: [String], years: [String]) throws {
        _ = try connection.pipeline([
            "BEGIN",
            """
            WITH place AS (
                SELECT p.code, (y.year || '-03-04')::date AS day, n.n
                FROM unnest(\(places)) AS p (code), unnest(\(years)) AS y (year),
                     generate_series(0, 7) AS n
            ), added AS (
                INSERT INTO contribution (record, version, message, counts, source, territory, day,
                    programme, dimension, times, amount, subject)
                SELECT gen_random_uuid()::text, 1, gen_random_uuid(), true,
                       CASE n WHEN 0 THEN 'insurance' WHEN 1 THEN 'session' ELSE 'grant' END, code, day,
                       CASE n WHEN 0 THEN 'accident-insurance' WHEN 1 THEN 'warm-home'
                              ELSE 'family-grants' END,
                       CASE n WHEN 0 THEN 'low_income' WHEN 1 THEN 'tea_talk' ELSE 'condolence' END,
                       CASE n WHEN 0 THEN 1 + hashtext(code) & 127 ELSE 1 END,
                       CASE n WHEN 0 THEN 7800 WHEN 1 THEN 0 ELSE 150000 END,
                       CASE WHEN n > 1 THEN gen_random_uuid() END
                FROM place WHERE n < 2 + (hashtext(code || day) & 7)
                RETURNING source, territory, day, programme, dimension, times, amount
            )
            INSERT INTO delta (source, territory, day, programme, dimension, records, times, amount)
            SELECT source, territory, day, programme, dimension, 1, times, amount FROM added
            """,
            "COMMIT",
        ])
    }

    /// Asks for an edition, once what was added is counted, and waits until it is in force.
    func publish() throws -> Edition {
        try deployment.eventually("all is counted", within: Patience.work) {
            try connection.run("SELECT FROM delta LIMIT 1").isEmpty
        }
        let last = try connection.run("SELECT coalesce(max(number), 0) FROM edition")
        let number = try last.first?.decode(Int64.self, at: 0) ?? 0
        try client.publish(PublishEdition(reason: "a benchmark"), receipt: false)
        try client.flush()
        var edition: Edition?
        try deployment.eventually("the edition is in force", within: Patience.work) {
            let rows = try connection.run(
                """
                SELECT cells, changed, hidden, took_ms FROM edition
                WHERE number > \(number) AND published_at IS NOT NULL
                """)
            edition = try rows.first.map { row in
                Edition(
                    cells: try row.decode(Int64.self, at: 0),
                    changed: try row.decode(Int64.self, at: 1),
                    hidden: try row.decode(Int64.self, at: 2),
                    seconds: Double(try row.decode(Int64.self, at: 3)) / 1_000)
            }
            return edition != nil
        }
        return edition ?? Edition(cells: 0, changed: 0, hidden: 0, seconds: 0)
    }
}
