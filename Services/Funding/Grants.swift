import Foundation
import Messages
import Postgres
import ServiceKit

/// Spends from a budget (慰问, 助学 and what programmes cost): the community proposes, the
/// subdistrict endorses, the district approves, which reserves the amount in the budget; then it is
/// paid, and perhaps given back. Spending is not lending: what is paid is an expense of the fund.
enum Grants {
    static func register(in router: inout Router) {
        // Alone where the database is asked, or a budget changes: in a batch, two workers could lock
        // budgets in two orders.
        router.on(
            RequestGrant.self,
            keys: {
                $1.need(Grant.self, $0.grant.uuid)
                if let household = $0.household { $1.need(Household.self, household.uuid) }
            }, alone: true, request)
        router.on(EndorseGrant.self, keys: { $1.need(Grant.self, $0.grant.uuid) }, endorse)
        router.on(
            ApproveGrant.self, keys: { $1.need(Grant.self, $0.grant.uuid) }, alone: true, approve)
        router.on(
            RejectGrant.self, keys: { $1.need(Grant.self, $0.grant.uuid) }, alone: true, reject)
        router.on(PayGrant.self, keys: { $1.need(Grant.self, $0.grant.uuid) }, alone: true, pay)
        router.on(
            AcknowledgeGrant.self, keys: { $1.need(Grant.self, $0.grant.uuid) }, acknowledge)
        router.on(
            ReturnGrant.self,
            keys: {
                $1.need(Grant.self, $0.grant.uuid)
                $1.need(GrantReturn.self, $0.grantReturn.uuid)
            }, alone: true, giveBack)
    }

    // MARK: The request

    static func request(_ command: RequestGrant, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(Grant.self, command.grant.uuid) == nil else {
            return .rejected(.grantExists, at: "/grant")
        }
        let territory = command.actor.territory
        let levels: [TerritoryCode.Level] =
            command.kind.isForHousehold ? [.community] : [.community, .subdistrict, .district]
        if let refusal = Authority.refusal(
            of: command.actor, levels: levels, over: territory, unit)
        {
            return .refused(refusal)
        }
        guard let budget = try unit.find(Budget.self, command.budget.uuid) else {
            return .waiting(for: command.budget.uuid, else: .unknownBudget, at: "/budget")
        }
        guard let fund = try unit.find(Fund.self, budget.fund.uuid), fund.state == .open else {
            return .rejected(.fundClosed, at: "/budget", expected: "a budget of an open fund")
        }
        guard fund.territory.contains(territory) else {
            return .rejected(.outsideFund, at: "/actor/territory")
        }
        if let outcome = try refusal(of: command, from: territory, unit) { return outcome }
        var grant = Grant(
            id: command.grant, kind: command.kind, budget: budget.id, fund: fund.id,
            programme: budget.programme, household: command.household, territory: territory,
            amount: command.amountFen, note: command.note, since: command.businessDate,
            lastOn: command.businessDate)
        try record(&grant, on: command.businessDate, by: command.actor, unit)
        return .accepted(
            GrantRequested(
                grant: grant.id, kind: grant.kind, budget: grant.budget, fund: grant.fund,
                programme: grant.programme, household: grant.household, territory: territory,
                amountFen: grant.amount, businessDate: command.businessDate),
            of: grant)
    }

    /// Why the household does not get the grant (rule E5); nil if it does, or if there is none.
    private static func refusal(
        of command: RequestGrant, from territory: TerritoryCode, _ unit: UnitOfWork
    ) throws -> Outcome? {
        guard let id = command.household else { return nil }
        guard let household = try unit.find(Household.self, id.uuid) else {
            return .waiting(for: id.uuid, else: .unknownHousehold, at: "/household")
        }
        guard territory.contains(household.territory) else {
            return .rejected(
                .outsideTerritory, at: "/actor/territory",
                expected: "the code of the household's community")
        }
        return try Eligibility.refusal(
            of: id, by: rule(of: command.kind), on: command.businessDate, at: "/household", unit
        ).map(Outcome.refused)
    }

