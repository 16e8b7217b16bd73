import ArgumentParser
import Foundation
import Messages
import Postgres
import Support

/// Pages of the dashboard at the reference data, read by many at once while messages flow.
struct Dashboard: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Milliseconds for a page, with readers at once and donations coming in.")

    @OptionGroup var output: Output
    @Option(help: "Readers at once.") var readers = 50
    @Option(help: "Seconds for each page.") var seconds = 15
    @Option(help: "Households of the scenario.") var households = 80_000

    private static let pages = [
        ("overview", "/zh/"), ("territory", "/zh/territory/350203007"),
        ("bulletin", "/zh/bulletin/2020-05"),
    ]

    func run() throws {
        let deployment = try Deployment("dashboard")
        defer { deployment.stopAll() }
        for service in ["registry", "funding", "events", "reporting"] {
            _ = try deployment.start(service)
        }
        try play(deployment)
        let fund = UUID()
        let client = try Client(deployment.broker("operator"))
        try client.publish(Donations(funds: [FundID(fund)]).open(FundID(fund)), receipt: false)
        try client.flush()
        let address = try deployment.http("reporting")
        let loader = try Loader(
            deployment.broker("operator"), fund: fund, pace: .gentle)
        defer { _ = try? loader.finish() }
        for (name, path) in Self.pages {
            let before = loader.confirmed
            let measured = try measure(address + path)
            let flowed = Double(loader.confirmed - before) / Double(seconds)
            output.print(
                "dashboard \(name)",
                [
                    "p50_ms": measured.p50, "p99_ms": measured.p99,
                    "pages_per_s": measured.rate.rounded(), "readers": Double(readers),
                    "messages_per_s": flowed.rounded(),
                ])
        }
    }

    /// The reference scenario, until reporting has published it.
    private func play(_ deployment: Deployment) throws {
        let scenario = deployment.directory.appending(path: "scenario").path
        output.note("playing the scenario of \(households) households")
        for arguments in [
            ["generate", "--out", scenario, "--households", "\(households)"], ["play", scenario],
        ] {
            let finished = try deployment.run(
                "scenario", arguments, deployment.toolEnvironment())
            guard finished.status == 0 else {
                throw Deployment.Failure(description: finished.output + finished.error)
            }
        }
        let reporting = try Connection(PostgresConfiguration(url: deployment.database("reporting")))
        try deployment.eventually("everything is published", within: Patience.work) {
            try reporting.run("SELECT is_published()").first?.decode(Bool.self, at: 0) == true
        }
    }

    private struct Measured {
        let p50: Double
        let p99: Double
        let rate: Double
    }

    private func measure(_ url: String) throws -> Measured {
        let finished = try Deployment.run(
            URL(filePath: "/usr/bin/wrk"),
            ["-t", "2", "-c", "\(readers)", "-d", "\(seconds)s", "--latency", url],
            ["PATH": "/usr/bin:/bin"])
        let text = finished.output
        guard finished.status == 0, !text.contains("Non-2xx"),
            let p50 = Self.milliseconds(text, "50%"), let p99 = Self.milliseconds(text, "99%"),
            let rate = text.firstMatch(of: /Requests\/sec:\s+([0-9.]+)/).flatMap({ Double($0.1) })
        else { throw Deployment.Failure(description: "wrk \(url): \(text) \(finished.error)") }
        return Measured(p50: p50, p99: p99, rate: rate)
    }

    /// A line such as `     50%   12.34ms`.
    private static func milliseconds(_ text: String, _ part: String) -> Double? {
        for line in text.split(separator: "\n") {
            let words = line.split(separator: " ")
            guard words.count == 2, words[0] == part,
                let match = words[1].firstMatch(of: /([0-9.]+)(us|ms|s)/),
                let number = Double(match.1)
            else { continue }
            return number * (match.2 == "us" ? 0.001 : match.2 == "ms" ? 1 : 1_000)
        }
        return nil
    }
}
