import Foundation
import Messages
import Postgres
import Testing

@testable import ServiceKit

@Suite("The unit of work, without a server")
struct UnitOfWorkTests {
    private let shelf = Shelf()
    private let unit: UnitOfWork

    init() {
        unit = UnitOfWork(
            source: shelf, service: "funding", now: Timestamp(microseconds: 0),
            message: .placeholder)
    }

    @Test func `A row is loaded once, whoever asks for it`() throws {
        let fund = ToyFund(id: UUID(), sequence: 3)
        shelf.funds[fund.id] = fund
        #expect(try unit.find(ToyFund.self, fund.id)?.sequence == 3)
        unit.keep()
        #expect(try unit.find(ToyFund.self, fund.id)?.sequence == 3)
        #expect(try unit.find(ToyFund.self, UUID()) == nil)
        #expect(shelf.loads == 2)
    }

    @Test func `An absent row is asked for once`() throws {
        let id = UUID()
        for _ in 0..<2 { #expect(try unit.find(ToyFund.self, id) == nil) }
        #expect(shelf.loads == 1)
    }

    @Test func `A row that another one names is looked for again if it was absent`() throws {
        let fund = ToyFund(id: UUID(), sequence: 3)
        #expect(try unit.find(ToyFund.self, fund.id) == nil)
        shelf.funds[fund.id] = fund
        #expect(try unit.find(ToyFund.self, fund.id) == nil)
        #expect(try unit.find(ToyFund.self, named: fund.id)?.sequence == 3)
    }

    @Test func `A later message sees what an earlier one saved`() throws {
        var fund = ToyFund(id: UUID())
        try unit.save(&fund)
        unit.keep()
        #expect(try unit.find(ToyFund.self, fund.id)?.sequence == 1)
    }

    @Test func `A message sees its own changes before they are kept`() throws {
        var fund = ToyFund(id: UUID())
        try unit.save(&fund)
        #expect(try unit.find(ToyFund.self, fund.id)?.sequence == 1)
    }

    @Test func `What a refused message changed is dropped, and only that`() throws {
        var kept = ToyFund(id: UUID())
        try unit.save(&kept)
        unit.keep()
        var again = kept
        var other = ToyFund(id: UUID())
        try unit.save(&again)
        try unit.save(&other)
        unit.append(ToyEffect(donation: other.id, message: UUID()))
        unit.drop()
        #expect(try unit.find(ToyFund.self, kept.id)?.sequence == 1)
        #expect(try unit.find(ToyFund.self, other.id) == nil)
        #expect(unit.statements().count == 1, "the kept insert alone")
    }

    @Test func `Saving counts one fact each time, and storing none`() throws {
        var fund = ToyFund(id: UUID())
        try unit.save(&fund)
        try unit.save(&fund)
        try unit.store(fund)
        unit.keep()
        #expect(fund.sequence == 2)
        #expect(try unit.find(ToyFund.self, fund.id)?.sequence == 2)
    }

    @Test func `Saving with a fact emits it with its number`() throws {
        var fund = ToyFund(id: UUID(), sequence: 3)
        let emission = try unit.save(&fund, PublisherRevoked(publisher: "kiosk"))
        #expect(emission.sequence == 4)
        #expect(emission.subject == fund.id.uuidString.lowercased())
        #expect(try unit.find(ToyFund.self, fund.id)?.sequence == 4)
    }

    @Test func `A required row is found, or the message waits for it`() throws {
        let fund = ToyFund(id: UUID(), sequence: 3)
        shelf.funds[fund.id] = fund
        let found = try unit.require(ToyFund.self, fund.id, else: .toyFundUnknown, at: "/fund")
        #expect(found.sequence == 3)
        let id = UUID()
        let wait = #expect(throws: Wait.self) {
            try unit.require(ToyFund.self, id, else: .toyFundUnknown, at: "/fund")
        }
        #expect(wait?.id == id)
        #expect(wait?.otherwise == Refusal(.toyFundUnknown, at: "/fund"))
    }

    @Test func `A message that makes a row which there is already is refused`() throws {
        let fund = ToyFund(id: UUID(), sequence: 3)
        try unit.requireNew(ToyFund.self, fund.id, else: .toyRule, at: "/fund")
        try unit.store(fund)
        #expect(throws: Refusal(.toyRule, at: "/fund")) {
            try unit.requireNew(ToyFund.self, fund.id, else: .toyRule, at: "/fund")
        }
    }

    @Test func `A message about a territory that its publisher was not granted is refused`() {
        unit.begin(
            .placeholder, publisher: "kiosk",
            scope: Scope(types: ["*"], territories: [Sample.district]), alone: false)
        #expect(throws: Never.self) { try unit.requireScope(Sample.district, at: "/fund") }
        unit.begin(.placeholder, publisher: "kiosk", scope: .none, alone: false)
        #expect(throws: Refusal(.outOfScope, at: "/fund")) {
            try unit.requireScope(Sample.district, at: "/fund")
        }
    }

    @Test func `Rows that were there are updated, and rows that were not are inserted`() throws {
        var stored = ToyFund(id: UUID(), sequence: 1)
        shelf.funds[stored.id] = stored
        _ = try unit.find(ToyFund.self, stored.id)
        try unit.save(&stored)
        var new = ToyFund(id: UUID())
        try unit.save(&new)
        unit.keep()
        let statements = unit.statements().map(\.sql)
        #expect(statements.count == 2)
        #expect(statements.first?.hasPrefix("INSERT INTO toy_fund") == true)
        #expect(statements.last?.hasPrefix("UPDATE toy_fund") == true)
        #expect(unit.insertedIDs == [new.id])
    }

    @Test func `Many changes of a table are one statement, and tables come in name order`() throws {
        for _ in 0..<50 {
            var donation = ToyDonation(id: UUID(), amount: .zero, label: "x")
            try unit.save(&donation)
            unit.append(ToyEffect(donation: donation.id, message: UUID()))
            var fund = ToyFund(id: UUID())
            try unit.save(&fund)
            unit.keep()
        }
        let tables = unit.statements().map { $0.sql.split(separator: " ")[2] }
        #expect(tables == ["toy_donation", "toy_effect", "toy_fund"])
    }
}

/// Holds funds in memory and counts how often it is asked.
private final class Shelf: RowSource {
    var funds: [UUID: ToyFund] = [:]
    var loads = 0

    func load<R: Row>(_ type: R.Type, _ keys: [R.Key]) throws -> [R] {
        loads += 1
        return keys.compactMap { key in (key as? UUID).flatMap { funds[$0] as? R } }
    }

    func run(_ statement: Statement) throws -> Rows { throw ToyFailure() }
}
