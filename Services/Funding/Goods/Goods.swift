import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Keeps the stock of goods: receives them at a place, issues them, takes returns, writes them off.
enum Goods {
    static func register(in router: inout Router) {
        router.on(
            ReceiveGoods.self,
            keys: {
                $1.need(GoodsMovement.self, $0.receipt.uuid)
                $1.need(Stock.self, Stock.key($0.item, $0.place))
                KnownSites.keys($0.place.site, &$1)
            }, receive)
        router.on(
            IssueGoods.self,
            keys: {
                $1.need(GoodsIssue.self, $0.issue.uuid)
                $1.need(Stock.self, Stock.key($0.item, $0.place))
                KnownSites.keys($0.place.site, &$1)
                KnownSites.keys($0.recipient?.site, &$1)
            }, issue)
        router.on(
            ReturnGoods.self,
            keys: {
                $1.need(GoodsIssue.self, $0.issue.uuid)
                $1.need(GoodsReturn.self, $0.goodsReturn.uuid)
            }, giveBack)
        router.on(
            WriteOffGoods.self,
            keys: {
                $1.need(GoodsMovement.self, $0.writeOff.uuid)
                $1.need(Stock.self, Stock.key($0.item, $0.place))
                KnownSites.keys($0.place.site, &$1)
            }, writeOff)
    }

    static func receive(_ command: ReceiveGoods, _ unit: UnitOfWork) throws -> Emission {
        try command.place.requireScope(unit)
        try unit.requireNew(
            GoodsMovement.self, command.receipt.uuid, else: .movementExists, at: "/receipt")
        try Stock.add(
            command.quantity, of: command.item, to: command.place, on: command.businessDate,
            for: command.receipt.uuid, unit)
        var movement = GoodsMovement(
            id: command.receipt.uuid, kind: .received, item: command.item,
            quantity: Int64(command.quantity), place: command.place, programme: command.programme,
            businessDate: command.businessDate)
        let fact = GoodsReceived(command)
        return try unit.save(&movement, fact)
    }

    static func writeOff(_ command: WriteOffGoods, _ unit: UnitOfWork) throws -> Emission {
        try command.place.requireScope(unit)
        try unit.requireNew(
            GoodsMovement.self, command.writeOff.uuid, else: .movementExists, at: "/writeOff")
        try Stock.remove(
            command.quantity, of: command.item, from: command.place, on: command.businessDate,
            for: command.writeOff.uuid, at: "/quantity", unit)
        var movement = GoodsMovement(
            id: command.writeOff.uuid, kind: .writtenOff, item: command.item,
            quantity: Int64(command.quantity), place: command.place, programme: nil,
            businessDate: command.businessDate)
        unit.keep(command.reason, "reason", of: movement.key)
        let fact = GoodsWrittenOff(
            writeOff: command.writeOff, item: command.item, quantity: command.quantity,
            place: command.place, businessDate: command.businessDate)
        return try unit.save(&movement, fact)
    }

    // MARK: Issues and returns

    static func issue(_ command: IssueGoods, _ unit: UnitOfWork) throws -> Emission {
        try command.place.requireScope(unit)
        try unit.requireNew(GoodsIssue.self, command.issue.uuid, else: .issueExists, at: "/issue")
        let destination = try destination(of: command, unit)
        try Stock.remove(
            command.quantity, of: command.item, from: command.place, on: command.businessDate,
            for: command.issue.uuid, at: "/quantity", unit)
        let families = command.familiesSupplied ?? destination.families
        var issue = GoodsIssue(
            id: command.issue, item: command.item, quantity: Int64(command.quantity),
            place: command.place, recipient: command.recipient, household: destination.household,
            territory: destination.territory, programme: command.programme,
            families: Int32(families), businessDate: command.businessDate)
        func id(_ kind: GoodsRecipient.Kind) -> UUID? {
            command.recipient.flatMap { $0.kind == kind ? $0.id : nil }
        }
        let fact = GoodsIssued(
            issue: issue.id, item: issue.item, quantity: command.quantity, place: issue.place,
            territory: issue.territory, programme: issue.programme, household: issue.household,
            person: id(.person).map { PersonID($0) }, site: id(.site).map { SiteID($0) },
            familiesSupplied: families, businessDate: command.businessDate)
        return try unit.save(&issue, fact)
    }

