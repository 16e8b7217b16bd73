import Postgres
import Support
import Testing

@Suite struct PostgresStatementTests {
    @Test func `an interpolated value is bound and leaves only its number in the text`() {
        let missing: Int64? = nil
        let statement: Statement =
            "UPDATE t SET a = \("x"), b = \(missing) WHERE id = ANY (\([1, 2]))"
        #expect(statement.sql == "UPDATE t SET a = $1, b = $2 WHERE id = ANY ($3)")
        #expect(statement.parameters.count == 3)
    }

    @Test func `a part brings its values along, wherever it stands`() async throws {
        let part: Statement = "kind = \("ten") AND id < \(Int64(7)) AND $tag$\\1$tag$ <> ''"
        let whole: Statement =
            "SELECT \(Int64(5)) AS id, \("ten") AS kind WHERE \(true) AND 5 = \(Int64(5))"
        let statement: Statement =
            "WITH x AS (\(part: whole)) SELECT id FROM x WHERE \(part: part) OR id = \(Int64(0))"
        #expect(
            statement.sql == """
                WITH x AS (SELECT $1 AS id, $2 AS kind WHERE $3 AND 5 = $4) SELECT id FROM x \
                WHERE kind = $5 AND id < $6 AND $tag$\\1$tag$ <> '' OR id = $7
                """)
        let connection = try openSession(try await TestServers.databaseURL())
        #expect(try connection.run(statement).first?.decode(Int64.self, at: 0) == 5)
    }

    @Test func `a part within a part counts on from all before it`() {
        let inner: Statement = "b = \(Int64(2))"
        let outer: Statement = "a = \(Int64(1)) AND \(part: inner)"
        let many: Statement = "\(1) \(2) \(3) \(4) \(5) \(6) \(7) \(8) \(9) \(part: outer)"
        #expect(many.sql.hasSuffix("$9 a = $10 AND b = $11"))
        #expect(many.parameters.count == 11)
    }

    @Test func `an attempt at injection is stored as a value`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        try connection.script("CREATE TABLE note (body text NOT NULL)")
        let attack = "x'); DROP TABLE note; --"
        _ = try connection.run("INSERT INTO note (body) VALUES (\(attack))")
        _ = try connection.run("INSERT INTO note (body) SELECT unnest(\([attack, "$1"]))")
        let found = try connection.run("SELECT body FROM note WHERE body = \(attack)")
        #expect(found.count == 2)
    }

    @Test func `rows without columns are rows all the same`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        #expect(try connection.run("SELECT FROM generate_series(1, 3)").count == 3)
        #expect(try connection.run("SELECT WHERE false").isEmpty)
    }

    @Test func `a batch of a thousand rows is one statement`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        try connection.script(
            "CREATE TABLE gift (id int8 PRIMARY KEY, label text, amount int8 NOT NULL, day date NOT NULL)"
        )
        var ids = ArrayBuilder(Int64.postgresType, reserving: 1000)
        var labels = ArrayBuilder(String.postgresType, reserving: 1000)
        var amounts = ArrayBuilder(Int64.postgresType, reserving: 1000)
        var days = ArrayBuilder(PostgresDate.postgresType, reserving: 1000)
        for number in 0..<1000 {
            ids.append(Int64(number))
            labels.append(number.isMultiple(of: 2) ? "gift \(number)" : nil)
            amounts.append(Int64(number * 100))
            days.append(PostgresDate(day: Int32(20_000 + number)))
        }
        let inserted = try connection.run(
            """
            INSERT INTO gift (id, label, amount, day)
            SELECT * FROM unnest(\(ids.finish()), \(labels.finish()), \(amounts.finish()), \(days.finish()))
            """)
        #expect(inserted.affected == 1000)
        let sums = try connection.run(
            "SELECT count(*), count(label), sum(amount)::int8, max(day) FROM gift")
        var cursor = try #require(sums.first).cursor()
        #expect(try cursor.next(Int64.self) == 1000)
        #expect(try cursor.next(Int64.self) == 500)
        #expect(try cursor.next(Int64.self) == 49_950_000)
        #expect(try cursor.next(PostgresDate.self) == PostgresDate(day: 20_999))
    }

    @Test func `the same text with other parameter types is another statement`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        let number = try connection.run("SELECT \(Int64(1))").first
        let text = try connection.run("SELECT \("one")").first
        #expect(try number?.decode(Int64.self, at: 0) == 1)
        #expect(try text?.decode(String.self, at: 0) == "one")
    }

    @Test func `the server never holds more prepared statements than the bound`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        var most = 0
        for number in 0..<1500 {
            _ = try connection.run(Statement(trusted: "SELECT \(number)"))
            if number.isMultiple(of: 100) {
                let held = try connection.run("SELECT count(*) FROM pg_prepared_statements")
                most = max(most, try #require(held.first).decode(Int.self, at: 0))
            }
        }
        #expect(most > 400)
        #expect(most <= 512)
    }

    @Test func `a statement whose result type has changed is prepared anew`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        try connection.script("CREATE TABLE item (id int4); INSERT INTO item VALUES (1)")
        _ = try connection.run("SELECT * FROM item")
        _ = try connection.run("SELECT id + 0 FROM item")
        try connection.script("ALTER TABLE item ALTER COLUMN id TYPE int8")
        let error = try postgresError { () throws(PostgresError) in
            try connection.run("SELECT * FROM item")
        }
        #expect(error.isRetriable)
        #expect(try connection.run("SELECT * FROM item").first?.decode(Int64.self, at: 0) == 1)
        #expect(try connection.run("SELECT id + 0 FROM item").first?.decode(Int64.self, at: 0) == 1)
    }

    @Test func `statements that somebody deallocated are prepared anew`() async throws {
        let connection = try openSession(try await TestServers.databaseURL())
        _ = try connection.run("SELECT 1")
        try connection.script("DISCARD ALL")
        let error = try postgresError { () throws(PostgresError) in try connection.run("SELECT 1") }
        #expect(error.isRetriable)
        #expect(try connection.run("SELECT 1").first?.decode(Int32.self, at: 0) == 1)
    }
}
