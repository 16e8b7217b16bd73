import Foundation
import Messages
import ServiceKit
import Support
import Testing

extension SystemTests {
    @Suite("Histories and tasks from the tool")
    struct RecordToolTests {
        private let deployment: Deployment
        private let client: Client

        init() throws {
            let services = ["registry", "funding", "events"]
            deployment = try Deployment("records", services: services)
            for service in services { _ = try deployment.start(service) }
            client = try Client(deployment.broker("operator"))
        }

        private func publish(_ command: any Command) throws {
            try client.publish(command, receipt: false)
            try client.flush()
        }

        private static func date(_ text: String) throws -> BusinessDate {
            try #require(BusinessDate(text))
        }

        private static func member(
            _ role: Role, _ person: PersonID, _ residentId: String
        ) throws -> NewMember {
            let number: ResidentID = try #require(ResidentID(residentId))
            return NewMember(
                person: person, role: role, name: "合成", residentId: number, phone: "13800000001")
        }

        private static let community = "350203007901"

        /// A household of two.
        private func household() throws -> (
            household: HouseholdID, head: PersonID, spouse: PersonID
        ) {
            let household = HouseholdID(UUID())
            let (head, spouse) = (PersonID(UUID()), PersonID(UUID()))
            let codes = try ["350203", "350203007", Self.community].map {
                try #require(TerritoryCode($0))
            }
            try publish(
                LoadTerritory(
                    edition: Self.date("2023-12-31"), source: "test",
                    units: codes.map {
                        TerritoryUnit(
                            code: $0, nameZh: "示例", nameEn: "Sample",
                            validFrom: try Self.date("2000-01-01"))
                    }))
            try publish(
                RegisterHousehold(
                    household: household, territory: codes[2],
                    registeredOn: Self.date("2019-06-01"),
                    members: [
                        Self.member(.head, head, "350203197001010027"),
                        Self.member(.spouse, spouse, "11010519491231002X"),
                    ], categories: []))
            return (household, head, spouse)
        }

        /// A household whose head has died.
        private func family() throws -> (household: HouseholdID, head: PersonID) {
            let family = try household()
            try publish(RecordDeath(person: family.head, diedOn: Self.date("2020-02-01")))
            return (family.household, family.head)
        }

        /// A session, and who was there.
        private func session(_ people: PersonID...) throws -> SessionID {
            let (activity, session) = (ActivityID(UUID()), SessionID(UUID()))
            try publish(
                PlanActivity(
                    activity: activity, kind: .teaTalk, theme: "mutual help",
                    programme: try #require(Programme("warm-home")), audience: .everyone,
                    territory: try #require(TerritoryCode("350203")), titleZh: "示例茶话会",
                    titleEn: "Sample tea talk", plannedOn: Self.date("2020-05-01")))
            try publish(
                OpenSession(
                    session: session, activity: activity, startsOn: Self.date("2020-05-26"),
                    territory: try #require(TerritoryCode(Self.community))))
            for person in people {
                try publish(
                    RecordAttendance(
                        PartySubject(person: person), attendance: AttendanceID(UUID()),
                        session: session, recordedOn: Self.date("2020-05-26")))
            }
            return session
        }

        @Test func `a death is a step of a history, and what it demands is a task`() throws {
            let family = try family()
            var listed = ""
            try deployment.eventually("the task is listed", within: 60) {
                let tasks = try deployment.tool(["tasks", "--territory", "350203007"])
                listed = tasks.output
                return tasks.status == 0 && listed.contains("name_successor")
            }
            #expect(listed.contains(family.household.description))
            let json = try deployment.tool(["tasks", "--json"]).check().output
            #expect(json.contains(#""kind":"name_successor""#))
            let chinese = try deployment.tool(["tasks", "--lang", "zh"]).check().output
            #expect(chinese.contains("name_successor  确定新的户主"))
            let history = try deployment.tool(["history", family.head.description]).check().output
            let registered = try #require(history.range(of: HouseholdRegistered.type))
            let died = try #require(history.range(of: "2020-02-01  \(PersonDied.type)"))
            #expect(registered.lowerBound < died.lowerBound)
            #expect(history.contains("of operator"))
        }

        @Test func `of a record that nobody knows there is no history`() throws {
            let finished = try deployment.tool(["history", UUID().wireText])
            #expect(finished.status == 4)
            #expect(finished.error.contains("no service knows"))
        }

        @Test func `A roster is asked page by page, and printed as a table or as JSON`() throws {
            let family = try household()
            let session = try session(family.head, family.spouse)
            let query = [
                "query", GetSession.type, "--set", "session=\(session)", "--set", "part=roster",
            ]
            var whole: JSONValue = .null
            try deployment.eventually("both are on the roster", within: 60) {
                let asked = try deployment.tool(query + ["--set", "limit=1", "--json"])
                guard asked.status == 0 else { return false }
                whole = try JSONValue(Array(asked.output.utf8))
                return whole["roster"]?.items.count == 2
            }
            #expect(
                Set(whole["roster"]?.items.compactMap { $0["person"]?.string } ?? [])
                    == [family.head.description, family.spouse.description])
            #expect(whole["nextAttendance"] == nil)
            let table = try deployment.tool(query).check().output
            #expect(table.contains("session.state: open"))
            #expect(table.contains("roster: 2\nattendance "))
            #expect(!table.contains("waitlist"))
            let cut = try deployment.tool(query + ["--limit", "1"]).check()
            #expect(cut.output.contains("roster: 1\n"))
            #expect(cut.error.contains("there are more"))
        }

        @Test func `Publishing a query prints its answer; what is refused says where and why`()
            throws
        {
            let family = try household()
            let file = deployment.directory.appending(path: "household.message")
            try deployment.eventually("the household is answered", within: 60) {
                let header = Header(
                    id: UUID(), source: "test", type: GetHousehold.type, time: .now())
                let query = GetHousehold(household: family.household)
                try Data(MessageEncoder().encode(header, query)).write(to: file)
                let published = try deployment.tool(["publish", "--json", file.path])
                let line = try JSONValue(Array(published.output.utf8))
                return line["answer"]?["household"]?.string == family.household.description
            }
            let members = try deployment.tool([
                "query", ListMemberships.type, "--set", "person=\(family.head)",
            ])
            .check().output
            #expect(members == "memberships: none\nperson: \(family.head)\n")
            let unknown = try deployment.tool([
                "query", GetHousehold.type, "--set", "household=\(UUID().wireText)",
            ])
            #expect(unknown.status == 4)
            #expect(unknown.error.contains("refused: unknown_household at /data/household"))
        }
    }
}