    private static func rule(of kind: GrantKind) -> FamilyRule {
        kind == .tuition ? .tuition : .condolence
    }

    // MARK: Its decision

    static func endorse(_ command: EndorseGrant, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .endorse, command.grant, on: command.businessDate, by: command.actor, unit)
        return try taken.then { grant in
            GrantEndorsed(
                grant: grant.id, kind: grant.kind, budget: grant.budget, fund: grant.fund,
                programme: grant.programme, household: grant.household, territory: grant.territory,
                amountFen: grant.amount, businessDate: command.businessDate)
        }
    }

    static func approve(_ command: ApproveGrant, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .approve, command.grant, on: command.businessDate, by: command.actor, unit
        ) { grant, _ in
            guard var budget = try unit.find(Budget.self, grant.budget.uuid) else {
                return Refusal(.unknownBudget, at: "/grant")
            }
            guard command.businessDate.year == Int(budget.year) else {
                return Refusal(
                    .wrongYear, at: "/businessDate", expected: "a date in \(budget.year)")
            }
            guard grant.amount <= budget.free else {
                return Refusal(.budgetExhausted, at: "/grant")
            }
            // Whoever was eligible when it was requested may have ceased to be.
            if let household = grant.household,
                let refusal = try Eligibility.refusal(
                    of: household, by: rule(of: grant.kind), on: command.businessDate, at: "/grant",
                    unit)
            {
                return refusal
            }
            budget.reserved = budget.reserved + grant.amount
            try unit.store(budget)
            return nil
        }
        return try taken.then { grant in
            GrantApproved(
                grant: grant.id, kind: grant.kind, budget: grant.budget, fund: grant.fund,
                programme: grant.programme, household: grant.household, territory: grant.territory,
                amountFen: grant.amount, businessDate: command.businessDate)
        }
    }

    static func reject(_ command: RejectGrant, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .reject, command.grant, on: command.businessDate, by: command.actor,
            because: command.reason, unit
        ) { grant, before in
            if before == .approved {
                try change(grant.budget, unit) { $0.reserved = $0.reserved - grant.amount }
            }
            return nil
        }
        return try taken.then { grant in
            GrantRejected(
                grant: grant.id, kind: grant.kind, budget: grant.budget, fund: grant.fund,
                programme: grant.programme, household: grant.household, territory: grant.territory,
                amountFen: grant.amount, businessDate: command.businessDate)
        }
    }

    // MARK: The money

    static func pay(_ command: PayGrant, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(.pay, command.grant, on: command.businessDate, unit) { grant, _ in
            let free = try Ledger.freeCash(of: grant.fund, from: command.businessDate, unit)
            guard free >= grant.amount else { return Refusal(.fundExhausted, at: "/businessDate") }
            Ledger.post(
                .grant, grant.amount, of: grant.fund, on: command.businessDate,
                as: unit.message.id, unit)
            try change(grant.budget, unit) {
                $0.reserved = $0.reserved - grant.amount
                $0.paid = $0.paid + grant.amount
            }
            grant.kept = grant.amount
            return nil
        }
        return try taken.then { grant in
            GrantPaid(
                grant: grant.id, kind: grant.kind, budget: grant.budget, fund: grant.fund,
                programme: grant.programme, household: grant.household, territory: grant.territory,
                amountFen: grant.amount, businessDate: command.businessDate)
        }
    }

    static func acknowledge(_ command: AcknowledgeGrant, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(.acknowledge, command.grant, on: command.businessDate, unit)
        return try taken.then { grant in
            GrantAcknowledged(
                grant: grant.id, kind: grant.kind, budget: grant.budget, fund: grant.fund,
                programme: grant.programme, household: grant.household, territory: grant.territory,
                amountFen: grant.amount, businessDate: command.businessDate)
        }
    }

    static func giveBack(_ command: ReturnGrant, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(GrantReturn.self, command.grantReturn.uuid) == nil else {
            return .rejected(.grantReturnExists, at: "/grantReturn")
        }
        let kept = try unit.find(Grant.self, command.grant.uuid)?.kept
        let taken = try take(
            .giveBack(all: command.amountFen == kept), command.grant, on: command.businessDate,
            because: command.reason, amount: command.amountFen, unit
        ) { grant, _ in
            guard command.amountFen <= grant.kept else {
                return Refusal(
                    .moreThanKept, at: "/amountFen",
                    expected: "at most \(grant.kept.rawValue) fen, which are left of it")
            }
            Ledger.post(
                .grantReturn, command.amountFen, of: grant.fund, on: command.businessDate,
                as: command.grantReturn.uuid, unit)
            try change(grant.budget, unit) { $0.paid = $0.paid - command.amountFen }
            try unit.store(
                GrantReturn(
                    id: command.grantReturn, grant: grant.id, amount: command.amountFen,
                    businessDate: command.businessDate))
            grant.kept = grant.kept - command.amountFen
            return nil
        }
        return try taken.then { grant in
            GrantReturned(
                grantReturn: command.grantReturn, grant: grant.id, kind: grant.kind,
                budget: grant.budget, fund: grant.fund, programme: grant.programme,
                household: grant.household, territory: grant.territory,
                amountFen: command.amountFen, paidFen: grant.amount, keptFen: grant.kept,
                businessDate: command.businessDate)
        }
    }

    private static func change(
        _ id: BudgetID, _ unit: UnitOfWork, _ change: (inout Budget) -> Void
    ) throws {
        guard var budget = try unit.find(Budget.self, id.uuid) else { return }
        change(&budget)
        try unit.store(budget)
    }
}

