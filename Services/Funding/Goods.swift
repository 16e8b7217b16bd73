import Foundation
import Messages
import Postgres
import ServiceKit

/// Keeps goods: what comes into a place, what is given out of it and to whom, what comes back.
enum Goods {
    static func register(in router: inout Router) {
        router.on(
            ReceiveGoods.self,
            keys: {
                $1.need(GoodsMovement.self, $0.receipt.uuid)
                $1.need(Stock.self, Stock.key($0.item, $0.place))
            }, receive)
        router.on(
            IssueGoods.self,
            keys: {
                $1.need(GoodsIssue.self, $0.issue.uuid)
                $1.need(Stock.self, Stock.key($0.item, $0.place))
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
            }, writeOff)
    }

    static func receive(_ command: ReceiveGoods, _ unit: UnitOfWork) throws -> Outcome {
        guard unit.covers(command.place.territory) else {
            return .rejected(.outOfScope, at: "/place/territory")
        }
        guard try unit.find(GoodsMovement.self, command.receipt.uuid) == nil else {
            return .rejected(.movementExists, at: "/receipt")
        }
        try Stock.add(
            command.quantity, of: command.item, to: command.place, on: command.businessDate,
            for: command.receipt.uuid, unit)
        var movement = GoodsMovement(
            id: command.receipt.uuid, kind: .received, item: command.item,
            quantity: Int64(command.quantity), place: command.place, programme: command.programme,
            reason: nil, businessDate: command.businessDate)
        try unit.save(&movement)
        return .accepted(
            GoodsReceived(
                receipt: command.receipt, item: command.item, quantity: command.quantity,
                place: command.place, programme: command.programme,
                businessDate: command.businessDate),
            of: movement)
    }

    static func writeOff(_ command: WriteOffGoods, _ unit: UnitOfWork) throws -> Outcome {
        guard unit.covers(command.place.territory) else {
            return .rejected(.outOfScope, at: "/place/territory")
        }
        guard try unit.find(GoodsMovement.self, command.writeOff.uuid) == nil else {
            return .rejected(.movementExists, at: "/writeOff")
        }
        if let refusal = try Stock.take(
            command.quantity, of: command.item, from: command.place, on: command.businessDate,
            for: command.writeOff.uuid, at: "/quantity", unit)
        {
            return .refused(refusal)
        }
        var movement = GoodsMovement(
            id: command.writeOff.uuid, kind: .writtenOff, item: command.item,
            quantity: Int64(command.quantity), place: command.place, programme: nil,
            reason: command.reason, businessDate: command.businessDate)
        try unit.save(&movement)
        return .accepted(
            GoodsWrittenOff(
                writeOff: command.writeOff, item: command.item, quantity: command.quantity,
                place: command.place, businessDate: command.businessDate),
            of: movement)
    }

    // MARK: To whom

    /// Who gets goods, as far as funding knows them.
    private struct Destination {
        let territory: TerritoryCode
        var household: HouseholdID?
        var families = 0
    }

    private enum Found {
        case destination(Destination)
        case no(Outcome)
    }

    private static func destination(
        of command: IssueGoods, _ unit: UnitOfWork
    ) throws -> Found {
        guard let recipient = command.recipient else {
            return .destination(Destination(territory: command.place.territory))
        }
        let found: Destination
        switch recipient.kind {
        case .household:
            guard let household = try unit.find(Household.self, recipient.id) else {
                return .no(
                    .waiting(for: recipient.id, else: .unknownHousehold, at: "/recipient/id"))
            }
            found = Destination(
                territory: household.territory, household: household.id, families: 1)
        case .person:
            guard case .person(let person) = try Persons.find(PersonID(recipient.id), unit) else {
                return .no(.waiting(for: recipient.id, else: .unknownPerson, at: "/recipient/id"))
            }
            guard person.isPresent(on: command.businessDate), let territory = person.territory
            else { return .no(.rejected(.personGone, at: "/recipient/id")) }
            found = Destination(territory: territory, household: person.household, families: 1)
        case .site:
            found = Destination(territory: command.place.territory)
        }
        guard unit.covers(found.territory) else {
            return .no(.rejected(.outOfScope, at: "/recipient/id"))
        }
        return .destination(found)
    }

    static func issue(_ command: IssueGoods, _ unit: UnitOfWork) throws -> Outcome {
        guard unit.covers(command.place.territory) else {
            return .rejected(.outOfScope, at: "/place/territory")
        }
        guard try unit.find(GoodsIssue.self, command.issue.uuid) == nil else {
            return .rejected(.issueExists, at: "/issue")
        }
        let destination: Destination
        switch try self.destination(of: command, unit) {
        case .destination(let found): destination = found
        case .no(let outcome): return outcome
        }
        if let refusal = try Stock.take(
            command.quantity, of: command.item, from: command.place, on: command.businessDate,
            for: command.issue.uuid, at: "/quantity", unit)
        {
            return .refused(refusal)
        }
        let families = command.familiesSupplied ?? destination.families
        var issue = GoodsIssue(
            id: command.issue, item: command.item, quantity: Int64(command.quantity),
            place: command.place, recipient: command.recipient, household: destination.household,
            territory: destination.territory, programme: command.programme,
            families: Int32(families), businessDate: command.businessDate)
        try unit.save(&issue)
        func id(_ kind: GoodsRecipient.Kind) -> UUID? {
            command.recipient.flatMap { $0.kind == kind ? $0.id : nil }
        }
        return .accepted(
            GoodsIssued(
                issue: issue.id, item: issue.item, quantity: command.quantity, place: issue.place,
                territory: issue.territory, programme: issue.programme,
                household: issue.household, person: id(.person).map { PersonID($0) },
                site: id(.site).map { SiteID($0) }, familiesSupplied: families,
                businessDate: command.businessDate),
            of: issue)
    }

    static func giveBack(_ command: ReturnGoods, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(GoodsReturn.self, command.goodsReturn.uuid) == nil else {
            return .rejected(.goodsReturnExists, at: "/goodsReturn")
        }
        guard var issue = try unit.find(GoodsIssue.self, command.issue.uuid) else {
            return .waiting(for: command.issue.uuid, else: .unknownIssue, at: "/issue")
        }
        guard unit.covers(issue.place.territory) else {
            return .rejected(.outOfScope, at: "/issue")
        }
        guard command.businessDate >= issue.businessDate else {
            let expected = "a date from \(issue.businessDate) on"
            return .rejected(.dateTooEarly, at: "/businessDate", expected: expected)
        }
        guard command.quantity <= issue.left else {
            return .rejected(
                .moreThanIssued, at: "/quantity", expected: "at most \(issue.left), which are out")
        }
        try Stock.add(
            command.quantity, of: issue.item, to: issue.place, on: command.businessDate,
            for: command.goodsReturn.uuid, unit)
        issue.returned += Int64(command.quantity)
        try unit.save(&issue)
        try unit.store(
            GoodsReturn(
                id: command.goodsReturn, issue: issue.id, quantity: Int64(command.quantity),
                businessDate: command.businessDate))
        return .accepted(
            GoodsReturned(
                goodsReturn: command.goodsReturn, issue: issue.id, item: issue.item,
                quantity: command.quantity, place: issue.place, territory: issue.territory,
                programme: issue.programme, household: issue.household,
                leftQuantity: Int(issue.left),
                familiesSupplied: issue.left == 0 ? 0 : Int(issue.families),
                businessDate: command.businessDate),
            of: issue)
    }
}
