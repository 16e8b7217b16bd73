import AMQP
import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct Status: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show whether messages are flowing, from the databases and the broker.",
        discussion: """
            Status 0 if all is well: every server is reachable, every database is migrated, no dead letter \
            is open, no message waits past its time or for the last time, every service runs and takes what lies in its queues, facts are being published, none is missing, and an edition of the public \
            figures comes each day. Otherwise status 1.
            """)

    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let report = try orExit { try StatusReport() }
        if json {
            say(try report.json)
        } else {
            say(report.text)
        }
        if !report.isWell { throw ExitCode(1) }
    }
}

/// The state of the broker and all services.
struct StatusReport: Encodable {
    /// The fault of the broker, if it has one.
    let brokerProblem: String?
    let services: [ServiceStatus]
    let isWell: Bool

    /// Facts may be unpublished for a moment, but not the same ones twice.
    private static let moment = 1.0

    init() throws {
        let databases = try ServiceDatabases()
        let names = try databases.services(only: nil)
        brokerProblem = try Self.problem(databases.settings)
        var services = names.map { ServiceStatus.read($0, databases) }
        if services.contains(where: { $0.unpublished ?? 0 > 0 }) {
            Thread.sleep(forTimeInterval: Self.moment)
            let later = names.map { ServiceStatus.read($0, databases) }
            services = zip(services, later).map { $1.compared(with: $0) }
        }
        services = Self.completed(services, databases)
        self.services = services
        isWell = brokerProblem == nil && services.allSatisfy { $0.problems.isEmpty }
    }

    /// Adds what lies in the queues, if the management interface is known, and whether the service that answers HTTP is ready.
    private static func completed(
        _ services: [ServiceStatus], _ databases: ServiceDatabases
    ) -> [ServiceStatus] {
        let settings = databases.settings
        var connections: [String: Connection] = [:]
        for service in services where service.migration != nil {
            connections[service.service] = try? databases.open(service.service)
        }
        let flow = try? QueueFlow(ManagementInterface(settings), connections)
        let http = (try? settings.optional(.http)).flatMap { $0 }.flatMap(PlainHTTP.init(url:))
        let unready = http.flatMap(Readiness.problem)
        return services.map { service in
            var service = service
            if let queues = flow?.services[service.service] {
                service.waiting = service.waiting.map { $0 + Int64(queues.waiting) }
                service.problems += [queues.problem].compactMap(\.self)
            }
            if service.service == "reporting", let unready { service.problems.append(unready) }
            return service
        }
    }

    private static func problem(_ settings: Settings) throws -> String? {
        guard let url = try settings.optional(.amqpURL) else {
            return "NUANXIN_AMQP_URL is not set"
        }
        do {
            _ = try AMQPConnection(Endpoint(url: url), name: "nuanxin status")
            return nil
        } catch {
            return "\(error)"
        }
    }

    var json: String {
        get throws {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            return String(decoding: try encoder.encode(self), as: UTF8.self)
        }
    }

    var text: String {
        var table = TextTable([
            ("service", .left), ("decided", .right), ("unpublished", .right), ("waiting", .right),
            ("dead", .right), ("replaying", .right), ("state", .left),
        ])
        func number(_ value: Int64?) -> String { value.map(String.init) ?? "?" }
        for service in services {
            let problems = service.problems.joined(separator: "; ")
            table.add([
                service.service, number(service.decided), number(service.unpublished),
                number(service.waiting), number(service.dead), number(service.replaying),
                problems.isEmpty ? "well" : problems,
            ])
        }
        let edition =
            services.contains { $0.service == "reporting" && $0.migration != nil }
            ? "\n\n" + EditionStatus.text(services.compactMap(\.edition).first) : ""
        let before = services.compactMap(\.editionsBefore).first.map { "\n" + $0.text } ?? ""
        return "broker: \(brokerProblem ?? "well")\n\n\(table.text)\(edition)\(before)"
    }
}

