import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

extension SystemTests {
    /// The dashboard as a process serves it: over HTTP, and in a real browser.
    @Suite("The dashboard over HTTP and in a browser")
    struct DashboardTests {
        private let deployment: Deployment
        private let address: String

        init() throws {
            deployment = try Deployment("dashboard", services: ["reporting"])
            let contract = Project.file("deploy/contract").path
            _ = try deployment.start("reporting", ["NUANXIN_CONTRACT": contract])
            address = try deployment.http("reporting")
            try Self.publishFacts(deployment)
        }

        private static let programme = "accident-insurance"
        private static let community = Sample.value(TerritoryCode("350203006001"))

        /// Names, households and insurance of three months, published to the stream.
        private static func publishFacts(_ deployment: Deployment) throws {
            let registry = try Client(deployment.broker("registry"))
            let names = [
                ("350203", "思明区", "Siming District"), ("350203001", "厦港街道", "Xiagang Subdistrict"),
                ("350203006", "鹭江街道", "Lujiang Subdistrict"),
                ("350203006001", "甲<b>社区", "A<b> Community"),
            ]
            try registry.publish(
                fact: TerritoryLoaded(
                    edition: Sample.day, source: "test",
                    units: names.map {
                        TerritoryUnit(
                            code: Sample.value(TerritoryCode($0.0)), nameZh: $0.1, nameEn: $0.2,
                            validFrom: Sample.day)
                    }), subject: UUID(), sequence: 1)
            let funding = try Client(deployment.broker("funding"))
            for month in 0..<3 {
                let run = UUID()
                try funding.publish(
                    fact: EnrolmentInsured(
                        run: RunID(run), product: ProductID(run),
                        programme: Sample.value(Programme(programme)), territory: community,
                        basis: .onlyChildParents, households: 68_050 + month,
                        premiumFen: Fen(rawValue: 562_690_000), policyYear: 2020,
                        businessDate: Sample.day.adding(days: -31 * month)),
                    subject: run, sequence: 1)
            }
            try registry.flush()
            try funding.flush()
            let connection = try Connection(
                PostgresConfiguration(url: deployment.database("reporting")))
            try deployment.eventually("everything is published") {
                try !connection.run(
                    """
                    SELECT FROM dataset d WHERE d.name = 'funding' AND d.published = d.written
                      AND is_published()
                      AND (SELECT count(*) FROM contribution WHERE source = 'insurance') = 3 AND (SELECT count(*) FROM place) = 4
                      AND d.published > 0
                    """
                ).isEmpty
            }
            try define(bulletin, deployment, connection)
        }

        /// One line, of the households that are insured.
        private static var bulletin: DefineBulletin {
            let section = Sample.value(Programme("insurance"))
            return DefineBulletin(
                version: 1, reason: "a test", territory: Sample.district,
                sections: [.init(section: section, nameZh: "保险", nameEn: "Insurance")],
                lines: [
                    .init(
                        number: 1, section: section, nameZh: "参保家庭",
                        nameEn: "Insured households", measure: "insured_households",
                        programme: Programme(programme), territory: Sample.district, period: "all")
                ])
        }

        private static func define(
            _ bulletin: DefineBulletin, _ deployment: Deployment, _ connection: Connection
        ) throws {
            let client = try Client(deployment.broker("operator"))
            try client.publish(bulletin)
            try client.flush()
            try deployment.eventually("there is a bulletin") {
                try !connection.run("SELECT 1 FROM bulletin_line").isEmpty
            }
        }

        // MARK: Over HTTP

        private struct Answer {
            let status: Int
            let headers: [String: String]
            let body: String
        }

        private func get(_ path: String, _ headers: [String] = []) throws -> Answer {
            let finished = try Deployment.run(
                URL(filePath: "/usr/bin/curl"),
                ["-sS", "-i"] + headers.flatMap { ["-H", $0] } + [address + path],
                ["PATH": "/usr/bin:/bin"])
            #expect(finished.status == 0, "\(finished.error)")
            let parts = finished.output.split(separator: "\r\n\r\n", maxSplits: 1)
            let lines = (parts.first ?? "").split(separator: "\r\n")
            let fields = lines.dropFirst().compactMap { line -> (String, String)? in
                guard let colon = line.firstIndex(of: ":") else { return nil }
                return (line[..<colon].lowercased(), String(line[colon...].dropFirst(2)))
            }
            return Answer(
                status: Int(lines.first?.split(separator: " ").dropFirst().first ?? "") ?? 0,
                headers: Dictionary(fields, uniquingKeysWith: { $1 }),
                body: parts.count > 1 ? String(parts[1]) : "")
        }

