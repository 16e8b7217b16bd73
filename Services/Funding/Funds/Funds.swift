import Foundation
import Messages
import Postgres
import ServiceKit

/// Money set aside for one programme. Its balances are in the ledger.
struct Fund: Aggregate {
    enum State: String, PostgresValue { case open, closed }

    let id: FundID
    let kind: FundKind
    let programme: Programme
    let territory: TerritoryCode
    let nameZh: String
    let nameEn: String
    let openedOn: BusinessDate
    var state = State.open
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Locked for sharing: donations to one fund do not wait for each other.
    static let table = Table(
        "fund", key: "id", lock: .share, Fund.init,
        Field("id", \.id), Field("kind", \.kind), Field("programme", \.programme),
        Field("territory", \.territory), Field("name_zh", \.nameZh), Field("name_en", \.nameEn),
        Field("opened_on", \.openedOn), Field("state", \.state), Field("sequence", \.sequence))
}

extension Fund {
    /// Refuses to use a fund outside the publisher's scope that does not serve the territory, one of another kind, a closed one,
    /// or one for another territory.
    /// - Parameter pointer: where the command has the territory.
    func require(
        _ kind: FundKind, for territory: TerritoryCode, at pointer: String, _ unit: UnitOfWork
    ) throws {
        try unit.requireScope(of: self.territory, serving: territory, at: "/fund")
        try require(kind)
        try requireOpen(at: "/fund")
        try requireTerritory(territory, at: pointer)
    }

    func require(_ kind: FundKind) throws(Refusal) {
        guard self.kind == kind else {
            let article = kind == .insurance ? "an" : "a"
            throw Refusal(
                .wrongFundKind, at: "/fund",
                expected: "the id of \(article) \(kind.rawValue) fund")
        }
    }

    /// Refuses money of a day before the fund was opened.
    func requireOpened(by day: BusinessDate, at pointer: String) throws(Refusal) {
        try day.require(from: openedOn, else: .beforeOpening, at: pointer)
    }

    func requireOpen(at pointer: String) throws(Refusal) {
        guard state == .open else { throw Refusal(.fundClosed, at: pointer) }
    }

    /// Refuses a territory outside the one that the fund is for.
    func requireTerritory(_ territory: TerritoryCode, at pointer: String) throws(Refusal) {
        guard self.territory.contains(territory) else { throw Refusal(.outsideFund, at: pointer) }
    }
}

/// Money put into a fund. Its only fact is number 1.
struct Deposit: Aggregate {
    let id: DepositID
    let fund: FundID
    let amount: Fen
    let businessDate: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "deposit", key: "id", Deposit.init,
        Field("id", \.id), Field("fund", \.fund), Field("amount_fen", \.amount),
        Field("business_date", \.businessDate), Field(always: 1))
}

/// Opens funds and puts money into them.
enum Funds {
    static func register(in router: inout Router) {
        router.on(OpenFund.self, keys: { $1.need(Fund.self, $0.fund.uuid) }, open)
        router.on(
            DepositToFund.self,
            keys: {
                $1.need(Fund.self, $0.fund.uuid)
                $1.need(Deposit.self, $0.deposit.uuid)
            }, deposit)
    }

    static func open(_ command: OpenFund, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(Fund.self, command.fund.uuid, else: .fundExists, at: "/fund")
        var fund = Fund(
            id: command.fund, kind: command.kind, programme: command.programme,
            territory: command.territory, nameZh: command.nameZh, nameEn: command.nameEn,
            openedOn: command.openedOn)
        let fact = FundOpened(command)
        return try unit.save(&fund, fact)
    }

    static func deposit(_ command: DepositToFund, _ unit: UnitOfWork) throws -> Emission {
        let fund = try unit.require(Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try unit.requireScope(fund.territory, at: "/fund")
        try fund.requireOpen(at: "/fund")
        try fund.requireOpened(by: command.businessDate, at: "/businessDate")
        try unit.requireNew(
            Deposit.self, command.deposit.uuid, else: .depositExists, at: "/deposit")
        var deposit = Deposit(
            id: command.deposit, fund: fund.id, amount: command.amountFen,
            businessDate: command.businessDate)
        Ledger.post(
            .deposit, deposit.amount, of: fund.id, on: deposit.businessDate, as: deposit.key, unit)
        let fact = FundDeposited(
            deposit: deposit.id, fund: fund.id, programme: fund.programme,
            territory: fund.territory, amountFen: deposit.amount,
            businessDate: deposit.businessDate)
        return try unit.save(&deposit, fact)
    }
}

extension RefusalCode {
    static let fundExists = RefusalCode("fund_exists", "the id of a fund that does not exist yet")
    static let depositExists = RefusalCode(
        "deposit_exists", "the id of a deposit that was not made yet")
}
