import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

extension SystemTests {
    /// Reporting as it is delivered, but for loans in communities, in all it says to anybody.
    @Suite("What is suppressed, in a running deployment")
    struct SecrecyTests {
        private let deployment: Deployment
        private let funding: Client
        private let database: Connection

        /// Of three communities the first has three loans, and the second is hidden with it. In yuan, no other
        /// number of theirs.
        private static let loans: [(place: String, count: Int, yuan: Int64)] = [
            ("350203006001", 3, 12_347), ("350203006002", 8, 11_113), ("350203006003", 18, 10_007),
            ("350203006003", 2, 20_003),
        ]
        /// Of a single loan and of all that are hidden in one community; in fen they begin alike.
        private static let secrets = ["12347", "37041", "11113", "88904"]

        init() throws {
            deployment = try Deployment(
                "secrecy", services: ["reporting"],
                plan: .families(inCommunities: ["disbursement"]))
            funding = try Client(deployment.broker("funding"))
            database = try Connection(PostgresConfiguration(url: deployment.database("reporting")))
        }

        private func start(_ extra: [String: String] = [:]) throws -> Process {
            let settings = ["NUANXIN_LOG_LEVEL": "trace"]
            return try deployment.start("reporting", settings.merging(extra) { $1 })
        }

        private func lend(
            _ count: Int, yuan: Int64, in place: String, on day: BusinessDate = Sample.day
        ) throws {
            for _ in 0..<count {
                let id = UUID()
                let loan = LoanDisbursed(
                    LoanSubject(
                        loan: LoanID(id), fund: FundID(id),
                        programme: Sample.value(Programme("happiness-project")),
                        borrower: PersonID(id), territory: Sample.value(TerritoryCode(place)),
                        principalFen: .yuan(yuan)), businessDate: day)
                try funding.publish(fact: loan, subject: id, sequence: 1)
            }
            try funding.flush()
        }

        private func awaitPublished(_ loans: Int) throws {
            try deployment.eventually("\(loans) loans are published", within: 60) {
                try !database.run(
                    """
                    SELECT FROM dataset d WHERE d.name = 'funding' AND d.published = d.written
                      AND d.published > 0 AND is_published()
                      AND (SELECT count(*) FROM contribution) = \(Int64(loans))
                    """
                ).isEmpty
            }
        }

        private func get(_ path: String) throws -> String {
            let answer = try Deployment.run(
                URL(filePath: "/usr/bin/curl"), ["-sS", deployment.http("reporting") + path],
                ["PATH": "/usr/bin:/bin"])
            #expect(answer.status == 0, "\(path): \(answer.error)")
            return answer.output
        }

        /// The secrets that a text holds, not as a part of another number; points and commas of numbers aside.
        private func secrets(in text: String) -> [String] {
            let plain = text.replacing(/([0-9])[,.]([0-9])/) { "\($0.1)\($0.2)" }
            return Self.secrets.filter { secret in
                plain.ranges(of: secret).contains { range in
                    let after = plain[range.upperBound...]
                    return plain[..<range.lowerBound].last?.isHexDigit != true
                        && (after.first?.isHexDigit != true
                            || after.hasPrefix("00")
                                && after.dropFirst(2).first?.isHexDigit != true)
                }
            }
        }

        @Test func `Pages, datasets, metrics and the most talkative log say nothing of it`() throws
        {
            _ = try start()
            for loan in Self.loans { try lend(loan.count, yuan: loan.yuan, in: loan.place) }
            try awaitPublished(31)
            #expect(secrets(in: "37,041 37041.00") == ["37041"], "the search finds them")
            let datasets = [
                "snapshot?format=ndjson", "snapshot?format=csv", "events", "dictionary",
            ]
            let pages = [
                "", "families", "funding", "activities", "revisions", "data", "status",
                "methodology",
            ]
            let places = ["350203", "350203006"] + Self.loans.map(\.place)
            let paths =
                datasets.map { "/v1/datasets/funding/" + $0 }
                + ["zh", "en"].flatMap { language in
                    pages.map { "/\(language)/\($0)" }
                        + places.flatMap {
                            [
                                "/\(language)/territory/\($0)",
                                "/\(language)/funding?territory=\($0)",
                            ]
                        }
                } + ["/v1/datasets", "/metrics", "/readyz?verbose"]
            for path in paths {
                let text = try get(path)
                #expect(!text.isEmpty)
                #expect(secrets(in: text) == [], "\(path)")
            }
            let snapshot = try get("/v1/datasets/funding/snapshot?format=csv")
            let line =
                /350203006001,all,happiness-project,.*,loans_disbursed,,suppressed,,\d+,[^,\r]+\r\n/
            #expect(snapshot.contains(line))
            let log = try String(
                contentsOf: deployment.directory.appending(path: "reporting.log"), encoding: .utf8)
            #expect(log.contains("listening"))
            #expect(secrets(in: log) == [])
        }

