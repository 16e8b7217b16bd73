import CommandLineKit
import Messages

struct GrantSeeds: Decodable {
    /// A grant to each of at most so many families, which are of one sum together.
    struct Part: Decodable {
        let kind: GrantKind
        let yuan: Int
        let families: Int
    }
    let programme: Programme
    let nameZh: String
    let nameEn: String
    let openedOn: BusinessDate
    let year: Int
    let budgetYuan: Int64
    let allottedOn: BusinessDate
    let requestedOn: BusinessDate
    let parts: [Part]
    /// The daughters of families with a tuition grant were born from then on.
    let daughtersBornFrom: BusinessDate
}

struct SpendingSeeds: Decodable {
    struct Share: Decodable {
        let programme: Programme
        let yuan: Int
        /// In how many parts it is spent, each proposed by a community.
        let requests: Int
    }
    let programme: Programme
    let nameZh: String
    let nameEn: String
    let openedOn: BusinessDate
    let year: Int
    let allottedOn: BusinessDate
    let requestedOn: BusinessDate
    let shares: [Share]
}

struct HomeServiceSeeds: Decodable {
    let programme: Programme
    let visits: Int
    let minimumAge: Int
    let orderedOn: BusinessDate
}

/// Grants to families, what programmes cost, and visits to clean: each from its own fund, by budgets.
extension ScenarioGenerator {
    mutating func support() throws {
        let seed = seeds.reference.grants
        let fund = try openFund(
            .grant, seed.programme, seed.nameZh, seed.nameEn, seed.openedOn, seed.budgetYuan,
            seed.allottedOn)
        let budget = try allot(
            fund, seed.programme, seed.year, .yuan(seed.budgetYuan), seed.allottedOn)
        for part in seed.parts {
            let families =
                part.kind == .tuition
                ? population.tuitionFamilies : population.specialFamilies
            let chosen = families.prefix(part.families)
            guard !chosen.isEmpty else {
                throw FileProblem("no family for a \(part.kind) grant")
            }
            for (family, yuan) in zip(chosen, Self.shares(part.yuan, chosen.count)) {
                try grant(
                    GrantSteps(
                        grant: id(), kind: part.kind, budget: budget, household: family.household,
                        community: family.territory, programme: seed.programme,
                        amount: .yuan(Int64(yuan)),
                        requested: seed.requestedOn.adding(days: random.below(14))))
            }
        }
    }

    mutating func spend() throws {
        let seed = seeds.reference.spending
        let yuan = seed.shares.reduce(0) { $0 + $1.yuan }
        let fund = try openFund(
            .budget, seed.programme, seed.nameZh, seed.nameEn, seed.openedOn, Int64(yuan),
            seed.allottedOn)
        let communities = seeds.communities
        for share in seed.shares {
            let budget = try allot(
                fund, share.programme, seed.year, .yuan(Int64(share.yuan)), seed.allottedOn)
            for (index, part) in Self.shares(share.yuan, share.requests).enumerated() {
                try grant(
                    GrantSteps(
                        grant: id(), kind: .programmeSpending, budget: budget, household: nil,
                        community: communities[index * 7 % communities.count],
                        programme: share.programme, amount: .yuan(Int64(part)),
                        requested: seed.requestedOn.adding(days: index * 9)))
            }
        }
    }

    mutating func clean() throws {
        let seed = seeds.reference.homeServices
        let families = population.specialFamilies.filter {
            $0.oldestBirth.completedYears(at: seed.orderedOn) >= seed.minimumAge
        }
        for (index, family) in families.prefix(seed.visits).enumerated() {
            let order: HomeServiceID = id()
            let service: HomeServiceKind = index.isMultiple(of: 3) ? .hood : .airConditioner
            let ordered = seed.orderedOn.adding(days: index % 40)
            let done = ordered.adding(days: 5)
            expectation.add(
                "home_services", 1, programme: seed.programme, dimension: service.rawValue,
                in: family.territory, on: done)
            try emit(
                .applications,
                OrderHomeService(
                    order: order, household: family.household, service: service,
                    programme: seed.programme, businessDate: ordered))
            try emit(.endorsements, CompleteHomeService(order: order, businessDate: done))
        }
    }

