import Foundation
import Postgres
import Support
import Testing

@Suite struct PostgresValueTests {
    /// Sends each value alone, then all in an array among NULLs, and expects them back.
    private func expectRoundTrip<V: PostgresValue & Equatable>(
        _ values: [V], _ connection: Connection
    ) throws {
        for value in values {
            let row = try #require(try connection.run("SELECT \(value)").first)
            #expect(try row.decode(V.self, at: 0) == value)
        }
        let optional: [V?] = [nil] + values + [nil]
        let row = try #require(
            try connection.run("SELECT \(values), \(optional), \([V]()), \(V?.none)").first)
        #expect(try row.decode(arrayOf: V.self, at: 0) == values)
        #expect(try row.decode(arrayOfOptional: V.self, at: 1) == optional)
        #expect(try row.decode(arrayOf: V.self, at: 2) == [])
        #expect(try row.decode(optional: V.self, at: 3) == nil)
    }

    @Test func `every type comes back as it was sent, alone, in arrays and as NULL`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        try expectRoundTrip([true, false], connection)
        try expectRoundTrip([Int16.min, -1, 0, 1, .max], connection)
        try expectRoundTrip([Int32.min, -1, 0, 1, .max], connection)
        try expectRoundTrip([Int64.min, -1, 0, 1, .max], connection)
        try expectRoundTrip([Int.min, -1, 0, 1, .max], connection)
        try expectRoundTrip([0.0, -1.5, .pi, .infinity, .leastNonzeroMagnitude], connection)
        try expectRoundTrip(["", "a", "暖心", "it's \"quoted\" {,} \\ NULL", "🏠"], connection)
        try expectRoundTrip(
            [UUID(), UUID(uuidString: "00000000-0000-0000-0000-000000000000")]
                .compactMap { $0 }, connection)
        try expectRoundTrip([[], [0], [UInt8](0...255)], connection)
        try expectRoundTrip(
            [-719_162, -1, 0, 10_957, 84_005].map { PostgresDate(day: $0) }, connection)
        try expectRoundTrip(
            [-1, 0, 946_684_800_000_000, 1_700_000_000_123_456].map {
                PostgresTimestamp(microseconds: $0)
            }, connection)
    }

    @Test func `dates and timestamps mean to the server what they mean here`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        let row = try #require(
            try connection.run(
                """
                SELECT \(PostgresDate(day: 19_782))::text,
                    extract(epoch FROM \(PostgresTimestamp(microseconds: 1_709_164_800_000_000)))::int8
                """
            ).first)
        #expect(try row.decode(String.self, at: 0) == "2024-02-29")
        #expect(try row.decode(Int64.self, at: 1) == 1_709_164_800)
    }

    @Test func `an infinite date is no day`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        let row = try #require(
            try connection.run("SELECT 'infinity'::date, '-infinity'::timestamptz").first)
        #expect(throws: PostgresDecodingError.self) { try row.decode(PostgresDate.self, at: 0) }
        #expect(throws: PostgresDecodingError.self) {
            try row.decode(PostgresTimestamp.self, at: 1)
        }
    }

    @Test func `a column of another type is refused, even where its size would fit`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        let row = try #require(
            try connection.run("SELECT 0::numeric, 1.5::float8, NULL::int8").first)
        for column in 0..<4 {
            let error = #expect(throws: PostgresDecodingError.self) {
                try row.decode(Int64.self, at: column)
            }
            #expect(error?.column == column)
        }
    }

    @Test func `integers widen and texts of every kind are strings`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        try connection.script("CREATE TYPE mood AS ENUM ('calm')")
        let row = try #require(
            try connection.run(
                "SELECT 7::int2, 8::int4, 'v'::varchar, 'c'::char(1), 'n'::name, 'calm'::mood, '{}'::json"
            ).first)
        var cursor = row.cursor()
        #expect(try cursor.next(Int.self) == 7)
        #expect(try cursor.next(Int64.self) == 8)
        for text in ["v", "c", "n", "calm", "{}"] {
            #expect(try cursor.next(String.self) == text)
        }
    }

    @Test func `a cursor reads the columns in order, NULLs and arrays among them`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        let rows = try connection.run(
            "SELECT n, nullif(n, 2)::text, ARRAY[n, n] FROM generate_series(1, 3) AS n")
        #expect(rows.count == 3)
        for (index, row) in rows.enumerated() {
            var cursor = row.cursor()
            let number = index + 1
            #expect(try cursor.next(Int32.self) == Int32(number))
            #expect(try cursor.next(optional: String.self) == (number == 2 ? nil : "\(number)"))
            #expect(try cursor.next(arrayOf: Int32.self) == [Int32(number), Int32(number)])
        }
    }
}