        @Test func `Killed at any point of its editions, it has told nothing`() throws {
            var process = try start()
            var random = SeededRandom(UInt64(Self.loans.count))
            var count = 0
            for wave in 0..<6 {
                for loan in Self.loans {
                    let day = Sample.day.adding(days: wave * 11)
                    let some = Int.random(in: 1...loan.count, using: &random)
                    try lend(some, yuan: loan.yuan, in: loan.place, on: day)
                    count += some
                }
                Thread.sleep(forTimeInterval: Double.random(in: 0.2...1.6, using: &random))
                deployment.kill(process)
                process = try start()
            }
            try deployment.eventually("all are taken in") {
                try Proof.redrive(database)
                return try database.run("SELECT FROM contribution").count == count
            }
            try awaitPublished(count)
            let audit = try deployment.run(
                "reporting", ["protection", "audit"], deployment.toolEnvironment())
            #expect(audit.status == 0, "\(audit.output) \(audit.error)")
            let shown = try database.run(
                """
                SELECT s.figures[array_position(s.measures, 'loans_disbursed')] FROM summary s
                WHERE s.dataset = 'funding' AND s.territory = '350203' AND s.span = 'all'
                  AND s.programme = 'happiness-project' AND s.superseded_by IS NULL
                """
            ).map { try $0.decode(Int64.self, at: 0) }
            #expect(shown == [Int64(count)], "each loan is counted once")
        }

        /// A bulletin of one line.
        private func define(_ publisher: Client) throws {
            let district = Sample.value(TerritoryCode("350203"))
            _ = try database.run(
                """
                INSERT INTO place (code, name_zh, name_en, edition, version)
                VALUES (\(district), '区', 'District', '2020-01-01', 1)
                """)
            let loans = Sample.value(Programme("loans"))
            try publisher.publish(
                DefineBulletin(
                    version: 1, reason: "a test", territory: district,
                    sections: [.init(section: loans, nameZh: "借款", nameEn: "Loans")],
                    lines: [
                        .init(
                            number: 1, section: loans, nameZh: "借款", nameEn: "Loans",
                            measure: "loans_disbursed",
                            programme: Programme("happiness-project"), territory: district,
                            period: "all")
                    ]), id: UUID())
            try publisher.flush()
            try deployment.eventually("the bulletin is defined") {
                try database.run("SELECT FROM bulletin_definition").count == 1
            }
        }

        @Test func `A bulletin whose process is killed before it commits is frozen once`() throws {
            let process = try start()
            for loan in Self.loans { try lend(loan.count, yuan: loan.yuan, in: loan.place) }
            try awaitPublished(31)
            let publisher = try Client(deployment.broker("operator"))
            try define(publisher)
            deployment.kill(process)
            let dying = try start(["NUANXIN_CRASH_AT": "before-commit"])
            let id = UUID()
            let command = PublishBulletin(
                period: Sample.value(Period("2020-05")), publishedOn: Sample.day.adding(days: 40))
            try publisher.publish(command, id: id)
            try publisher.flush()
            dying.waitUntilExit()
            #expect(dying.terminationReason == .uncaughtSignal)
            #expect(try database.run("SELECT FROM bulletin_edition").isEmpty)
            _ = try start()
            try deployment.eventually("the bulletin is published") {
                try database.run("SELECT FROM bulletin_edition").count == 1
            }
        }
    }
}
