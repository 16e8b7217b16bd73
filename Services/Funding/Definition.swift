import ServiceKit

/// The service that keeps money and cover: funds in a double-entry ledger, loans, donations,
/// insurance.
enum Funding {
    static let definition = ServiceDefinition(
        name: "funding", version: "0.1.0",
        facts: [
            "registry.territory.loaded.v1",
            "registry.household.*", "registry.person.*", "registry.persons.*",
            "registry.category.*",
        ],
        migrations: [
            Funds.migration, Ledger.migration, Donations.migration, HouseholdProjection.migration,
            Loans.migration, Products.migration, Enrolments.migration, LedgerCheck.migration,
            TransferKinds.migration, LedgerCheckParts.migration,
            Eligibility.migration, Policies.migration, Claims.migration,
            Budgets.migration, Grants.migration, LoanAgeing.migration, DonationUses.migration,
            Allocations.migration, Goods.migration, HomeServices.migration, Reversals.migration,
            PersonLife.migration, Policies.reversalMigration,
            LoanAgeing.recordMigration, KnownTerritories.migration("0046_known_territories"),
            TerritoryEnds.migration("0047_territory_ends"), LoanRules.migration,
        ],
        constraints: constraints, jobs: [LedgerCheck.job], router: router)

    private static let router: Router = {
        var router = Router(territories: true)
        Funds.register(in: &router)
        Donations.register(in: &router)
        Loans.register(in: &router)
        LoanRules.register(in: &router)
        Products.register(in: &router)
        Enrolments.register(in: &router)
        EnrolmentEvaluation.register(in: &router)
        EnrolmentSettlement.register(in: &router)
        HouseholdProjection.register(in: &router)
        PersonLife.register(in: &router)
        Eligibility.register(in: &router)
        Policies.register(in: &router)
        Claims.register(in: &router)
        Budgets.register(in: &router)
        Grants.register(in: &router)
        LoanAgeing.register(in: &router)
        DonationUses.register(in: &router)
        Allocations.register(in: &router)
        Goods.register(in: &router)
        Kits.register(in: &router)
        HomeServices.register(in: &router)
        Reversals.register(in: &router)
        return router
    }()

    /// The handlers refuse what breaks these; the schema holds them too, for races and for what no
    /// handler foresaw.
    private static let constraints: [String: (code: RefusalCode, pointer: String)] = [
        "fund_pkey": (.fundExists, "/fund"),
        "deposit_pkey": (.depositExists, "/deposit"),
        "donation_pkey": (.donationExists, "/donation"),
        "transfer_pkey": (.transferExists, ""),
        // The date has another name in each command that pays out.
        "fund_never_overlent": (.fundExhausted, ""),
        "loan_pkey": (.loanExists, "/loan"),
        "loan_one_open_per_borrower": (.openLoan, "/borrower"),
        "repayment_pkey": (.repaymentExists, "/repayment"),
        "loan_rule_pkey": (.versionExists, "/version"),
        "loan_rule_version_pkey": (.versionExists, "/version"),
        "product_rule_pkey": (.versionExists, "/ruleVersion"),
        "family_rule_version_pkey": (.versionExists, "/version"),
        "enrolment_run_pkey": (.runExists, "/run"),
        "policy_one_per_year": (.policyExists, "/run"),
        "policy_cover_never_overlaps": (.policyExists, "/run"),
        "claim_pkey": (.claimExists, "/claim"),
        "policy_claims_within_sum_insured": (.aboveSumInsured, "/amountFen"),
        "claim_within_cover": (.outsideCover, ""),
        "allotment_pkey": (.allotmentExists, "/allotment"),
        "budget_once": (.budgetExists, "/budget"),
        "budget_never_exceeded": (.budgetExhausted, ""),
        "grant_award_pkey": (.grantExists, "/grant"),
        "grant_return_pkey": (.grantReturnExists, "/grantReturn"),
        "ageing_pkey": (.ageingExists, "/ageing"),
        "refund_pkey": (.refundExists, "/refund"),
        "donation_never_overspent": (.moreThanLeft, ""),
        "campaign_pkey": (.campaignExists, "/campaign"),
        "allocation_pkey": (.allocationExists, "/allocation"),
        "stock_never_negative": (.stockExhausted, "/quantity"),
        "goods_movement_pkey": (.movementExists, ""),
        "goods_issue_pkey": (.issueExists, "/issue"),
        "goods_return_pkey": (.goodsReturnExists, "/goodsReturn"),
        "goods_returned_once": (.moreThanIssued, "/quantity"),
        "kit_part_pkey": (.versionExists, "/version"),
        "home_service_pkey": (.orderExists, "/order"),
        "reversal_pkey": (.reversalExists, "/reversal"),
        "reversal_once": (.alreadyReversed, "/transfer"),
    ]
}
