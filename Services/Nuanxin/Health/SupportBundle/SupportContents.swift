import CommandLineKit
import Foundation
import Postgres
import ServiceKit

/// The files of a support bundle. Each names what could not be read, because a bundle is needed most where much fails.
struct SupportContents {
    let settings: Settings
    private let databases: ServiceDatabases

    init() throws {
        databases = try ServiceDatabases()
        settings = databases.settings
    }

    func files() throws -> [(name: String, text: String)] {
        var files = [
            ("versions.txt", versions), ("settings.txt", settings.summary),
            ("doctor.txt", Examination(settings).findings().map(\.text).joined(separator: "\n")),
            ("status.json", attempt { try StatusReport().json }),
            (
                "topology.json",
                attempt { String(decoding: try Topology().definitions { _ in nil }, as: UTF8.self) }
            ),
            ("queues.json", attempt { try ManagementInterface(settings).queueLengths() }),
        ]
        for service in Topology.services {
            files.append(("database-\(service).txt", attempt { try database(service) }))
        }
        for (name, path) in [("ready", "/readyz?verbose"), ("metrics", "/metrics")] {
            files.append(("reporting-\(name).txt", attempt { try reporting(path) }))
        }
        return files
    }

    private func attempt(_ body: () throws -> String) -> String {
        do {
            return try body()
        } catch {
            return "not to be had: \(error)"
        }
    }

    private var versions: String {
        let system = ProcessInfo.processInfo
        return """
            nuanxin \(NuanxinTool.version)
            \(system.operatingSystemVersionString), \(system.activeProcessorCount) processors, \
            \(system.physicalMemory >> 20) MiB
            \(attempt { try broker() })
            """
    }

    private func broker() throws -> String {
        "RabbitMQ \(try ManagementInterface(settings).version())"
    }

    private func reporting(_ path: String) throws -> String {
        guard let http = PlainHTTP(url: try settings.required(.http)) else {
            throw Settings.Problem("NUANXIN_HTTP must be like http://reporting:8080")
        }
        let answer = try http.send("GET", path)
        return "status \(answer.status)\n\(answer.body)"
    }

    // MARK: Databases

    /// Questions about a database, each with one text a row. A routing key is a publisher's text until it is known to be
    /// a type.
    private static let questions: [(title: String, statement: Statement)] = [
        (
            "server",
            """
            SELECT concat_ws(', ', current_setting('server_version'),
                pg_size_pretty(pg_database_size(current_database())))
            """
        ),
        (
            "migrations",
            "SELECT concat_ws(', ', name, applied_at) FROM migration ORDER BY applied_at, name"
        ),
        (
            "tables: rows as estimated, size",
            """
            SELECT concat_ws(', ', relname, reltuples::bigint,
                pg_size_pretty(pg_total_relation_size(oid)))
            FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
            ORDER BY pg_total_relation_size(oid) DESC, relname
            """
        ),
        (
            "dead letters: state, code, type, messages, deliveries, first and last",
            """
            SELECT concat_ws(', ', state, code, t.type, count(*), sum(times), min(first_at), max(last_at))
            FROM dead_letter CROSS JOIN LATERAL (SELECT CASE
                WHEN routing_key ~ '^[a-z_]+(\\.[a-z_]+)+\\.v[0-9]+$' THEN routing_key
                ELSE 'no type' END AS type) t
            GROUP BY state, code, t.type ORDER BY state, code, t.type
            """
        ),
        (
            "waiting: code, type, messages, first and last due",
            """
            SELECT concat_ws(', ', code, routing_key, count(*), min(due_at), max(due_at))
            FROM parked GROUP BY code, routing_key ORDER BY code, routing_key
            """
        ),
        (
            "sessions: program, state, how many, the longest transaction",
            """
            SELECT concat_ws(', ', application_name, state, count(*), max(now() - xact_start))
            FROM pg_stat_activity WHERE datname = current_database()
            GROUP BY application_name, state ORDER BY application_name, state
            """
        ),
    ]

    private func database(_ service: String) throws -> String {
        let connection = try databases.open(service)
        return Self.questions.map { title, statement in
            let answer = attempt {
                try connection.run(statement).map { try $0.decode(String.self, at: 0) }
                    .joined(separator: "\n")
            }
            return "# \(title)\n\(answer)\n"
        }.joined(separator: "\n")
    }
}
