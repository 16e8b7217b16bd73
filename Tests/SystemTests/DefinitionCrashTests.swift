import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

extension SystemTests {
    @Suite("A plan, a bulletin and a programme's name, whatever happens to who defines them")
    struct DefinitionCrashTests {
        private struct Definition {
            let command: any Command
            let fact: String
            /// Reads a summary of the definitions in force.
            let state: Statement
            let whole: String
        }

        private let deployment: Deployment
        private let reporting: Connection
        private let client: Client

        init() throws {
            deployment = try Deployment(
                "definitions", services: ["reporting"], plan: .asDefined)
            reporting = try Connection(
                PostgresConfiguration(url: deployment.database("reporting")))
            client = try Client(deployment.broker("operator"))
            try client.consume("receipts.operator")
            // A bulletin is of a territory that is known.
            _ = try reporting.run(
                """
                INSERT INTO place (code, name_zh, name_en, valid_from, edition, version)
                VALUES ('350203', '思明区', 'Siming', '2000-01-01', '2000-01-01', 0)
                """)
        }

        @Test
        func `After kill -9 the version before stands or the next is whole; asked again it is one`()
            throws
        {
            defer { deployment.stopAll() }
            for definition in Self.definitions {
                let before = try state(definition)
                #expect(before != definition.whole)
                let id = UUID()
                let body = try MessageEncoder().encode(
                    Header(
                        id: id, source: "test", type: type(of: definition.command).type,
                        time: .now()), definition.command)
                try send(body, id, definition)
                try die(at: .beforeCommit)
                #expect(try state(definition) == before)
                try die(at: .afterCommit)
                #expect(try state(definition) == definition.whole)
                try send(body, id, definition)
                let clean = try start()
                var answered = 0
                try deployment.eventually("both are answered") {
                    answered += try client.receive().count
                    return answered == 2
                }
                deployment.stop(clean)
                #expect(try state(definition) == definition.whole)
                let facts = try reporting.run("SELECT FROM journal WHERE type = \(definition.fact)")
                #expect(facts.count == 1)
            }
        }

        // MARK: Help

        private static var definitions: [Definition] {
            [
                Definition(
                    command: DefinePlan(
                        version: 1, reason: "a test", threshold: 5, exactFrom: 0, settleDays: 31,
                        madeAt: "03:30",
                        blocks: [
                            PlanBlock(
                                measures: ["donations"], level: .district, from: .year, parts: false
                            )
                        ]), fact: PlanDefined.type,
                    state: """
                        SELECT concat_ws(' ', sequence, made_at, (SELECT count(*) FROM plan_cell))
                        FROM plan
                        """, whole: "1 03:30 2"),
                Definition(
                    command: DefineProgramme(
                        programme: Sample.programme, version: 1, reason: "a test", nameZh: "一元捐",
                        nameEn: "One-Yuan Donation"), fact: ProgrammeDefined.type,
                    state: "SELECT concat_ws(' ', (SELECT sequence || name_zh FROM programme))",
                    whole: "1一元捐"),
                Definition(
                    command: DefineBulletin(
                        version: 1, reason: "a test", territory: Sample.district,
                        sections: [
                            .init(
                                section: Sample.programme, nameZh: "捐款", nameEn: "Donations",
                                overview: [], sentences: [])
                        ],
                        lines: [
                            .init(
                                number: 1, section: Sample.programme, nameZh: "捐款笔数",
                                nameEn: "Donations", measure: "donations",
                                programme: Sample.programme, territory: Sample.district,
                                period: "all")
                        ]), fact: BulletinDefined.type,
                    state: """
                        SELECT concat_ws(' ', (SELECT sequence FROM bulletin_definition),
                                         (SELECT count(*) FROM bulletin_line),
                                         (SELECT count(*) FROM bulletin_section))
                        """, whole: "1 1 1"),
            ]
        }

        private func state(_ definition: Definition) throws -> String? {
            try reporting.run(definition.state).first?.decode(String.self, at: 0)
        }

        private func send(_ body: [UInt8], _ id: UUID, _ definition: Definition) throws {
            try client.publish(body, type: type(of: definition.command).type, id: id)
            try client.flush()
        }

        private func start(_ extra: [String: String] = [:]) throws -> Process {
            let settings = ["NUANXIN_EDITION_SECONDS": "0"]
            return try deployment.start("reporting", settings.merging(extra) { _, new in new })
        }

        private func die(at point: CrashPoint) throws {
            let dying = try start(["NUANXIN_CRASH_AT": point.rawValue])
            try deployment.eventually("it dies at \(point.rawValue)") { !dying.isRunning }
            #expect(dying.terminationReason == .uncaughtSignal)
            #expect(dying.terminationStatus == SIGKILL)
        }
    }
}
