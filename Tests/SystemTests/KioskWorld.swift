import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

/// A session, the service of events, and the example of a kiosk in front of it.
struct KioskWorld {
    private let deployment: Deployment
    private let client: Client
    private let registry: Client
    private let activity = ActivityID(UUID())
    private let session = SessionID(UUID())

    private var spool: URL { deployment.directory.appending(path: "kiosk.spool") }

    init() throws {
        deployment = try Deployment("kiosk", services: ["events"])
        _ = try deployment.start("events")
        client = try Client(deployment.broker("operator"))
        registry = try Client(deployment.broker("registry"))
    }

    func newcomer() -> PersonID { PersonID(UUID()) }

    private static func date(_ text: String) throws -> BusinessDate {
        try #require(BusinessDate(text))
    }

    private static func territory(_ code: String) throws -> TerritoryCode {
        try #require(TerritoryCode(code))
    }

    func openSession(capacity: Int) throws {
        let programme = try #require(Programme("warm-home"))
        try client.publish(
            PlanActivity(
                activity: activity, kind: .teaTalk, theme: "mutual help", programme: programme,
                audience: .everyone, territory: Self.territory("350203"), titleZh: "示例茶话会",
                titleEn: "Sample tea talk", plannedOn: Self.date("2020-05-01")), receipt: false)
        try client.publish(
            OpenSession(
                session: session, activity: activity, startsOn: Self.date("2020-05-26"),
                territory: Self.territory("350203007901"), capacity: capacity), receipt: false)
        try client.flush()
    }

    /// Registry has registered them.
    func register(_ people: [PersonID]) throws {
        for person in people {
            try registry.publish(
                fact: PersonRegistered(
                    person: person, territory: Self.territory("350203007901"),
                    registeredOn: Self.date("2018-01-01"), birthDate: Self.date("1970-05-01"),
                    sex: .female), subject: person.uuid, sequence: 1)
        }
        try registry.flush()
        let ids = people.map(\.uuid)
        let database = try deployment.database("events")
        try deployment.eventually("events knows them", within: 30) {
            try Self.count("SELECT count(*) FROM person WHERE id = ANY(\(ids))", database)
                == ids.count
        }
    }

    /// Waits until so many attendances are recorded.
    func awaitAttendances(_ count: Int) throws {
        let database = try deployment.database("events")
        try deployment.eventually("\(count) are recorded", within: 30) {
            try Self.count("SELECT count(*) FROM attendance", database) == count
        }
    }

    private static func count(_ statement: Statement, _ url: String) throws -> Int {
        let rows = try Connection(PostgresConfiguration(url: url)).run(statement)
        return try #require(rows.first).decode(Int.self, at: 0)
    }

    /// Leaves a command in the spool that events has accepted, and whose receipt nobody has read.
    func leave(of person: PersonID) throws {
        let command = RecordAttendance(
            PartySubject(person: person), attendance: AttendanceID(UUID()), session: session,
            recordedOn: try Self.date("2020-05-26"))
        let id = UUID()
        let header = Header(id: id, source: "kiosk", type: RecordAttendance.type, time: .now())
        let body = try MessageEncoder().encode(header, command)
        try Data(body + [10]).write(to: spool)
        try client.publish(body, type: RecordAttendance.type, id: id, receipt: false)
        try client.flush()
        try awaitAttendances(1)
    }

    /// Runs the kiosk with persons to scan, as the operator.
    func run(_ people: [PersonID]) throws -> Deployment.Finished {
        let file = deployment.directory.appending(path: "people")
        try people.map { "\($0)\n" }.joined().write(to: file, atomically: true, encoding: .utf8)
        return try Deployment.run(
            URL(filePath: "/usr/bin/python3"),
            [
                Project.file("deploy/examples/kiosk.py").path, session.description, file.path,
                spool.path,
            ],
            ["NUANXIN_AMQP_URL": deployment.broker("operator"), "PATH": "/usr/bin:/bin"])
    }
}
