import Foundation
import Postgres
import ServiceKit

/// What lies in the queues of each service, and whether the service takes it.
struct QueueFlow {
    /// The commands and facts of one service.
    struct Flow: Equatable {
        /// Messages in its queues and with its workers.
        var waiting = 0
        /// Its workers' sessions at its database.
        var sessions: Int64 = 1
        /// Rows that its inbox has got or changed, as the server counts them.
        var taken: Int64 = 0
        /// Whether nothing was taken while messages waited.
        var isStuck = false

        /// Nil if all is well.
        var problem: String? {
            if sessions == 0 { return "none of its workers has a session at its database" }
            guard isStuck else { return nil }
            return
                "\(waiting) wait in its queues, and it has taken none for \(QueueFlow.patience) s"
        }
    }

    /// Seconds in which a service that works decides something. A session tells the server each second what it has done.
    static let patience = 5
    private static let interval = 1.0

    let services: [String: Flow]

    /// Looks again until each service with waiting messages has taken some.
    /// - Parameter databases: of the services to judge.
    init(_ management: ManagementInterface, _ databases: [String: Connection]) throws {
        let first = try Self.read(management, databases)
        var last = first
        for _ in 0..<Self.patience {
            guard last.contains(where: { Self.isStuck($0.value, before: first[$0.key]) }) else {
                break
            }
            Thread.sleep(forTimeInterval: Self.interval)
            last = try Self.read(management, databases)
        }
        services = Self.compared(first, last)
    }

    /// The later counts, each marked if nothing was taken between the two.
    static func compared(_ first: [String: Flow], _ last: [String: Flow]) -> [String: Flow] {
        last.reduce(into: [:]) { services, item in
            services[item.key] = item.value
            services[item.key]?.isStuck = isStuck(item.value, before: first[item.key])
        }
    }

    private static func isStuck(_ now: Flow, before: Flow?) -> Bool {
        guard let before else { return false }
        return before.waiting > 0 && now.waiting >= before.waiting && now.taken == before.taken
    }

    private static func read(
        _ management: ManagementInterface, _ databases: [String: Connection]
    ) throws -> [String: Flow] {
        let lengths = try management.lengths()
        return try databases.reduce(into: [:]) { services, item in
            let (service, connection) = item
            let rows = try connection.run(
                """
                SELECT (SELECT count(*) FROM pg_stat_activity
                        WHERE datname = current_database()
                          AND application_name = \("nuanxin-\(service)")),
                       (SELECT n_tup_ins + n_tup_upd FROM pg_stat_user_tables
                        WHERE relid = to_regclass('inbox'))
                """)
            let waiting = [".commands", ".facts"].reduce(0) {
                $0 + (lengths[service + $1] ?? 0)
            }
            services[service] = Flow(
                waiting: waiting, sessions: try rows.first?.decode(Int64.self, at: 0) ?? 0,
                taken: try rows.first?.decode(optional: Int64.self, at: 1) ?? 0)
        }
    }
}

extension QueueFlow {
    static func findings(_ flow: QueueFlow?) -> [Finding] {
        guard let flow else { return [] }
        return Topology.services.compactMap { service in
            guard let problem = flow.services[service]?.problem else { return nil }
            return Finding(
                place: "queues of \(service)",
                fault: .init(
                    cause: problem,
                    remedy: "docker-compose restart \(service); docker-compose logs \(service)"))
        }
    }
}

/// Whether a service says of itself that it can decide messages.
enum Readiness {
    /// - Returns: nil if it can.
    static func problem(_ http: PlainHTTP) -> String? {
        do {
            let answer = try http.send("GET", "/readyz?verbose")
            guard answer.status != 200 else { return nil }
            let faults = answer.body.split(separator: "\n").filter { $0.hasPrefix("[-]") }
            return "it is not ready: \(faults.joined(separator: ", "))"
        } catch {
            return "it does not say whether it is ready (\(error))"
        }
    }
}