        @Test func `the root leads to the language that the browser asks for`() throws {
            defer { deployment.stopAll() }
            for (language, path) in [
                ("en-GB,en;q=0.9", "/en/"), ("zh-CN", "/zh/"), ("fr", "/zh/"),
            ] {
                let answer = try get("/", ["accept-language: \(language)"])
                #expect(answer.status == 302)
                #expect(answer.headers["location"] == path)
                #expect(answer.headers["vary"] == "Accept-Language")
            }
            let bulletin = try get("/bulletin/2020-05?edition=1", ["accept-language: en"])
            #expect(bulletin.headers["location"] == "/en/bulletin/2020-05?edition=1")
            #expect(try get("/bulletin/2020").status == 404)
        }

        @Test func `a page may run no script and load nothing of others, and is not sent twice`()
            throws
        {
            defer { deployment.stopAll() }
            let page = try get("/en/data")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.headers["content-language"] == "en")
            let policy = try #require(page.headers["content-security-policy"])
            #expect(policy.contains("default-src 'none'") && !policy.contains("script"))
            #expect(page.headers["x-content-type-options"] == "nosniff")
            #expect(page.headers["cache-control"] == "no-cache")
            let tag = try #require(page.headers["etag"])
            let again = try get("/en/data", ["if-none-match: \(tag)"])
            #expect(again.status == 304)
            #expect(again.body.isEmpty)
            let sheet = try #require(page.body.firstMatch(of: /rel="stylesheet" href="([^"]+)"/)?.1)
            let style = try get(String(sheet))
            #expect(style.status == 200)
            #expect(style.headers["content-type"] == "text/css; charset=utf-8")
            #expect(style.headers["cache-control"]?.contains("immutable") == true)
        }

        @Test func `a wrong parameter is named, and an unknown page is a page`() throws {
            defer { deployment.stopAll() }
            for (path, parameter) in [
                ("/en/?period=2020-13", "period"), ("/en/funding?territory=3502x", "territory"),
                ("/en/territory/35", "territory"), ("/en/bulletin/2020-Q1", "month"),
                ("/en/bulletin/2020-05?edition=0", "edition"), ("/en/revisions?before=1", "before"),
                ("/en/?period=%3Cb%3E", "period"),
            ] {
                let answer = try get(path)
                #expect(answer.status == 400, "\(path)")
                #expect(answer.body.contains("<code>\(parameter)</code>"), "\(path)")
                #expect(!answer.body.contains("<b>"))
            }
            for path in ["/en/nothing", "/zh/territory/350203999", "/zh/a/b/c"] {
                let answer = try get(path)
                #expect(answer.status == 404, "\(path)")
                #expect(answer.body.contains("<h1>"), "\(path)")
            }
        }

        @Test func `the contract is there to read, and its files as they are committed`() throws {
            defer { deployment.stopAll() }
            let list = try get("/en/contract")
            #expect(list.status == 200)
            #expect(list.body.contains("/en/contract/funding.donation.receive.v1"))
            let schema = try get("/contract/schemas/funding.donation.receive.v1.json")
            #expect(schema.headers["content-type"] == "application/json")
            #expect(schema.body.contains("2020-12/schema"))
            for path in [
                "/contract/../Package.swift", "/contract/%2e%2e/Package.swift", "/contract/schemas",
                "/en/contract/no.such.type",
            ] {
                #expect(try get(path).status == 404, "\(path)")
            }
        }

        @Test func `a HEAD request has the headers of the page and no body`() throws {
            defer { deployment.stopAll() }
            for path in ["/en/data", "/v1/datasets", "/v1/datasets/funding/snapshot", "/readyz"] {
                let finished = try Deployment.run(
                    URL(filePath: "/usr/bin/curl"), ["-sS", "-I", address + path],
                    ["PATH": "/usr/bin:/bin"])
                #expect(finished.output.hasPrefix("HTTP/1.1 200"), "\(path): \(finished.output)")
                #expect(finished.status == 0, "\(finished.error)")
            }
        }

        // MARK: In a browser

        @Test func `in a browser every page is whole, readable and usable in both languages`()
            throws
        {
            defer { deployment.stopAll() }
            let script = Project.file("Tests/Browser/dashboard.py")
            let finished = try Deployment.run(
                URL(filePath: "/usr/bin/python3"),
                [script.path, address, "2020-05", "350203", "350203006", "350203006001"],
                ["PATH": "/usr/bin:/bin", "HOME": deployment.directory.path])
            #expect(
                finished.status == 0,
                "\(finished.output.suffix(6_000)) \(finished.error.suffix(2_000))")
            print(finished.output.split(separator: "\n").last ?? "")
        }
    }
}