// MARK: What all steps share

extension Grants {
    /// A grant after a step, stored; or why there is none.
    private enum Taken {
        case grant(Grant)
        case no(Outcome)

        func then(_ fact: (Grant) -> any Fact) throws -> Outcome {
            switch self {
            case .grant(let grant): .accepted([Emission(fact(grant), of: grant)])
            case .no(let outcome): outcome
            }
        }
    }

    /// Takes a step of a grant: finds it, checks authority, state and date, moves the money, stores
    /// it.
    /// - Parameter move: moves the money of a step that is allowed, given the state before it; or
    ///   refuses.
    private static func take(
        _ step: GrantStep, _ id: GrantID, on day: BusinessDate, by actor: Actor? = nil,
        because reason: String? = nil, amount: Fen? = nil, _ unit: UnitOfWork,
        _ move: (inout Grant, GrantState) throws -> Refusal? = { _, _ in nil }
    ) throws -> Taken {
        guard var grant = try unit.find(Grant.self, id.uuid) else {
            return .no(.waiting(for: id.uuid, else: .unknownGrant, at: "/grant"))
        }
        guard unit.covers(grant.territory) else { return .no(.rejected(.outOfScope, at: "/grant")) }
        if let actor,
            let refusal = Authority.refusal(
                of: actor, levels: step.levels(grant), over: grant.territory, unit)
        {
            return .no(.refused(refusal))
        }
        let before = grant.state
        if let refusal = grant.take(step, on: day) { return .no(.refused(refusal)) }
        if let refusal = try move(&grant, before) { return .no(.refused(refusal)) }
        try record(&grant, on: day, by: actor, because: reason, amount: amount, unit)
        return .grant(grant)
    }

    static func record(
        _ grant: inout Grant, on day: BusinessDate, by actor: Actor?, because reason: String? = nil,
        amount: Fen? = nil, _ unit: UnitOfWork
    ) throws {
        try unit.save(&grant)
        unit.append(
            GrantRecord(
                grant: grant.id, state: grant.state, day: day, amount: amount, staff: actor?.staff,
                reason: reason, cause: unit.message.id))
    }
}
