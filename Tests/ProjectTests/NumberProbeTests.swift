import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin
@testable import Registry

/// A publisher that tries numbers of other offices is named by `nuanxin doctor`.
@Suite struct NumberProbeTests {
    private let connection: Connection

    init() throws {
        let bench = try ServiceBench(Registry.withoutKey)
        connection = bench.connection
        try connection.script(
            """
            INSERT INTO publisher_grant (name, types, territories, is_granted, sequence)
            VALUES ('kaiyuan', 'registry.*', '350203007 350203009', true, 1)
            """)
    }

    /// Has somebody who lives there be named in that many answers.
    private func tell(
        _ publisher: String = "kaiyuan", of territory: String, times: Int64,
        type: String = RegisterPerson.type, hoursAgo: Int = 1
    ) throws {
        let person = UUID()
        _ = try connection.run(
            """
            INSERT INTO person (id, territory, birth_date, sex, stays, sealed, version, sequence)
            VALUES (\(person), \(territory), '1970-01-01', 'female',
                    \("2020-01-01/\(territory)///registered"), '', 1, 1)
            """)
        _ = try connection.run(
            """
            INSERT INTO read_access (subject, publisher, type, message, read_at)
            SELECT \(person), \(publisher), \(type), gen_random_uuid(),
                   now() - interval '1 hour' * \(Double(hoursAgo))
            FROM generate_series(1, \(times))
            """)
    }

    private func named() throws -> [String] {
        try NumberProbes.read(connection).map { "\($0.publisher) \($0.answers)" }
    }

    @Test func `more than twenty answers in a day are too many`() throws {
        try tell(of: "350203012901", times: 12)
        try tell(of: "350203012902", times: 8, type: RegisterHousehold.type)
        #expect(try named().isEmpty)
        try tell(of: "350205001901", times: 1)
        #expect(try named() == ["kaiyuan 21"])
        let finding = try #require(NumberProbes.findings(connection).first)
        #expect(finding.text.hasPrefix("WRONG  registrations by kaiyuan: "))
    }

    @Test func `numbers of its own territories, queries and older answers do not count`() throws {
        try tell(of: "350203007901", times: 30)
        try tell(of: "350203009901", times: 30)
        try tell(of: "350203012901", times: 30, type: GetPerson.type)
        try tell(of: "350203012901", times: 30, hoursAgo: 25)
        #expect(try named().isEmpty)
    }

    @Test func `the operator, who has no grant, is not named`() throws {
        try tell("operator", of: "350203012901", times: 30)
        #expect(try named().isEmpty)
    }

    @Test func `a publisher whose grant has ended is named still`() throws {
        try connection.script("UPDATE publisher_grant SET territories = '', is_granted = false")
        try tell(of: "350203012901", times: 30)
        #expect(try named() == ["kaiyuan 30"])
    }
}
