import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Spends from a budget: condolence grants (慰问), tuition grants (助学) and the spending of programmes.
///
/// The community proposes, the subdistrict endorses, and the district approves, which reserves the amount
/// in the budget. Then the grant is paid, and perhaps given back. Unlike a loan, a grant is an
/// expense of the fund.
enum Grants {
    static func register(in router: inout Router) {
        // Alone if a handler queries the database or changes a budget: in a batch, two workers could
        // lock budgets in different orders.
        router.on(
            RequestGrant.self,
            keys: {
                $1.need(Grant.self, $0.grant.uuid)
                if let household = $0.household { $1.need(Household.self, household.uuid) }
            }, alone: true, request)
        router.on(
            EndorseGrant.self,
            keys: {
                $1.need(Grant.self, $0.grant.uuid)
                Authority.keys($0.actor, of: $0.grant.uuid, &$1)
            }, endorse)
        router.on(
            ApproveGrant.self, keys: { $1.need(Grant.self, $0.grant.uuid) }, alone: true, approve)
        router.on(
            RejectGrant.self,
            keys: {
                $1.need(Grant.self, $0.grant.uuid)
                $1.needTask(.settleApplication, $0.grant.uuid)
            }, alone: true, reject)
        router.on(
            PayGrant.self,
            keys: {
                $1.need(Grant.self, $0.grant.uuid)
                $1.needTask(.settleApplication, $0.grant.uuid)
            }, alone: true, pay)
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

    static func request(_ command: RequestGrant, _ unit: UnitOfWork) throws -> Emission {
        let territory = command.actor.territory
        try unit.requireNew(Grant.self, command.grant.uuid, else: .grantExists, at: "/grant")
        try Authority.require(
            command.actor,
            command.kind.isForHousehold ? [.community] : [.community, .subdistrict, .district],
            over: territory,
            on: command.businessDate, of: command.grant.uuid, unit)
        let budget = try unit.require(
            Budget.self, command.budget.uuid, else: .unknownBudget, at: "/budget")
        guard let fund = try unit.find(Fund.self, budget.fund.uuid) else {
            throw Refusal(.unknownFund, at: "/budget")
        }
        try unit.requireScope(of: fund.territory, serving: territory, at: "/budget")
        guard fund.state == .open else {
            throw Refusal(.fundClosed, at: "/budget", expected: "a budget of an open fund")
        }
        try fund.requireTerritory(territory, at: "/actor/territory")
        if let household = command.household {
            try require(household, for: command, from: territory, unit)
        }
        var grant = Grant(
            id: command.grant, kind: command.kind, budget: budget.id, fund: fund.id,
            programme: budget.programme, household: command.household, territory: territory,
            amount: command.amountFen, since: command.businessDate, lastOn: command.businessDate)
        unit.keep(command.note, "note", of: grant.key, about: grant.household?.uuid)
        let fact = GrantRequested(
            grant.subject, amountFen: grant.amount, businessDate: command.businessDate,
            actor: command.actor)
        // The household may have lost its last member after that day.
        try ApplicationTasks.review(grant, on: command.businessDate, unit)
        return try record(fact, of: &grant, on: command.businessDate, by: command.actor, unit)
    }

    /// Refuses a grant to a household that was of another community on that day, or is not eligible (rule E5).
    private static func require(
        _ id: HouseholdID, for command: RequestGrant, from territory: TerritoryCode,
        _ unit: UnitOfWork
    ) throws {
        let household = try unit.require(
            Household.self, id.uuid, else: .unknownHousehold, at: "/household")
        let day = command.businessDate
        try Households.requireScope(of: household, on: day, at: "/household", unit)
        let home = try household.whereabouts.map { try unit.home($0, on: day) }
        guard try unit.standing(home ?? household.territory).allSatisfy(territory.contains) else {
            throw Refusal(
                .outsideTerritory, at: "/actor/territory",
                expected: "the code of the household's community")
        }
        try Eligibility.require(
            id, by: rule(of: command.kind), on: day, at: "/household", unit)
    }

    private static func rule(of kind: GrantKind) -> FamilyRule {
        kind == .tuition ? .tuition : .condolence
    }

    // MARK: Its decision

    static func endorse(_ command: EndorseGrant, _ unit: UnitOfWork) throws -> Emission {
        var grant = try find(command.grant, unit)
        // No subdistrict is above a district: the district endorses its own proposals.
        let level: TerritoryCode.Level =
            grant.territory.level < .subdistrict ? .district : .subdistrict
        try Authority.require(
            command.actor, [level], over: grant.territory,
            on: command.businessDate, of: command.grant.uuid, unit)
        try grant.step(.endorse, on: command.businessDate)
        let fact = GrantEndorsed(
            grant.subject, amountFen: grant.amount, businessDate: command.businessDate,
            actor: command.actor)
        return try record(fact, of: &grant, on: command.businessDate, by: command.actor, unit)
    }

    static func approve(_ command: ApproveGrant, _ unit: UnitOfWork) throws -> Emission {
        var grant = try find(command.grant, unit)
        try Authority.require(
            command.actor, [.district], over: grant.territory,
            on: command.businessDate, of: command.grant.uuid, unit)
        try grant.step(.approve, on: command.businessDate)
        var budget = try budget(of: grant, unit)
        guard command.businessDate.year == Int(budget.year) else {
            throw Refusal(.wrongYear, at: "/businessDate", expected: "a date in \(budget.year)")
        }
        guard grant.amount <= budget.free else { throw Refusal(.budgetExhausted, at: "/grant") }
        // The household may have ceased to be eligible since the request.
        if let household = grant.household {
            try Eligibility.require(
                household, by: rule(of: grant.kind), on: command.businessDate, at: "/grant", unit)
        }
        budget.reserved = budget.reserved + grant.amount
        try unit.store(budget)
        let fact = GrantApproved(
            grant.subject, amountFen: grant.amount, businessDate: command.businessDate,
            actor: command.actor)
        return try record(fact, of: &grant, on: command.businessDate, by: command.actor, unit)
    }

    static func reject(_ command: RejectGrant, _ unit: UnitOfWork) throws -> Emission {
        var grant = try find(command.grant, unit)
        let wasApproved = grant.state == .approved
        try Authority.require(
            command.actor, wasApproved ? [.district] : [.subdistrict, .district],
            over: grant.territory,
            on: command.businessDate, of: command.grant.uuid, unit)
        try grant.step(.reject, on: command.businessDate)
        if wasApproved {
            var budget = try budget(of: grant, unit)
            budget.reserved = budget.reserved - grant.amount
            try unit.store(budget)
        }
        try unit.settle(.settleApplication, grant.key, on: command.businessDate)
        let fact = GrantRejected(
            grant.subject, amountFen: grant.amount, businessDate: command.businessDate,
            actor: command.actor)
        return try record(
            fact, of: &grant, on: command.businessDate, by: command.actor, because: command.reason,
            unit)
    }

    // MARK: The money

    static func pay(_ command: PayGrant, _ unit: UnitOfWork) throws -> Emission {
        var grant = try find(command.grant, unit)
        try grant.step(.pay, on: command.businessDate)
        try Ledger.requireCash(
            grant.amount, of: grant.fund, from: command.businessDate, at: "/businessDate", unit)
        Ledger.post(
            .grant, grant.amount, of: grant.fund, on: command.businessDate, as: unit.message.id,
            unit)
        var budget = try budget(of: grant, unit)
        budget.reserved = budget.reserved - grant.amount
        budget.paid = budget.paid + grant.amount
        try unit.store(budget)
        grant.kept = grant.amount
        try unit.settle(.settleApplication, grant.key, on: command.businessDate)
        let fact = GrantPaid(
            grant.subject, amountFen: grant.amount, businessDate: command.businessDate)
        return try record(fact, of: &grant, on: command.businessDate, unit)
    }

    static func acknowledge(_ command: AcknowledgeGrant, _ unit: UnitOfWork) throws -> Emission {
        var grant = try find(command.grant, unit)
        try grant.step(.acknowledge, on: command.businessDate)
        let fact = GrantAcknowledged(
            grant.subject, amountFen: grant.amount, businessDate: command.businessDate)
        return try record(fact, of: &grant, on: command.businessDate, unit)
    }

    static func giveBack(_ command: ReturnGrant, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            GrantReturn.self, command.grantReturn.uuid, else: .grantReturnExists,
            at: "/grantReturn")
        var grant = try find(command.grant, unit)
        try grant.step(
            .giveBack(all: command.amountFen == grant.kept), on: command.businessDate)
        guard command.amountFen <= grant.kept else {
            throw Refusal(
                .moreThanKept, at: "/amountFen",
                expected: "at most \(grant.kept.rawValue) fen, which are left of it")
        }
        try CaseDays.requireLeft(
            command.amountFen, of: leastKept(of: grant, from: command.businessDate),
            from: command.businessDate, else: .moreThanKept, at: "/amountFen",
            left: "which were left of it", unit)
        Ledger.post(
            .grantReturn, command.amountFen, of: grant.fund, on: command.businessDate,
            as: command.grantReturn.uuid, unit)
        var budget = try budget(of: grant, unit)
        budget.paid = budget.paid - command.amountFen
        try unit.store(budget)
        try unit.store(
            GrantReturn(
                id: command.grantReturn, grant: grant.id, amount: command.amountFen,
                businessDate: command.businessDate))
        grant.kept = grant.kept - command.amountFen
        let fact = GrantReturned(
            grant.subject, grantReturn: command.grantReturn, amountFen: command.amountFen,
            paidFen: grant.amount, keptFen: grant.kept, businessDate: command.businessDate)
        unit.tell(grant.state)
        return try record(
            fact, of: &grant, on: command.businessDate, because: command.reason,
            amount: command.amountFen, unit)
    }
}

