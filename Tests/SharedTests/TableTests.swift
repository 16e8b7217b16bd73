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
                id int PRIMARY KEY, width int NOT NULL, depth int NOT NULL, area int NOT NULL);
            CREATE TABLE seat (id int PRIMARY KEY, place text NOT NULL, is_taken boolean NOT NULL);
            CREATE UNIQUE INDEX seat_once ON seat (place) WHERE is_taken
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

    /// The index is checked row by row, so that the order of the rows matters.
    @Test(arguments: [(1, 2), (2, 1), (1, 3), (2, 3)] as [(Int32, Int32)])
    func `Rows that give something up are written before those that take it`(
        from: Int32, to: Int32
    ) throws {
        let seats = [1, 2].map { Seat(id: $0, isTaken: $0 == from) }
        _ = try session.run(Seat.table.insert(seats))
        let map = RowMap<Seat>()
        map.fill([1, 2, 3], with: seats)
        map.change(Seat(id: to, isTaken: true))
        map.change(Seat(id: from, isTaken: false))
        map.keep()
        for statement in map.statements() { _ = try session.run(statement) }
        let taken = try session.run("SELECT id FROM seat WHERE is_taken")
        #expect(try taken.map { try $0.decode(Int32.self, at: 0) } == [to])
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

/// A row of a table in which one may have what others give up.
private struct Seat: Row, Equatable {
    let id: Int32
    let place = "window"
    var isTaken: Bool

    var key: Int32 { id }

    static let table = Table(
        "seat", key: "id", also: [Column("place", \.place)], Seat.init,
        Field("id", \.id), Field("is_taken", \.isTaken)
    ).updatingFirst { !$0.isTaken }
}
