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
                former text, mended_on date)
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
