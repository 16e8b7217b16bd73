import Foundation
import Messages
import Postgres
import ServiceKit

/// A fund or a budget. While it is open, no payment means zero.
struct OpenedAccount: Row {
    /// The payments that it may make: those of its kind of fund, or of a budget.
    enum Kind: String, PostgresValue {
        case revolving, grant, insurance, donation, budget
        /// A budget. A fund of budgets pays only through its budgets.
        case allotted
    }

    let id: UUID
    let kind: Kind
    let programme: Programme
    let territory: TerritoryCode
    var openedOn: BusinessDate

    var key: UUID { id }

    static let table = Table(
        "opened_account", key: "id", OpenedAccount.init,
        Field("id", \.id), Field("kind", \.kind), Field("programme", \.programme),
        Field("territory", \.territory), Field("opened_on", \.openedOn))
}

enum OpenedAccounts {
    static func register(in router: inout Router) {
        router.on(FundOpened.self, keys: { $1.need(OpenedAccount.self, $0.fund.uuid) }, open)
        router.on(
            BudgetAllotted.self, keys: { $1.need(OpenedAccount.self, $0.budget.uuid) }, allot)
    }

    private static func open(_ fact: FundOpened, _ unit: UnitOfWork) throws {
        try take(
            OpenedAccount(
                id: fact.fund.uuid, kind: kind(of: fact.kind), programme: fact.programme,
                territory: fact.territory, openedOn: fact.openedOn), unit)
    }

    private static func allot(_ fact: BudgetAllotted, _ unit: UnitOfWork) throws {
        try take(
            OpenedAccount(
                id: fact.budget.uuid, kind: .allotted, programme: fact.programme,
                territory: fact.territory, openedOn: fact.businessDate), unit)
    }

    private static func kind(of kind: FundKind) -> OpenedAccount.Kind {
        switch kind {
        case .revolving: .revolving
        case .grant: .grant
        case .insurance: .insurance
        case .donation: .donation
        case .budget: .budget
        }
    }

    /// A budget is open since the first of its allotments, in whatever order they come.
    private static func take(_ account: OpenedAccount, _ unit: UnitOfWork) throws {
        if let held = try unit.find(OpenedAccount.self, account.id),
            held.openedOn <= account.openedOn
        {
            return
        }
        try unit.store(account)
    }
}
