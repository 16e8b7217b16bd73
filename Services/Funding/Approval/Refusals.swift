import Messages

/// The refusals that several features share. A refusal of one feature stands at the end of its file.
extension RefusalCode {
    // MARK: Territories and dates

    static let outsideTerritory = RefusalCode(
        "outside_territory", "a territory that contains the one this is about")
    static let dateTooEarly = RefusalCode(
        "date_too_early", "a date that is not before the step before this one")

    // MARK: Funds and budgets

    static let unknownFund = RefusalCode("unknown_fund", "the id of a fund")
    static let beforeOpening = RefusalCode(
        "before_opening", "a date on or after the opening of the fund")
    static let fundClosed = RefusalCode("fund_closed", "the id of an open fund")
    static let wrongFundKind = RefusalCode("wrong_fund_kind", "the id of a fund of another kind")
    static let outsideFund = RefusalCode(
        "outside_fund", "a territory inside the one that the fund is for")
    static let fundTooLarge = RefusalCode(
        "fund_too_large",
        "an amount with which no account of the fund is above 1000000000000000 fen")
    static let unknownBudget = RefusalCode("unknown_budget", "the id of an allotted budget")
    static let budgetExhausted = RefusalCode(
        "budget_exhausted", "an amount that is free in the budget")

    // MARK: Households and persons

    static let unknownHousehold = RefusalCode(
        "unknown_household", "the id of a registered household")
    static let unknownPerson = RefusalCode("unknown_person", "the id of a registered person")
    static let personGone = RefusalCode(
        "person_gone",
        "a person who is alive, has not moved out, and whose data was not erased")

    // MARK: Rules

    static let versionExists = RefusalCode(
        "version_exists", "a version above the product's current one")
    static let notEligible = RefusalCode(
        "not_eligible", "a borrower to whom the programme lends")

    // MARK: Reversals

    static let notReversible = RefusalCode(
        "not_reversible", "a posting of a fund, donation, loan, grant or policy")
    static let laterFirst = RefusalCode(
        "later_first", "a posting on which no later one builds: take those back first")
    static let openLoan = RefusalCode(
        "open_loan", "a borrower who has no open loan of this fund")
}
