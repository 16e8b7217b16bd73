import Foundation
import Messages
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

        /// A household whose head has died.
        private func family() throws -> (household: HouseholdID, head: PersonID) {
            let (household, head) = (HouseholdID(UUID()), PersonID(UUID()))
            let codes = try ["350203", "350203007", "350203007901"].map {
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
                        Self.member(.spouse, PersonID(UUID()), "11010519491231002X"),
                    ], categories: []))
            try publish(RecordDeath(person: head, diedOn: Self.date("2020-02-01")))
            return (household, head)
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
    }
}