    /// The household and territory to which goods go, as far as funding knows them: where they lived on that day.
    private struct Destination {
        let territory: TerritoryCode
        var household: HouseholdID?
        var families = 0
    }

    private static func destination(
        of command: IssueGoods, _ unit: UnitOfWork
    ) throws -> Destination {
        guard let recipient = command.recipient else {
            return Destination(territory: command.place.territory)
        }
        let day = command.businessDate
        switch recipient.kind {
        case .household:
            let household = try unit.require(
                Household.self, recipient.id, else: .unknownHousehold, at: "/recipient/id")
            try Households.requireScope(of: household, on: day, at: "/recipient/id", unit)
            return Destination(
                territory: household.territory(on: day), household: household.id, families: 1)
        case .person:
            let person = try Persons.require(
                PersonID(recipient.id), else: .unknownPerson, at: "/recipient/id", unit)
            let registration = try Persons.requireScope(
                of: person, on: day, at: "/recipient/id", unit)
            guard person.isPresent(on: day), let stay = registration.stay(on: day),
                let territory = stay.territory
            else { throw Refusal(.personGone, at: "/recipient/id") }
            return Destination(territory: territory, household: stay.household, families: 1)
        case .site:
            try KnownSites.require(recipient.site, at: "/recipient/id", unit)
            return Destination(territory: command.place.territory)
        }
    }

    static func giveBack(_ command: ReturnGoods, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            GoodsReturn.self, command.goodsReturn.uuid, else: .goodsReturnExists,
            at: "/goodsReturn")
        var issue = try unit.require(
            GoodsIssue.self, command.issue.uuid, else: .unknownIssue, at: "/issue")
        try unit.requireScope(issue.place.territory, at: "/issue")
        try unit.requireScope(issue.territory, at: "/issue")
        try command.businessDate.require(
            from: issue.businessDate, else: .dateTooEarly, at: "/businessDate")
        guard command.quantity <= issue.left else {
            throw Refusal(
                .moreThanIssued, at: "/quantity",
                expected: "at most \(issue.left) of the item, which are out")
        }
        try Stock.add(
            command.quantity, of: issue.item, to: issue.place, on: command.businessDate,
            for: command.goodsReturn.uuid, unit)
        issue.returned += Int64(command.quantity)
        try unit.store(
            GoodsReturn(
                id: command.goodsReturn, issue: issue.id, quantity: Int64(command.quantity),
                businessDate: command.businessDate))
        let fact = GoodsReturned(
            goodsReturn: command.goodsReturn, issue: issue.id, item: issue.item,
            quantity: command.quantity, place: issue.place, territory: issue.territory,
            programme: issue.programme, household: issue.household,
            leftQuantity: Int(issue.left),
            familiesSupplied: issue.left == 0 ? 0 : Int(issue.families),
            businessDate: command.businessDate)
        return try unit.save(&issue, fact)
    }
}

extension GoodsRecipient {
    fileprivate var site: SiteID? { kind == .site ? SiteID(id) : nil }
}

extension RefusalCode {
    static let movementExists = RefusalCode(
        "movement_exists", "the id of a movement of goods that did not happen yet")
    static let issueExists = RefusalCode("issue_exists", "the id of an issue that was not made yet")
    static let unknownIssue = RefusalCode("unknown_issue", "the id of an issue of goods")
    static let goodsReturnExists = RefusalCode(
        "goods_return_exists", "the id of a return that was not made yet")
    static let moreThanIssued = RefusalCode("more_than_issued", "at most what is still out")
}
