import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import ServiceKit

@Suite("Tables whose columns are the fields of a row")
struct TableTests {
    private let session: Connection

    init() throws {
        session = try openSession(TestServers.newDatabase())
        try session.script(
            """
            CREATE TABLE shelf (
                place text PRIMARY KEY, board int NOT NULL, colour text NOT NULL,
                former text, mended_on date);
            CREATE TABLE crate (
                id int PRIMARY KEY, width int NOT NULL, depth int NOT NULL, area int NOT NULL)
            """)
    }

    private func read(_ keys: [String]) throws -> [Shelf] {
        try decode(Shelf.self, session.run(Shelf.table.read(keys)))
    }

    @Test func `A row that was inserted is read as it was`() throws {
        let shelves = [
            Shelf(board: 1, colour: .red, former: .blue, mendedOn: BusinessDate("2020-05-26")),
            Shelf(board: 2, colour: .blue, former: nil, mendedOn: nil),
        ]
        _ = try session.run(Shelf.table.insert(shelves))
        #expect(try read(["board 1", "board 2"]).sorted { $0.board < $1.board } == shelves)
        #expect(
            try decode(Shelf.self, session.run(Shelf.table.load(.array(["board 2"])))).count == 1)
    }

    @Test func `An update writes everything but the key`() throws {
        var shelf = Shelf(board: 1, colour: .red, former: .blue, mendedOn: nil)
        _ = try session.run(Shelf.table.insert([shelf]))
        (shelf.colour, shelf.former) = (.blue, nil)
        let update = Shelf.table.update([shelf])
        _ = try session.run(update)
        #expect(try read([shelf.key]) == [shelf])
        #expect(!update.sql.contains("SET place") && !update.sql.contains(", place = "))
    }

    @Test func `A property may be several columns, or none, and a column none of the properties`()
        throws
    {
        let crate = Crate(id: 1, size: .init(width: 2, depth: 3), version: 7)
        _ = try session.run(Crate.table.insert([crate]))
        let read = try decode(Crate.self, session.run(Crate.table.read([crate.id])))
        #expect(read == [Crate(id: 1, size: crate.size, version: 1)])
        let area = try #require(session.run("SELECT area FROM crate").first)
        #expect(try area.decode(Int32.self, at: 0) == 6)
    }

    @Test(arguments: ["colour", "former"])
    func `A text that the enum does not know is an error`(column: String) throws {
        let shelf = Shelf(board: 1, colour: .red, former: .blue, mendedOn: nil)
        _ = try session.run(Shelf.table.insert([shelf]))
        try session.script("UPDATE shelf SET \(column) = 'green'")
        #expect(throws: StoredValueError.self) { try read([shelf.key]) }
    }
}

/// A row with a key that follows from its fields, and one field of each kind.
private struct Shelf: Row, Equatable {
    enum Colour: String, PostgresValue { case red, blue }

    let board: Int32
    var colour: Colour
    var former: Colour?
    var mendedOn: BusinessDate?

    var key: String { "board \(board)" }

    static let table = Table(
        "shelf", key: Column("place", \.key), Shelf.init,
        Field("board", \.board), Field("colour", \.colour),
        Field("former", \.former), Field("mended_on", \.mendedOn))
}

/// A row with a property of two columns, one without a column, and a column that follows from others.
private struct Crate: Row, Equatable {
    struct Size: Equatable {
        let width: Int32
        let depth: Int32
    }

    let id: Int32
    let size: Size
    var version: Int32

    var key: Int32 { id }

    static let table = Table(
        "crate", key: "id", also: [Column("area", { $0.size.width * $0.size.depth })], Crate.init,
        Field("id", \.id),
        Field([Column("width", \.size.width), Column("depth", \.size.depth)]) { row in
            Size(width: try row.next(), depth: try row.next())
        },
        Field(always: 1))
}