// MARK: Steps

extension Grants {
    /// The least part of a grant that is not given back at the end of that day or of any later one.
    private static func leastKept(of grant: Grant, from day: BusinessDate) -> Statement {
        """
        SELECT min(\(grant.amount) - grant_returned(\(grant.key), d.day))::bigint
        FROM (SELECT \(day) UNION
              SELECT business_date FROM grant_return
              WHERE grant_award = \(grant.key) AND business_date > \(day)) AS d (day)
        """
    }
}

extension Grant {
    fileprivate var subject: GrantSubject {
        GrantSubject(
            grant: id, kind: kind, budget: budget, fund: fund, programme: programme,
            household: household, territory: territory)
    }
}

extension Grants {
    /// The grant of a step, in the scope of the publisher.
    private static func find(_ id: GrantID, _ unit: UnitOfWork) throws -> Grant {
        let grant = try unit.require(Grant.self, id.uuid, else: .unknownGrant, at: "/grant")
        try unit.requireScope(grant.territory, at: "/grant")
        return grant
    }

    private static func budget(of grant: Grant, _ unit: UnitOfWork) throws -> Budget {
        guard let budget = try unit.find(Budget.self, grant.budget.uuid) else {
            throw Refusal(.unknownBudget, at: "/grant")
        }
        return budget
    }

    /// Saves a grant after a step, and adds the step to its history.
    private static func record(
        _ fact: any Fact, of grant: inout Grant, on day: BusinessDate, by actor: Actor? = nil,
        because reason: String? = nil, amount: Fen? = nil, _ unit: UnitOfWork
    ) throws -> Emission {
        unit.append(
            GrantRecord(
                grant: grant.id, state: grant.state, day: day, amount: amount, staff: actor?.staff,
                cause: unit.message.id))
        unit.keep(reason, "reason", of: unit.message.id, about: grant.household?.uuid)
        return try unit.save(&grant, fact)
    }
}
