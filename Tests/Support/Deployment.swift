import AMQP
public import Foundation
import Postgres
import ServiceKit
import Synchronization

/// The four services as real processes on the test servers, with a virtual host and databases of their
/// own: what an operator's deployment is, for one test.
public final class Deployment: Sendable {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
        public init(description: String) { self.description = description }
    }

    public let virtualHost: String
    public let directory: URL
    public let servers: ServerSet
    private let databases: [String: String]
    private let ownerDatabases: [String: String]
    private let processes = Mutex<[Int32: Process]>([:])

    /// Creates the virtual host from the topology and migrates the databases.
    /// - Parameters:
    ///   - hasRoles: whether the databases have the roles of a real deployment; else one role may do everything.
    ///   - plan: what is published of a few records.
    ///   - servers: nil for those of the test run.
    public init(
        _ name: String, services: [String]? = nil, hasRoles: Bool = false,
        plan: PublicPlan = .everything, on servers: ServerSet? = nil
    ) throws {
        let services = services ?? Topology.services
        let servers = try servers ?? .current()
        self.servers = servers
        virtualHost = TestServers.uniqueName(name)
        directory = FileManager.default.temporaryDirectory.appending(path: virtualHost)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        var (databases, owners): ([String: String], [String: String]) = ([:], [:])
        for service in services {
            if hasRoles {
                (databases[service], owners[service]) = try servers.newServiceDatabase(service)
            } else {
                databases[service] = try servers.newDatabase()
                owners[service] = databases[service]
            }
        }
        (self.databases, ownerDatabases) = (databases, owners)
        try createVirtualHost()
        for service in services {
            let migrated = try run(
                service, ["migrate"], ["NUANXIN_MIGRATOR_DB": try ownerDatabase(service)])
            guard migrated.status == 0 else {
                throw Failure(description: "\(service) migrate failed: \(migrated.error)")
            }
        }
        if services.contains("reporting") {
            let owner = try PostgresConfiguration(url: ownerDatabase("reporting"))
            try plan.apply(Connection(owner))
        }
    }

    deinit { stopAll() }

    // MARK: Addresses

    public func database(_ service: String) throws -> String {
        guard let url = databases[service] else {
            throw Failure(description: "\(service) is not part of this deployment")
        }
        return url
    }

    /// The address for the role that owns the database.
    public func ownerDatabase(_ service: String) throws -> String {
        guard let url = ownerDatabases[service] else {
            throw Failure(description: "\(service) is not part of this deployment")
        }
        return url
    }

    /// The broker's address for a user.
    public func broker(_ user: String) throws -> String {
        guard var parts = URLComponents(string: servers.amqp) else {
            throw Failure(description: "NUANXIN_TEST_AMQP is no URL")
        }
        parts.user = user
        parts.password = servers.password
        parts.path = "/" + virtualHost
        return parts.string ?? ""
    }

    /// Where a service that was started here serves HTTP; it says so in its log.
    public func http(_ service: String) throws -> String {
        let log = directory.appending(path: "\(service).log")
        var port = ""
        try eventually("\(service) listens") {
            let text = try String(contentsOf: log, encoding: .utf8)
            let line = text.split(separator: "\n").last { $0.contains("\"listening\"") }
            port = line?.firstMatch(of: /"port":"([0-9]+)"/).map { String($0.1) } ?? ""
            return !port.isEmpty
        }
        return "http://127.0.0.1:\(port)"
    }

    /// The broker's management interface, with its administrator's login.
    public var management: String {
        servers.management.replacingOccurrences(
            of: "http://", with: "http://administrator:\(servers.password)@")
    }

    /// The environment of the operator's tool.
    public func toolEnvironment(user: String = "operator") throws -> [String: String] {
        var environment = [
            "NUANXIN_AMQP_URL": try broker(user), "LC_ALL": "C.UTF-8",
            "NUANXIN_SUBSCRIBER_URL": try broker("subscriber"),
        ]
        for (service, url) in databases {
            environment["NUANXIN_\(service.uppercased())_DB"] = url
            environment["NUANXIN_\(service.uppercased())_SECRET"] = ServiceBench.secretText
        }
        return environment
    }

    // MARK: Processes

    public static func binary(_ name: String) throws -> URL {
        URL(filePath: try TestServers.setting("NUANXIN_TEST_BIN")).appending(path: name)
    }

    /// Starts a service; it runs until it is stopped, killed, or ends itself at a crash point.
    public func start(
        _ service: String, _ extra: [String: String] = [:]
    ) throws -> Process {
        let process = Process()
        process.executableURL = try Self.binary(service)
        process.arguments = ["run"]
        var environment = inherited()
        environment["NUANXIN_AMQP_URL"] = try broker(service)
        environment["NUANXIN_\(service.uppercased())_DB"] = try database(service)
        environment["NUANXIN_\(service.uppercased())_SECRET"] = ServiceBench.secretText
        environment["NUANXIN_REGISTRY_KEY"] = String(repeating: "0123456789abcdef", count: 4)
        environment["NUANXIN_RETRY_SECONDS"] = "0,0,1,1,1,1,1,1,1,1"
        environment["NUANXIN_LOG_LEVEL"] = "notice"
        // Changed figures are published at once.
        environment["NUANXIN_EDITION_SECONDS"] = "1"
        environment.merge(extra) { _, new in new }
        process.environment = environment
        // Processes of one service share the log, and none writes over what another has written.
        let log = directory.appending(path: "\(service).log")
        let descriptor = open(log.path, O_WRONLY | O_APPEND | O_CREAT, 0o600)
        let handle = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        process.standardError = handle
        process.standardOutput = handle
        try process.run()
        processes.withLock { $0[process.processIdentifier] = process }
        return process
    }

    /// Ends a process at once, as a power failure would.
    public func kill(_ process: Process) {
        if process.isRunning { Glibc.kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
        forget(process)
    }

    /// Seconds after which a process that was asked to stop is killed; services promise eight.
    private static let longestStop = 60.0

    /// Asks a process to stop and waits until it has.
    public func stop(_ process: Process) {
        if process.isRunning { process.terminate() }
        let deadline = Date().addingTimeInterval(Self.longestStop)
        while process.isRunning, Date() < deadline { Thread.sleep(forTimeInterval: 0.01) }
        if process.isRunning {
            print("process \(process.processIdentifier) did not stop and is killed")
        }
        kill(process)
    }

    public func stopAll() {
        for process in processes.withLock({ Array($0.values) }) { stop(process) }
    }

    private func forget(_ process: Process) {
        processes.withLock { $0[process.processIdentifier] = nil }
    }

    public struct Finished: Sendable {
        public let status: Int32
        public let output: String
        public let error: String
    }

    /// Runs an executable of ours to its end.
    public func run(
        _ name: String, _ arguments: [String], _ environment: [String: String]
    ) throws -> Finished {
        try Self.run(
            Self.binary(name), arguments, inherited().merging(environment) { _, new in new })
    }

    /// Runs the operator's tool with this deployment's settings.
    public func tool(_ arguments: [String], user: String = "operator") throws -> Finished {
        try run("nuanxin", arguments, toolEnvironment(user: user))
    }

    /// Seconds after which a program that should have ended is killed, and has failed.
    private static let longestRun = 1_800.0

    /// Runs any program to its end; its output is bounded by what a test reads.
    public static func run(
        _ program: URL, _ arguments: [String], _ environment: [String: String]
    ) throws -> Finished {
        let scratch = FileManager.default.temporaryDirectory.appending(
            path: TestServers.uniqueName("run"))
        let files = ["out", "err"].map { scratch.appendingPathExtension($0) }
        for file in files { _ = FileManager.default.createFile(atPath: file.path, contents: nil) }
        defer { for file in files { try? FileManager.default.removeItem(at: file) } }
        let process = Process()
        process.executableURL = program
        process.arguments = arguments
        process.environment = environment
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = try FileHandle(forWritingTo: files[0])
        process.standardError = try FileHandle(forWritingTo: files[1])
        let ended = DispatchSemaphore(value: 0)
        process.terminationHandler = { _ in ended.signal() }
        try process.run()
        guard ended.wait(timeout: .now() + longestRun) == .success else {
            Glibc.kill(process.processIdentifier, SIGKILL)
            throw Failure(
                description: "\(program.lastPathComponent) did not end within \(longestRun) s")
        }
        return Finished(
            status: process.terminationStatus,
            output: try String(contentsOf: files[0], encoding: .utf8),
            error: try String(contentsOf: files[1], encoding: .utf8))
    }

    /// The environment without settings of ours.
    private func inherited() -> [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("NUANXIN_") }
    }

    // MARK: The broker

    /// As a deployment's, beside which a test has a user of its own, who may do everything.
    private func createVirtualHost() throws {
        try manage(
            "PUT", "users/admin", nil,
            body: #"{"password":"\#(servers.password)","tags":"administrator"}"#,
            as: "administrator")
        try manage("PUT", "vhosts/\(virtualHost)", nil)
        let definitions = try Topology().definitions(virtualHost: virtualHost) { _ in
            servers.password
        }
        let file = directory.appending(path: "definitions.json")
        try definitions.write(to: file)
        try manage("POST", "definitions", file)
        try manage(
            "PUT", "permissions/\(virtualHost)/admin", nil,
            body: #"{"configure":".*","write":".*","read":".*"}"#)
    }

    /// Calls the broker's management API.
    @discardableResult
    public func manage(
        _ method: String, _ path: String, _ file: URL?, body: String? = nil,
        as user: String = "admin"
    ) throws -> String {
        var arguments = [
            "-sS", "--fail-with-body", "-u", "\(user):\(servers.password)", "-X", method, "-H",
            "content-type: application/json",
            "\(servers.management)/api/\(path)",
        ]
        if let file { arguments += ["--data-binary", "@\(file.path)"] }
        if let body { arguments += ["--data-binary", body] }
        let finished = try Self.run(
            URL(filePath: "/usr/bin/curl"), arguments, ["PATH": "/usr/bin:/bin"])
        guard finished.status == 0 else {
            throw Failure(
                description: "\(method) \(path): \(finished.output) \(finished.error)")
        }
        return finished.output
    }

    // MARK: Waiting

    /// Asks again until `condition` holds; fails after `seconds`.
    public func eventually(
        _ what: String, within seconds: Double = 60, every pause: Double = 0.05,
        _ condition: () throws -> Bool
    ) throws {
        let deadline = Date().addingTimeInterval(seconds)
        while try !condition() {
            guard Date() < deadline else {
                throw Failure(description: "not within \(seconds) s: \(what)")
            }
            Thread.sleep(forTimeInterval: pause)
        }
    }
}
