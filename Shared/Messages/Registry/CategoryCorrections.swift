/// Says anew when an assertion holds, because it was recorded wrongly: all of it, also what was right. Without `endedOn` an end
/// is taken back.
public struct CorrectCategory: Command {
    public static let type = "registry.category.correct.v1"

    public var assertion: AssertionID
    public var validFrom: BusinessDate
    /// The last day on which it holds, if that was known from the beginning.
    public var validTo: BusinessDate?
    /// The first day on which it no longer holds.
    public var endedOn: BusinessDate?
    /// Stays in registry.
    public var reason: String
    /// The office of whoever decides. It is held today.
    public var actor: Actor

    public init(
        assertion: AssertionID, validFrom: BusinessDate, validTo: BusinessDate? = nil,
        endedOn: BusinessDate? = nil, reason: String, actor: Actor
    ) {
        self.assertion = assertion
        self.validFrom = validFrom
        self.validTo = validTo
        self.endedOn = endedOn
        self.reason = reason
        self.actor = actor
    }

    public func check(_ checks: inout Checks) {
        checks.day(validFrom, "validFrom", .life)
        checks.day(validTo, "validTo", .validity)
        checks.happened(endedOn, "endedOn")
        checks.period(validFrom, validTo, "validTo")
        checks.period(validFrom, endedOn, "endedOn")
        checks.require(
            endedOn.flatMap { end in validTo.map { end <= $0 } } ?? true, "endedOn",
            "a date on or before validTo")
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// When a category holds was corrected.
public struct CategoryCorrected: PeopleFact, HasSubject {
    public static let type = "registry.category.corrected.v1"

    public var about: CategorySubject
    public var validTo: BusinessDate?
    public var endedOn: BusinessDate?
    /// The day of the decision. Older facts do not have it.
    public var correctedOn: BusinessDate?
    public var actor: Actor
    /// Changes in the numbers of those whom a category holds for.
    public var stock: [StockChange]?
    /// What registry holds of those concerned, after it.
    public var records: PeopleRecords?

    public init(
        _ about: CategorySubject, validTo: BusinessDate? = nil, endedOn: BusinessDate? = nil,
        correctedOn: BusinessDate? = nil, actor: Actor, stock: [StockChange]? = nil,
        records: PeopleRecords? = nil
    ) {
        self.about = about
        self.validTo = validTo
        self.endedOn = endedOn
        self.correctedOn = correctedOn
        self.actor = actor
        self.stock = stock
        self.records = records
    }
}
