extension Tag {
    public enum Budget {}
    public enum Allotment {}
}
public typealias BudgetID = ID<Tag.Budget>
public typealias AllotmentID = ID<Tag.Allotment>

/// Allots an amount that a fund may spend on a programme in a year. Each allotment adds to the
/// budget.
public struct AllotBudget: Command {
    public static let type = "funding.budget.allot.v1"

    public var allotment: AllotmentID
    /// Always of the same fund, programme and year.
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    public var year: Int
    public var amountFen: Fen
    public var businessDate: BusinessDate
    public var actor: Actor

    public init(
        allotment: AllotmentID, budget: BudgetID, fund: FundID, programme: Programme, year: Int,
        amountFen: Fen, businessDate: BusinessDate, actor: Actor
    ) {
        self.allotment = allotment
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.year = year
        self.amountFen = amountFen
        self.businessDate = businessDate
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.planned(year: year, "year")
        checks.positive(amountFen, "amountFen")
    }
}

/// A budget was increased.
public struct BudgetAllotted: Fact {
    public static let type = "funding.budget.allotted.v1"

    public var allotment: AllotmentID
    public var budget: BudgetID
    public var fund: FundID
    public var programme: Programme
    /// The territory of the fund.
    public var territory: TerritoryCode
    public var year: Int
    public var amountFen: Fen
    /// Total allotted to the budget so far.
    public var totalFen: Fen
    public var businessDate: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(
        allotment: AllotmentID, budget: BudgetID, fund: FundID, programme: Programme,
        territory: TerritoryCode, year: Int, amountFen: Fen, totalFen: Fen,
        businessDate: BusinessDate, actor: Actor? = nil
    ) {
        self.allotment = allotment
        self.budget = budget
        self.fund = fund
        self.programme = programme
        self.territory = territory
        self.year = year
        self.amountFen = amountFen
        self.totalFen = totalFen
        self.businessDate = businessDate
        self.actor = actor
    }
}
