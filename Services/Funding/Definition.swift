import Messages
import ServiceKit

/// The service that keeps money and cover: funds in a double-entry ledger, donations, loans, grants,
/// insurance; and goods and home services.
enum Funding {
    static let definition = ServiceDefinition(
        name: "funding", version: "0.1.0",
        migrations: [
            TableRights.migration, FundingPeople.migration, FundSchema.migration,
            LedgerSchema.migration, EligibilitySchema.migration, DonationSchema.migration,
            LoanSchema.migration, GrantSchema.migration, InsuranceSchema.migration,
            GoodsSchema.migration, HomeServiceSchema.migration, LedgerCheck.migration,
            KnownTerritories.migration("0013_known_territories"),
            TerritoryEnds.migration("0014_territory_ends"), DecidedSteps.migration,
            FundingTasks.migration, ReadAccess.migration("0017_reads"),
            KnownSites.migration("0018_known_sites"), LifeReview.migration,
        ],
        constraints: constraints,
        jobs: [LedgerCheck.job, FundingTasks.job, CoverTasks.job, LoanAgeing.job],
        router: router)

    private static let router: Router = {
        var router = Router(territories: true)
        FundingPeople.register(in: &router)
        InsurerConsents.register(in: &router)
        KnownSites.register(in: &router)
        Funds.register(in: &router)
        Budgets.register(in: &router)
        Reversals.register(in: &router)
        Eligibility.register(in: &router)
        Donations.register(in: &router)
        DonationUses.register(in: &router)
        Allocations.register(in: &router)
        LoanRules.register(in: &router)
        Loans.register(in: &router)
        LoanAgeing.register(in: &router)
        Grants.register(in: &router)
        Products.register(in: &router)
        Enrolments.register(in: &router)
        EnrolmentEvaluation.register(in: &router)
        EnrolmentSettlement.register(in: &router)
        Policies.register(in: &router)
        Claims.register(in: &router)
        Goods.register(in: &router)
        Kits.register(in: &router)
        HomeServices.register(in: &router)
        FundingTasks.register(in: &router)
        FundingQueries.register(in: &router)
        Histories.register(
            in: &router, GetFundingHistory.self, tasks: FundingTasks.kinds,
            related: Reversals.related)
        return router
    }()

    /// The refusal of a message that violates a constraint of the schema. The handlers check the same
    /// rules first, so this happens only if two messages race, or if a handler forgot a case.
    private static let constraints: [String: (code: RefusalCode, pointer: String)] = [
        "fund_pkey": (.fundExists, "/fund"),
        "deposit_pkey": (.depositExists, "/deposit"),
        "donation_pkey": (.donationExists, "/donation"),
        "transfer_pkey": (.transferExists, ""),
        // No pointer: the date has another name in each command that pays out.
        "fund_never_overlent": (.fundExhausted, ""),
        "account_never_below_zero": (.belowZero, ""),
        "account_within_bounds": (.fundTooLarge, ""),
        "loan_pkey": (.loanExists, "/loan"),
        "loan_one_open_per_borrower": (.openLoan, "/borrower"),
        "repayment_pkey": (.repaymentExists, "/repayment"),
        "loan_never_overpaid": (.moreThanOwed, "/amountFen"),
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
        "grant_never_below_zero": (.moreThanKept, "/amountFen"),
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
