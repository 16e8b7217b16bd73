import Foundation
import Postgres
import Synchronization

/// A broker and a database server as `deploy/servers` starts them: those of the test run, or a set of its
/// own for a test that kills them.
public struct ServerSet: Sendable {
    /// Where `deploy/servers` keeps them.
    public let directory: String
    let amqp: String
    let management: String
    /// Host and port at which the broker says how it is.
    public let brokerMetrics: String
    let postgres: String
    /// The password of the broker's administrator, which all users of a test's virtual host get too.
    let password: String

    /// The servers of the test run.
    public static func current() throws -> ServerSet {
        try ServerSet(ProcessInfo.processInfo.environment)
    }

    /// Starts another set in a new directory. It runs until `remove`.
    public static func start() throws -> ServerSet {
        let directory = FileManager.default.temporaryDirectory.appending(
            path: TestServers.uniqueName("nuanxin-servers"))
        try run("start", directory.path)
        do {
            // Lines such as: export NAME='value'
            let lines = try run("env", directory.path).split(separator: "\n")
            let pairs = lines.compactMap { line -> (String, String)? in
                let parts = line.dropFirst("export ".count).split(separator: "=", maxSplits: 1)
                guard parts.count == 2 else { return nil }
                return (String(parts[0]), parts[1].trimmingCharacters(in: ["'"]))
            }
            return try ServerSet(Dictionary(uniqueKeysWithValues: pairs))
        } catch {
            try run("remove", directory.path)
            throw error
        }
    }

    private init(_ environment: [String: String]) throws {
        func setting(_ name: String) throws -> String {
            guard let value = environment[name], !value.isEmpty else {
                throw TestServers.Missing(
                    description: "\(name) is not set: run the tests with deploy/test")
            }
            return value
        }
        directory = try setting("NUANXIN_TEST_SERVERS")
        amqp = try setting("NUANXIN_TEST_AMQP")
        management = try setting("NUANXIN_TEST_MANAGEMENT")
        brokerMetrics = try setting("NUANXIN_TEST_BROKER_METRICS")
        postgres = try setting("NUANXIN_TEST_POSTGRES")
        let file = try setting("NUANXIN_TEST_ADMIN_PASSWORD_FILE")
        password = try String(contentsOfFile: file, encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// Where a server is, `host:port`, of its address.
    public func place(_ server: Server) -> String {
        let address =
            switch server {
            case .amqp: amqp
            case .management: management
            case .postgres: postgres
            }
        guard let parts = URLComponents(string: address), let host = parts.host,
            let port = parts.port
        else { return "" }
        return "\(host):\(port)"
    }

    public enum Server { case amqp, management, postgres }

    // MARK: Databases

    /// The address of a database as its superuser.
    public var superuserDatabase: String { postgres }

    /// A new database, gone with the servers: empty, or a copy of a template.
    public func newDatabase(like template: String? = nil) throws -> String {
        // Creating databases at the same time contends for the template: one after the other.
        try Self.templates.withLock { _ in try create(template) }
    }

    /// A new database as `prepare` leaves one, which is called once in a run of the tests for each name.
    func newDatabase(
        named name: String, prepare: (Connection) throws -> Void
    ) throws -> String {
        try Self.templates.withLock { templates in
            let key = "\(directory) \(name)"
            if let template = templates[key] { return try create(template) }
            let url = try create(nil)
            try prepare(Connection(PostgresConfiguration(url: url)))
            let template = URL(string: url)?.lastPathComponent ?? ""
            templates[key] = template
            return try create(template)
        }
    }

    /// Names of databases that were prepared, by the servers they are on and what they are for.
    private static let templates = Mutex<[String: String]>([:])

    /// A session to make and drop databases by.
    func maintenance() throws -> Connection {
        try Connection(PostgresConfiguration(url: postgres))
    }

    private func create(_ template: String?) throws -> String {
        let name = TestServers.uniqueName("t")
        let clause = template.map { " TEMPLATE \($0)" } ?? ""
        let connection = try maintenance()
        _ = try connection.run(Statement(trusted: "CREATE DATABASE \(name)\(clause)"))
        guard var parts = URLComponents(string: postgres) else {
            throw TestServers.Missing(description: "NUANXIN_TEST_POSTGRES is no URL")
        }
        parts.path = "/" + name
        return parts.string ?? postgres
    }

    /// A service's database as a deployment has it: made by deploy/postgres/service.sql, with a role that owns it and
    /// one that reads and writes rows.
    func newServiceDatabase(_ service: String) throws -> (runtime: String, owner: String) {
        let name = TestServers.uniqueName(service)
        let script = Self.script.deletingLastPathComponent().appending(
            path: "postgres/service.sql")
        // Rights of the shared databases are changed by it.
        let finished = try Self.templates.withLock { _ in
            try Deployment.run(
                URL(filePath: "/usr/bin/psql"),
                ["-X", "-q", "-d", postgres, "-v", "service=\(name)", "-f", script.path],
                [
                    "PATH": "/usr/bin:/bin", "OWNER_PASSWORD": password,
                    "RUNTIME_PASSWORD": password,
                ])
        }
        guard finished.status == 0 else {
            throw TestServers.Missing(description: "service.sql failed: \(finished.error)")
        }
        func url(_ role: String) throws -> String {
            guard var parts = URLComponents(string: postgres) else {
                throw TestServers.Missing(description: "NUANXIN_TEST_POSTGRES is no URL")
            }
            (parts.user, parts.password, parts.path) = (role, password, "/" + name)
            return parts.string ?? postgres
        }
        return (try url(name), try url("\(name)_owner"))
    }

    // MARK: Faults

    /// Kills the broker with SIGKILL and starts it again on its data.
    public func killBroker() throws {
        try Self.run("kill-broker", directory)
        try Self.run("start-broker", directory)
    }

    /// Stops the broker in order and starts it again, as often as that.
    public func restartBroker(times: Int) throws {
        try Self.run("restart-broker", directory, ["\(times)"])
    }

    /// Runs one of RabbitMQ's own programs and returns its output.
    public func broker(_ command: [String]) throws -> String {
        try Self.run("broker", directory, command)
    }

    /// Kills every process of PostgreSQL with SIGKILL and starts it again on its data.
    public func killPostgres() throws {
        try Self.run("kill-postgres", directory)
        try Self.run("start-postgres", directory)
    }

    /// Stops both and deletes their data.
    public func remove() throws {
        try Self.run("remove", directory)
        try? FileManager.default.removeItem(atPath: directory)
    }

    private static let script = Project.file("deploy/servers")

    @discardableResult
    private static func run(
        _ action: String, _ directory: String, _ arguments: [String] = []
    ) throws -> String {
        var environment = ProcessInfo.processInfo.environment.filter {
            !$0.key.hasPrefix("NUANXIN_")
        }
        // It tells the broker what our tool says.
        environment["NUANXIN_BIN"] = try TestServers.setting("NUANXIN_TEST_BIN")
        let finished = try Deployment.run(script, [action, directory] + arguments, environment)
        guard finished.status == 0 else {
            throw TestServers.Missing(
                description: "deploy/servers \(action) failed: \(finished.error)")
        }
        return finished.output
    }
}
