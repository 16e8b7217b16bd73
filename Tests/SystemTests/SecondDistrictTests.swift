import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

extension SystemTests {
    /// Another district than that of the reference scenario: another code, other programmes, rules, words and months.
    @Suite("A second district, from its seeds to its bulletin")
    struct SecondDistrictTests {
        private let deployment: Deployment
        private let address: String

        private static let seeds = Project.file("seeds")
        private static let district = Sample.value(TerritoryCode("990102"))
        private static let street = Sample.value(TerritoryCode("990102001"))
        private static let community = Sample.value(TerritoryCode("990102001001"))
        private static let lending = Sample.value(Programme("small-business-loan"))

        init() throws {
            deployment = try Deployment("second", plan: .asDefined)
            for service in ["registry", "funding", "events", "reporting"] {
                _ = try deployment.start(service)
            }
            address = try deployment.http("reporting")
            try deployment.tool([
                "district", "define", Self.seeds.appending(path: "second-district").path,
            ]).check()
            try Self.happen(deployment)
            try Self.publish(deployment)
        }

        // MARK: What happens there

        private static func day(_ text: String) -> BusinessDate {
            Sample.value(BusinessDate(text))
        }

        private static let officers = DistrictOfficers([community, street, district])

        private static func actor(_ territory: TerritoryCode) -> Actor {
            officers.actor(of: territory)
        }

        /// Publishes commands with the tool, which waits for their receipts.
        private static func send(
            _ commands: [any Command], _ deployment: Deployment
        ) throws -> Deployment.Finished {
            let encoder = MessageEncoder()
            var lines: [UInt8] = []
            for command in commands {
                let header = Header(
                    id: UUID(), source: "test", type: type(of: command).type, time: .now())
                lines += try encoder.encode(header, command) + [UInt8(ascii: "\n")]
            }
            let file = deployment.directory.appending(path: "commands.ndjson")
            try Data(lines).write(to: file)
            return try deployment.tool(["publish", file.path])
        }

        /// A man borrows 45,000 yuan, and two programmes of one series hold a session each.
        private static func happen(_ deployment: Deployment) throws {
            let (fund, loan, borrower) = (FundID(UUID()), LoanID(UUID()), PersonID(UUID()))
            func apply(_ yuan: Int64, for loan: LoanID) -> ApplyForLoan {
                ApplyForLoan(
                    loan: loan, fund: fund, borrower: borrower, principalFen: .yuan(yuan),
                    appliedOn: day("2024-03-04"), actor: actor(community))
            }
            var steps: [[any Command]] =
                officers.enrolment() + [
                    [
                        RegisterHousehold(
                            household: HouseholdID(UUID()), territory: community,
                            registeredOn: day("2024-01-15"),
                            members: [
                                NewMember(
                                    person: borrower, role: .head, name: "测试",
                                    residentId: Sample.value(ResidentID("990102197003070012")))
                            ], categories: []),
                        OpenFund(
                            fund: fund, kind: .revolving, programme: lending, territory: district,
                            nameZh: "周转金", nameEn: "Revolving fund", openedOn: day("2024-01-08")),
                    ],
                    [
                        DepositToFund(
                            deposit: DepositID(UUID()), fund: fund, amountFen: .yuan(200_000),
                            businessDate: day("2024-02-01"))
                    ],
                    [apply(45_000, for: loan)],
                    [
                        EndorseLoan(
                            loan: loan, endorsedOn: day("2024-03-11"), actor: actor(street))
                    ],
                    [
                        ApproveLoan(
                            loan: loan, approvedOn: day("2024-03-20"), actor: actor(district))
                    ],
                    [DisburseLoan(loan: loan, businessDate: day("2024-04-02"))],
                ]
            for (programme, kind, count) in [
                ("green-summer", ActivityKind.outdoor, 12), ("reading-hour", .class, 30),
            ] {
                steps += session(Sample.value(Programme(programme)), kind, count)
            }
            for step in steps { try send(step, deployment).check() }
            let refused = try send([apply(50_001, for: LoanID(UUID()))], deployment)
            #expect(refused.status == 4)
            #expect(refused.error.contains("500000 to 5000000 fen"), "\(refused.error)")
        }

        private static func session(
            _ programme: Programme, _ kind: ActivityKind, _ count: Int
        ) -> [[any Command]] {
            let (activity, session) = (ActivityID(UUID()), SessionID(UUID()))
            return [
                [
                    PlanActivity(
                        activity: activity, kind: kind, theme: "together", programme: programme,
                        audience: .everyone, territory: community, titleZh: "同行日",
                        titleEn: "A day together", plannedOn: day("2024-04-01"))
                ],
                [
                    OpenSession(
                        session: session, activity: activity, startsOn: day("2024-04-13"),
                        territory: community)
                ],
                [
                    RecordHeadcount(
                        headcount: HeadcountID(UUID()), session: session, count: count,
                        method: .counted, recordedOn: day("2024-04-13"))
                ],
                [CloseSession(session: session, closedOn: day("2024-04-14"))],
            ]
        }

        /// An edition of all of it, and the bulletin of April.
        private static func publish(_ deployment: Deployment) throws {
            let reporting = try Connection(
                PostgresConfiguration(url: deployment.database("reporting")))
            try deployment.eventually("all is counted", within: 30) {
                try !reporting.run(
                    """
                    SELECT 1 FROM contribution WHERE source IN ('disbursement', 'session', 'attendance')
                    HAVING count(*) >= 5 AND NOT EXISTS (SELECT FROM delta)
                    """
                ).isEmpty
            }
            try deployment.tool(["edition", "publish", "--reason", "a test", "--wait", "30"])
                .check()
            let bulletin = PublishBulletin(
                period: Sample.value(Period("2024-04")), publishedOn: day("2024-05-08"))
            try send([bulletin], deployment).check()
        }