    // MARK: Steps

    /// One grant on its way from the community to the payment.
    private struct GrantSteps {
        let grant: GrantID
        let kind: GrantKind
        let budget: BudgetID
        let household: HouseholdID?
        let community: TerritoryCode
        let programme: Programme
        let amount: Fen
        let requested: BusinessDate

        var paid: BusinessDate { requested.adding(days: 15) }
    }

    private mutating func grant(_ steps: GrantSteps) throws {
        expect(steps)
        let proposer = try officer(of: steps.community)
        let endorser = try officer(
            of: steps.community.ancestor(at: .subdistrict) ?? steps.community)
        let approver = try officer(of: seeds.reference.district)
        try emit(
            .applications,
            RequestGrant(
                grant: steps.grant, kind: steps.kind, budget: steps.budget,
                household: steps.household, amountFen: steps.amount,
                businessDate: steps.requested,
                actor: proposer))
        try emit(
            .endorsements,
            EndorseGrant(
                grant: steps.grant, businessDate: steps.requested.adding(days: 3),
                actor: endorser))
        try emit(
            .approvals,
            ApproveGrant(
                grant: steps.grant, businessDate: steps.requested.adding(days: 8),
                actor: approver))
        try emit(.payments, PayGrant(grant: steps.grant, businessDate: steps.paid))
        if steps.household != nil {
            try emit(
                .repayments,
                AcknowledgeGrant(grant: steps.grant, businessDate: steps.paid.adding(days: 2)))
        }
    }

    private mutating func expect(_ steps: GrantSteps) {
        func add(
            _ measure: String, _ value: Int64, _ programme: Programme?, _ dimension: String
        ) {
            expectation.add(
                measure, value, programme: programme, dimension: dimension, in: steps.community,
                on: steps.paid)
        }
        let (fen, programme) = (steps.amount.rawValue, steps.programme)
        if steps.kind == .programmeSpending {
            add("programme_spending_fen", fen, programme, "")
            add("all_programme_spending_fen", fen, nil, programme.rawValue)
        } else {
            add("grants_paid", 1, programme, steps.kind.rawValue)
            add("grants_paid_fen", fen, programme, steps.kind.rawValue)
        }
    }

    // MARK: Money

    /// A fund with all that it will spend in it.
    mutating func openFund(
        _ kind: FundKind, _ programme: Programme, _ nameZh: String, _ nameEn: String,
        _ openedOn: BusinessDate, _ yuan: Int64, _ depositedOn: BusinessDate
    ) throws -> FundID {
        let fund: FundID = id()
        try emit(
            .foundations,
            OpenFund(
                fund: fund, kind: kind, programme: programme,
                territory: seeds.reference.district, nameZh: nameZh, nameEn: nameEn,
                openedOn: openedOn))
        try emit(
            .preparations,
            DepositToFund(
                deposit: id(), fund: fund, amountFen: .yuan(yuan), businessDate: depositedOn))
        return fund
    }

    private mutating func allot(
        _ fund: FundID, _ programme: Programme, _ year: Int, _ amount: Fen, _ day: BusinessDate
    ) throws -> BudgetID {
        let budget: BudgetID = id()
        let officer = try officer(of: seeds.reference.district)
        try emit(
            .preparations,
            AllotBudget(
                allotment: id(), budget: budget, fund: fund, programme: programme, year: year,
                amountFen: amount, businessDate: day,
                actor: officer))
        return budget
    }

    /// Parts of whole numbers, as even as they can be.
    private static func shares(_ whole: Int, _ count: Int) -> [Int] {
        (0..<count).map { whole / count + ($0 < whole % count ? 1 : 0) }
    }
}
