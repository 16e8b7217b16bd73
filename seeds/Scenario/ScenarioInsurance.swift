import Messages

struct InsuranceSeeds: Decodable {
    let nameZh: String
    let nameEn: String
    let openedOn: BusinessDate
    let depositYuan: Int64
    let depositedOn: BusinessDate
    let policyYear: Int
    let openedRunOn: BusinessDate
    let referenceDate: BusinessDate
    let approvedOn: BusinessDate
    let submittedOn: BusinessDate
    let reconciledOn: BusinessDate
    let coverFrom: BusinessDate
    let coverTo: BusinessDate
}

struct DonationSeeds: Decodable {
    struct Donation: Decodable {
        let amountYuan: Int64
        let receivedOn: BusinessDate
        let territory: TerritoryCode
    }
    let programme: Programme
    let campaign: String
    let nameZh: String
    let nameEn: String
    let openedOn: BusinessDate
    let received: [Donation]
}

/// The accident insurance: one product, one enrolment run over all households, paid from one fund. And the
/// donations.
extension ScenarioGenerator {
    mutating func insure() throws {
        try insure(seeds.rules.accidentInsurance, seeds.reference.insurance)
    }

    /// On top of it, for bereaved persons.
    mutating func supplement() throws {
        try insure(seeds.rules.nursingSupplement, seeds.reference.supplement)
    }

    private mutating func insure(
        _ insurance: ScenarioSeeds.Rules.Insurance, _ seed: InsuranceSeeds
    ) throws {
        let (fund, product, run): (FundID, ProductID, RunID) = (id(), id(), id())
        try emit(
            .foundations,
            OpenFund(
                fund: fund, kind: .insurance, programme: insurance.programme,
                territory: seeds.reference.district, nameZh: seed.nameZh, nameEn: seed.nameEn,
                openedOn: seed.openedOn))
        try emit(
            .foundations,
            DefineProduct(
                product: product, kind: insurance.kind, programme: insurance.programme,
                nameZh: insurance.nameZh, nameEn: insurance.nameEn,
                ruleVersion: insurance.ruleVersion, rule: insurance.rule,
                premiums: insurance.premiums, insured: insurance.insured))
        // Enough for as many households as there are.
        let yuan = seed.depositYuan * Int64(max(householdCount, seeds.reference.households))
        try emit(
            .preparations,
            DepositToFund(
                deposit: id(), fund: fund,
                amountFen: .yuan(yuan / Int64(seeds.reference.households)),
                businessDate: seed.depositedOn))
        try emit(
            .applications,
            OpenEnrolment(
                run: run, product: product, fund: fund, territory: seeds.reference.district,
                policyYear: seed.policyYear, coverFrom: seed.coverFrom, coverTo: seed.coverTo,
                openedOn: seed.openedRunOn))
        try decide(run, seed)
    }

    private mutating func decide(_ run: RunID, _ seed: InsuranceSeeds) throws {
        try emit(
            .endorsements,
            FreezeEnrolment(
                run: run, referenceDate: seed.referenceDate,
                expectedHouseholds: householdCount + seeds.reference.earlyChildhood.families))
        try emit(.approvals, EvaluateEnrolment(run: run))
        let officer = try officer(of: seeds.reference.district)
        try emit(
            .payments,
            ApproveEnrolment(run: run, approvedOn: seed.approvedOn, actor: officer))
        try emit(.repayments, SubmitEnrolment(run: run, submittedOn: seed.submittedOn))
        try emit(
            .completion,
            ReconcileEnrolment(run: run, businessDate: seed.reconciledOn, refused: []))
    }

    /// Says what the run must come to for a household of a pattern.
    mutating func expectInsured(_ pattern: HouseholdPattern, in territory: TerritoryCode) {
        let insurance = seeds.rules.accidentInsurance
        guard let basis = pattern.basis,
            let premium = insurance.premiums.first(where: { $0.basis == basis })
        else { return }
        let seed = seeds.reference.insurance
        for (measure, value, day) in [
            ("insured_households", 1, seed.coverFrom),
            ("premium_paid_fen", premium.premiumFen.rawValue, seed.reconciledOn),
        ] {
            expectation.add(
                measure, value, programme: insurance.programme, dimension: basis.rawValue,
                in: territory, on: day)
        }
    }

    /// Rule E2, for the parents who lost their only child.
    mutating func expectSupplement(_ household: RegisterHousehold, _ pattern: HouseholdPattern) {
        let supplement = seeds.rules.nursingSupplement
        let seed = seeds.reference.supplement
        guard pattern == .bereaved, let minimum = supplement.rule.bereavedMinimumAge,
            let premium = supplement.premiums.first?.premiumFen
        else { return }
        let persons = household.members.count {
            ($0.role == .head || $0.role == .spouse)
                && $0.isAged(minimum, at: seed.referenceDate)
        }
        for (measure, value, day) in [
            ("insured_persons", Int64(persons), seed.coverFrom),
            ("supplement_paid_fen", Int64(persons) * premium.rawValue, seed.reconciledOn),
        ] where persons > 0 {
            expectation.add(
                measure, value, programme: supplement.programme,
                dimension: Basis.bereaved.rawValue, in: household.territory, on: day)
        }
    }

    mutating func receiveDonations() throws {
        let seed = seeds.reference.donations
        let fund: FundID = id()
        try emit(
            .foundations,
            OpenFund(
                fund: fund, kind: .donation, programme: seed.programme,
                territory: seeds.reference.district, nameZh: seed.nameZh, nameEn: seed.nameEn,
                openedOn: seed.openedOn))
        for donation in seed.received {
            let fen = donation.amountYuan * 100
            for (measure, value) in [("donations", 1), ("donations_fen", fen)] {
                expectation.add(
                    measure, value, programme: seed.programme, dimension: seed.campaign,
                    in: donation.territory, on: donation.receivedOn)
            }
            try emit(
                .applications,
                ReceiveDonation(
                    donation: id(), fund: fund, campaign: seed.campaign, donor: id(),
                    territory: donation.territory, amountFen: .yuan(donation.amountYuan),
                    receivedOn: donation.receivedOn))
        }
    }
}