        // MARK: What readers see

        private func get(_ path: String) throws -> String {
            let finished = try Deployment.run(
                URL(filePath: "/usr/bin/curl"), ["-sS", "--fail-with-body", address + path],
                ["PATH": "/usr/bin:/bin"])
            #expect(finished.status == 0, "\(path): \(finished.error)")
            return finished.output
        }

        private static let pages = [
            "", "families", "funding", "activities", "territory/990102", "territory/990102001",
            "series", "key-tasks", "bulletin", "bulletin/2024-04", "bulletin/2024-04?by=series",
            "bulletin/2024-04?by=key_task", "revisions", "methodology", "data", "status",
        ]

        /// Everything that a reader or an operator can look at, by where it stands.
        private func outputs() throws -> [(name: String, text: String)] {
            var outputs: [(String, String)] = []
            for language in ["zh", "en"] {
                for page in Self.pages {
                    outputs.append((page, try get("/\(language)/\(page)")))
                }
            }
            let base = "/v1/datasets"
            outputs.append((base, try get(base)))
            for dataset in ["families", "funding", "activities"] {
                for path in [
                    "dictionary", "snapshot?format=csv", "snapshot?format=ndjson", "events",
                    "groups?by=series", "groups?by=key_task",
                ] {
                    outputs.append((path, try get("\(base)/\(dataset)/\(path)")))
                }
            }
            for arguments in [
                ["figures"], ["figures", "--by", "series"], ["figures", "--json"],
                ["figures", "--territory", "990102"], ["bulletin", "show"], ["plan", "show"],
            ] {
                let finished = try deployment.tool(arguments).check()
                outputs.append((arguments.joined(separator: " "), finished.output))
            }
            return outputs
        }

        /// The reference district's own codes, places, programmes, words and sections.
        private static func siming() throws -> Set<String> {
            func strings(_ value: Any, _ names: Set<String>) -> [String] {
                switch value {
                case let list as [Any]: list.flatMap { strings($0, names) }
                case let object as [String: Any]:
                    object.flatMap { name, value in
                        (value as? String).map { names.contains(name) ? [$0] : [] }
                            ?? strings(value, names)
                    }
                default: []
                }
            }
            func read(_ file: String, _ names: Set<String>) throws -> [String] {
                let data = try Data(contentsOf: seeds.appending(path: file))
                return strings(try JSONSerialization.jsonObject(with: data), names)
            }
            let names: Set<String> = ["nameZh", "nameEn"]
            let all =
                try read("territory.json", names.union(["code"]))
                + read("programmes.json", names.union(["programme"])) + read("words.json", names)
                + ["Siming", "思明", "Xiamen", "厦门"]
            return Set(all)
        }

        @Test func `its bulletin says what happened there, and nothing of Siming stands anywhere`()
            throws
        {
            defer { deployment.stopAll() }
            let bulletin = try get("/en/bulletin/2024-04")
            let month = "funding/990102/2024-04/small-business-loan/capital_lent_fen"
            #expect(bulletin.contains("data-cell=\"\(month)\""))
            #expect(bulletin.contains("<data value=\"4500000\">"))
            #expect(bulletin.contains("Days in the field"))
            #expect(bulletin.contains("were lent"))
            #expect(bulletin.contains("Edition 1, published on 2024-05-08"))
            #expect(try get("/zh/").contains("青禾区"))
            #expect(try get("/en/activities").contains("days in the field"))

            let forbidden = try Self.siming()
            #expect(forbidden.count > 100)
            for (name, text) in try outputs() {
                let found = forbidden.filter { text.contains($0) }
                #expect(found.isEmpty, "\(name): \(found.sorted().prefix(5))")
            }
        }

        @Test func `its series are sums over its own programmes`() throws {
            defer { deployment.stopAll() }
            struct Answer: Decodable {
                struct Group: Decodable {
                    let code: String
                    let programmes: [String]
                    let measures: [String: PublishedFigure]
                    let notAddedUp: [String]
                }
                let territory: TerritoryCode
                let edition: Int64
                let groups: [Group]
            }
            let path = "/v1/datasets/activities/groups?by=series&period=2024-04"
            let answer = try JSONDecoder().decode(Answer.self, from: Data(get(path).utf8))
            #expect(answer.territory == Self.district)
            #expect(answer.groups.map(\.code) == ["side-by-side", "standing-up"])
            let series = try #require(answer.groups.first)
            #expect(series.programmes == ["green-summer", "reading-hour"])
            #expect(series.measures["sessions_held"]?.value == 2)
            #expect(series.measures["attendance_person_times"]?.value == 42)

            let cells = try get("/v1/datasets/activities/snapshot?format=csv&series=side-by-side")
            #expect(cells.contains(",green-summer,") && cells.contains(",reading-hour,"))
            let lending = try get("/v1/datasets/funding/snapshot?format=csv&key_task=upbringing")
            #expect(lending.split(separator: "\r\n").count == 1, "the head alone")
            let wrong = try Deployment.run(
                URL(filePath: "/usr/bin/curl"),
                ["-sS", address + "/v1/datasets/funding/snapshot?series=luck"],
                ["PATH": "/usr/bin:/bin"])
            #expect(wrong.output.contains("\"pointer\":\"/series\""))
            #expect(wrong.output.contains("side-by-side, standing-up"))
            let figures = try deployment.tool([
                "figures", "--territory", "990102", "--series", "side-by-side", "--json",
            ]).check()
            #expect(figures.output.contains("reading-hour"))
            #expect(!figures.output.contains("small-business-loan"))
        }
    }
}
