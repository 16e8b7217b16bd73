import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

extension SystemTests {
    /// Alerts, their pages and their tests, as lists.
    @Suite("What is watched")
    struct WatchTests {
        /// Names that stand in a file of `deploy/monitoring` after some words.
        private func names(_ file: String, after words: String) throws -> [String] {
            try Prometheus.text(file).split(separator: "\n").compactMap { line in
                guard let range = line.range(of: words) else { return nil }
                return String(line[range.upperBound...].prefix { $0.isLetter })
            }
        }

        private func promtool(_ arguments: String...) throws -> Deployment.Finished {
            try Deployment.run(Prometheus.tool, arguments, [:])
        }

        @Test func `Promtool accepts the configuration, the rules and their unit tests`() throws {
            let path = Prometheus.directory.path
            for name in ["prometheus.yml", "prometheus.cluster.yml"] {
                let config = try promtool("check", "config", "\(path)/\(name)")
                #expect(config.status == 0, "\(config.output) \(config.error)")
            }
            let tests = try promtool("test", "rules", "\(path)/alerts.test.yml")
            #expect(tests.status == 0, "\(tests.output) \(tests.error)")
        }

        @Test func `Each alert has a unit test that fires and one that does not, and a runbook`()
            throws
        {
            let alerts = try names("alerts.yml", after: "- alert: ")
            #expect(alerts.count >= 15 && Set(alerts).count == alerts.count)
            #expect(try names("alerts.test.yml", after: "- alertname: ") == alerts)
            #expect(try names("alerts.test.yml", after: "- {alertname: ") == alerts)
            #expect(try names("alerts.yml", after: "runbook_url: deploy/runbooks/") == alerts)
            #expect(try Runbook.names() == Set(alerts))
            let index = try String(
                contentsOf: Runbook.directory.appending(path: "README.md"), encoding: .utf8)
            for alert in alerts { #expect(index.contains("[\(alert)](\(alert).md)")) }
        }

        @Test func `Each runbook says what it means, how to see it, what to do, whom to call`()
            throws
        {
            for name in try Runbook.names() {
                let page = try Runbook(name)
                #expect(page.headings == Runbook.headings, "\(name)")
                let places = page.blocks.map(\.heading)
                #expect(Set(places) == ["How to see it", "What to do"], "\(name)")
            }
        }
    }

    /// A deployment in which one thing after the other goes wrong. Prometheus watches it by the deployed rules, whose
    /// minutes are seconds here.
    @Suite("Alerts and runbooks")
    struct AlertTests {
        @Test
        func `Every alert fires when something is wrong, and goes when its runbook is followed`()
            throws
        {
            let world = try WatchedDeployment()
            let faults = try Faults(world)
            var provoked: Set<String> = []
            for faults in faults.stages() {
                for fault in faults { try fault.begin() }
                for fault in faults { try world.awaitFiring(fault.alert, fault.service) }
                for fault in faults {
                    try world.follow(fault.alert, for: fault.service, fault.settings)
                }
                for fault in faults { try world.awaitEnd(fault.alert, fault.service) }
                provoked.formUnion(faults.map(\.alert))
            }
            #expect(try provoked == Runbook.names())
            try expectPeace(world)
            try expectMetrics(world)
        }

        private func expectPeace(_ world: WatchedDeployment) throws {
            var alerts: Set<Prometheus.Alert> = []
            try? world.deployment.eventually("there is no alert", within: 30) {
                alerts = try world.prometheus.alerts()
                return alerts.isEmpty
            }
            #expect(alerts.isEmpty)
        }

        /// A rule or a panel that names a metric which nobody gives would be silent for ever.
        private func expectMetrics(_ world: WatchedDeployment) throws {
            let known = try world.prometheus.metrics()
            let named = try Prometheus.text("alerts.yml").matches(
                of: /\b(nuanxin|rabbitmq)_[a-z_]+/)
            #expect(named.count >= 17)
            for match in named { #expect(known.contains(String(match.output.0))) }
            let expressions = try Dashboards.expressions()
            #expect(expressions.count >= 30)
            for expression in expressions {
                let count = try world.prometheus.count(expression)
                #expect(count > 0, "\(expression)")
            }
        }
    }
}

/// The queries of the dashboards that are deployed.
private enum Dashboards {
    private struct Dashboard: Decodable {
        struct Panel: Decodable {
            struct Target: Decodable { let expr: String }
            let targets: [Target]?
        }
        let panels: [Panel]
    }

    static func expressions() throws -> [String] {
        let directory = Prometheus.directory.appending(path: "grafana/dashboards")
        let files = try FileManager.default.contentsOfDirectory(
            at: directory, includingPropertiesForKeys: nil)
        return try files.flatMap { file in
            try JSONDecoder().decode(Dashboard.self, from: Data(contentsOf: file)).panels
                .flatMap { $0.targets ?? [] }.map(\.expr)
        }
    }
}