/// The state of one service.
struct ServiceStatus: Encodable {
    let service: String
    var problems: [String] = []
    /// The newest migration.
    var migration: String?
    /// Messages in the inbox, as PostgreSQL estimates.
    var decided: Int64?
    /// Facts that the broker has not confirmed, and the last confirmed position.
    var unpublished: Int64?
    var published: Int64?
    /// Parked messages, and those in the queues.
    var waiting: Int64?
    var overdue: Int64?
    var dead: Int64?
    var replaying: Int64?
    /// The edition in force; nil for other services, and before the first one.
    var edition: EditionStatus?
    /// The fate of editions that a restore has forgotten; nil if there is nothing to say.
    var editionsBefore: EditionPast?

    /// Seconds for which a message may wait past its time.
    private static let patience: Int64 = 60

    static func read(_ service: String, _ databases: ServiceDatabases) -> ServiceStatus {
        var status = ServiceStatus(service: service)
        do {
            try status.read(
                databases.open(service),
                lastAttempt: Backlog.lastAttempt(databases.settings))
        } catch let error as PostgresError where error.isConnectionLost {
            status.problems.append("its database cannot be reached")
        } catch {
            status.problems.append("\(error)")
        }
        return status
    }

    private init(service: String) { self.service = service }

    private mutating func read(_ connection: Connection, lastAttempt: Int16) throws {
        let exists = try connection.run("SELECT to_regclass('migration') IS NOT NULL").first
        guard try exists?.decode(Bool.self, at: 0) == true else {
            problems.append("its database is not migrated")
            return
        }
        let rows = try connection.run(
            """
            SELECT (SELECT max(name) FROM migration),
                   -- Without reading the inbox: it may be locked, which is what somebody wants to find out.
                   (SELECT greatest(c.reltuples, s.n_live_tup)::bigint
                    FROM pg_class c JOIN pg_stat_user_tables s ON s.relid = c.oid
                    WHERE c.oid = 'inbox'::regclass),
                   (SELECT coalesce(sum(j.last - o.published), 0)::bigint FROM journal_owner o
                    CROSS JOIN LATERAL (
                        SELECT max(position) AS last FROM journal WHERE owner = o.owner) j
                    WHERE j.last > o.published),
                   (SELECT coalesce(sum(published), 0)::bigint FROM journal_owner),
                   (SELECT count(*) FROM parked),
                   (SELECT count(*) FROM parked
                    WHERE attempt >= \(lastAttempt)
                       OR due_at < now() - make_interval(secs => \(Double(Self.patience)))),
                   (SELECT count(*) FROM dead_letter WHERE state = 'open'),
                   (SELECT coalesce(sum(until - sent), 0)::bigint FROM replay WHERE sent < until)
            """)
        guard var row = rows.first?.cursor() else { return }
        migration = try row.next(optional: String.self)
        decided = try row.next()
        unpublished = try row.next()
        published = try row.next()
        waiting = try row.next()
        overdue = try row.next()
        dead = try row.next()
        replaying = try row.next()
        if let problem = try LockHolders.problem(service, connection) { problems.append(problem) }
        let missing = try Arrivals.missing(connection)
        if missing > 0 { problems.append("\(missing) facts of others are missing: nuanxin doctor") }
        if let overdue, overdue > 0 {
            problems.append("\(overdue) wait past their time, or for the last time")
        }
        if let dead, dead > 0 { problems.append("\(dead) open dead letters") }
        if service == "reporting" {
            edition = try EditionStatus.read(connection)
            if let problem = try EditionStatus.problem(connection) { problems.append(problem) }
            editionsBefore = try EditionPast.read(connection)
            if let problem = editionsBefore?.problem { problems.append(problem) }
            if let rebuild = try RebuildStatus.read(connection) { problems.append(rebuild) }
        }
    }

    /// Reports facts that were unpublished a moment ago and still are.
    func compared(with earlier: ServiceStatus) -> ServiceStatus {
        var status = self
        if let unpublished, unpublished > 0, published == earlier.published {
            status.problems.append("\(unpublished) facts are not being published")
        }
        return status
    }
}
