public import Foundation
import ServiceKit

/// Prometheus as a process of a test, with a copy of what `deploy/monitoring` deploys in which time passes faster:
/// everything is asked each second, and the minutes of the rules are seconds.
public final class Prometheus {
    /// An alert whose condition holds: it is pending until its time has come, then it fires.
    public struct Alert: Hashable, Sendable {
        public let name: String
        public let service: String
        public let isFiring: Bool
    }

    public static let directory = Project.file("deploy/monitoring")
    public static let tool = URL(filePath: "/usr/bin/promtool")
    private static let program = URL(filePath: "/usr/bin/prometheus")

    private let process = Process()
    private let http: PlainHTTP

    /// - Parameters:
    ///   - directory: for its data and what it says; to be deleted by the caller.
    ///   - targets: where in this test is what the deployed configuration names as `host:port`.
    public init(in directory: URL, targets: [String: String]) throws {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let configuration = directory.appending(path: "prometheus.yml")
        try Self.configuration(targets).write(to: configuration, atomically: true, encoding: .utf8)
        try Self.hastened(Self.text("alerts.yml")).write(
            to: directory.appending(path: "alerts.yml"), atomically: true, encoding: .utf8)
        let port = Int(try TestServers.freePort())
        http = PlainHTTP(host: "127.0.0.1", port: port)
        process.executableURL = Self.program
        process.arguments = [
            "--config.file=\(configuration.path)", "--log.level=warn",
            "--storage.tsdb.path=\(directory.appending(path: "data").path)",
            "--web.listen-address=127.0.0.1:\(port)",
        ]
        let log = directory.appending(path: "prometheus.log")
        _ = FileManager.default.createFile(atPath: log.path, contents: nil)
        process.standardError = try FileHandle(forWritingTo: log)
        try process.run()
    }

    deinit { stop() }

    public func stop() {
        guard process.isRunning else { return }
        process.terminate()
        process.waitUntilExit()
    }

    // MARK: What is deployed

    /// A file of `deploy/monitoring`.
    public static func text(_ name: String) throws -> String {
        try String(contentsOf: directory.appending(path: name), encoding: .utf8)
    }

    static func configuration(_ targets: [String: String]) throws -> String {
        let text = try text("prometheus.yml").replacing(/\b1[05]s\b/, with: "1s")
        return targets.reduce(text) { $0.replacing("\"\($1.key)\"", with: "\"\($1.value)\"") }
    }

    static func hastened(_ rules: String) -> String {
        rules.replacing(/\b([0-9]+)m\b/) { "\($0.output.1)s" }.replacing("* 60", with: "* 1")
    }

    // MARK: What it knows

    private struct Answer<Content: Decodable>: Decodable { let data: Content }

    public func alerts() throws -> Set<Alert> {
        struct Content: Decodable {
            struct Item: Decodable {
                let labels: [String: String]
                let state: String
            }
            let alerts: [Item]
        }
        return Set(
            try ask("/api/v1/alerts", for: Content.self).alerts.map {
                Alert(
                    name: $0.labels["alertname"] ?? "", service: $0.labels["service"] ?? "",
                    isFiring: $0.state == "firing")
            })
    }

    /// Names of all metrics that it has got from anywhere.
    public func metrics() throws -> Set<String> {
        Set(try ask("/api/v1/label/__name__/values", for: [String].self))
    }

    /// How many series an expression gives.
    public func count(_ expression: String) throws -> Int {
        struct Content: Decodable {
            struct Series: Decodable {}
            let result: [Series]
        }
        let escaped =
            expression.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? expression
        return try ask("/api/v1/query?query=\(escaped)", for: Content.self).result.count
    }

    private func ask<Content: Decodable>(_ path: String, for type: Content.Type) throws -> Content {
        let answer = try http.send("GET", path)
        guard answer.status == 200 else {
            throw Deployment.Failure(
                description: "Prometheus says \(answer.status): \(answer.body)")
        }
        return try JSONDecoder().decode(Answer<Content>.self, from: Data(answer.body.utf8)).data
    }
}
