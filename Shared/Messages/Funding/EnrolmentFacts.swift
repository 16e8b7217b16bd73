public import FoundationEssentials

/// An enrolment run is open.
public struct EnrolmentOpened: Fact {
    public static let type = "funding.enrolment.opened.v1"

    public var run: RunID
    public var product: ProductID
    public var fund: FundID
    public var programme: Programme
    public var territory: TerritoryCode
    public var policyYear: Int
    public var coverFrom: BusinessDate
    public var coverTo: BusinessDate
    public var openedOn: BusinessDate

    public init(
        run: RunID, product: ProductID, fund: FundID, programme: Programme,
        territory: TerritoryCode, policyYear: Int, coverFrom: BusinessDate, coverTo: BusinessDate,
        openedOn: BusinessDate
    ) {
        self.run = run
        self.product = product
        self.fund = fund
        self.programme = programme
        self.territory = territory
        self.policyYear = policyYear
        self.coverFrom = coverFrom
        self.coverTo = coverTo
        self.openedOn = openedOn
    }
}

/// The households or persons of a run are fixed.
public struct EnrolmentFrozen: Fact {
    public static let type = "funding.enrolment.frozen.v1"

    public var run: RunID
    public var referenceDate: BusinessDate
    public var households: Int
    /// Number of persons, if the product insures persons.
    public var persons: Int?

    public init(
        run: RunID, referenceDate: BusinessDate, households: Int, persons: Int? = nil
    ) {
        self.run = run
        self.referenceDate = referenceDate
        self.households = households
        self.persons = persons
    }
}

/// Each household or person of a run is insured on a basis, or excluded for a reason.
public struct EnrolmentEvaluated: Fact {
    public static let type = "funding.enrolment.evaluated.v1"

    public var run: RunID
    public var insured: [InsuredLine]
    public var excluded: [ExcludedLine]
    /// Digest of the whole list; the same input gives the same digest.
    public var digest: String

    public init(run: RunID, insured: [InsuredLine], excluded: [ExcludedLine], digest: String) {
        self.run = run
        self.insured = insured
        self.excluded = excluded
        self.digest = digest
    }
}

/// Number insured on one basis, and their total premium.
public struct InsuredLine: Codable, Hashable, Sendable {
    public var basis: Basis
    public var households: Int
    public var premiumFen: Fen
    /// Number of persons, if the product insures persons. `households` then counts the households
    /// they live in.
    public var persons: Int?

    public init(basis: Basis, households: Int, premiumFen: Fen, persons: Int? = nil) {
        self.basis = basis
        self.households = households
        self.premiumFen = premiumFen
        self.persons = persons
    }
}

/// Number excluded for one reason.
public struct ExcludedLine: Codable, Hashable, Sendable {
    public var reason: String
    public var households: Int
    /// Number of persons, if the product insures persons. `households` then counts the households
    /// they live in.
    public var persons: Int?

    public init(reason: String, households: Int, persons: Int? = nil) {
        self.reason = reason
        self.households = households
        self.persons = persons
    }
}

/// The district approved a run.
public struct EnrolmentApproved: Fact {
    public static let type = "funding.enrolment.approved.v1"

    public var run: RunID
    public var approvedOn: BusinessDate
    /// The staff member or officer who decided it. Older facts do not have it.
    public var actor: Actor?

    public init(run: RunID, approvedOn: BusinessDate, actor: Actor? = nil) {
        self.run = run
        self.approvedOn = approvedOn
        self.actor = actor
    }
}

/// The list was handed to the insurer.
public struct EnrolmentSubmitted: Fact {
    public static let type = "funding.enrolment.submitted.v1"

    public var run: RunID
    public var digest: String
    public var households: Int
    public var premiumFen: Fen
    /// Number of persons, if the product insures persons.
    public var persons: Int?

    public init(
        run: RunID, digest: String, households: Int, premiumFen: Fen, persons: Int? = nil
    ) {
        self.run = run
        self.digest = digest
        self.households = households
        self.premiumFen = premiumFen
        self.persons = persons
    }
}

/// The insurer answered for all or part of the list. The premium of the accepted lines is paid.
public struct EnrolmentReconciled: Fact {
    public static let type = "funding.enrolment.reconciled.v1"

    public var run: RunID
    public var businessDate: BusinessDate
    /// Lines that this answer accepts.
    public var accepted: Int
    public var refused: Int
    public var premiumFen: Fen
    /// Lines that repeat an earlier answer.
    public var repeated: Int?
    /// Lines of the answer without effect; `EnrolmentUnmatched` names them.
    public var unmatched: Int?
    /// Lines of the list without an answer; at 0 the run is complete.
    public var open: Int?

    public init(
        run: RunID, businessDate: BusinessDate, accepted: Int, refused: Int, premiumFen: Fen,
        repeated: Int? = nil, unmatched: Int? = nil, open: Int? = nil
    ) {
        self.run = run
        self.businessDate = businessDate
        self.accepted = accepted
        self.refused = refused
        self.premiumFen = premiumFen
        self.repeated = repeated
        self.unmatched = unmatched
        self.open = open
    }
}

/// The insurer answered about lines that are not on the list, or contradicted an earlier answer.
/// These lines have no effect; an operator must resolve them.
public struct EnrolmentUnmatched: Fact {
    public static let type = "funding.enrolment.unmatched.v1"

    public var run: RunID
    public var businessDate: BusinessDate
    /// At most 1,000; an answer with more leads to several such facts.
    public var lines: [UnmatchedLine]

    public init(run: RunID, businessDate: BusinessDate, lines: [UnmatchedLine]) {
        self.run = run
        self.businessDate = businessDate
        self.lines = lines
    }
}

/// The insurer's answer about a line.
public enum InsurerAnswer: String, WireEnum {
    case accepted, refused
}

/// Why a line of the insurer's answer has no effect.
public enum Mismatch: String, WireEnum {
    /// The line is not on the list of the run.
    case notOnTheList = "not_on_the_list"
    /// An earlier answer said the opposite.
    case answeredOtherwise = "answered_otherwise"
}

/// A line of the insurer's answer that has no effect.
public struct UnmatchedLine: Codable, Hashable, Sendable {
    /// The household's id, or the person's if the product insures persons.
    public var insured: UUID
    public var answer: InsurerAnswer
    public var mismatch: Mismatch

    public init(insured: UUID, answer: InsurerAnswer, mismatch: Mismatch) {
        self.insured = insured
        self.answer = answer
        self.mismatch = mismatch
    }
}

/// Households or persons of one community that one answer of the insurer insured on one basis.
/// There is one such fact for each community and basis.
public struct EnrolmentInsured: Fact {
    public static let type = "funding.enrolment.insured.v1"

    public var run: RunID
    public var product: ProductID
    public var programme: Programme
    /// The community.
    public var territory: TerritoryCode
    public var basis: Basis
    public var households: Int
    /// Total premium of all of them.
    public var premiumFen: Fen
    public var policyYear: Int
    public var businessDate: BusinessDate
    /// Number of persons, if the product insures persons. `households` then counts the households
    /// they live in.
    public var persons: Int?
    /// Id of the message with the insurer's answer. A run may have several answers.
    public var answer: UUID?
    /// The first day of the cover. Older facts have neither this nor `coverTo`.
    public var coverFrom: BusinessDate?
    /// The last day of the cover.
    public var coverTo: BusinessDate?

    public init(
        run: RunID, product: ProductID, programme: Programme, territory: TerritoryCode,
        basis: Basis, households: Int, premiumFen: Fen, policyYear: Int, businessDate: BusinessDate,
        persons: Int? = nil, answer: UUID? = nil, coverFrom: BusinessDate? = nil,
        coverTo: BusinessDate? = nil
    ) {
        self.run = run
        self.product = product
        self.programme = programme
        self.territory = territory
        self.basis = basis
        self.households = households
        self.premiumFen = premiumFen
        self.policyYear = policyYear
        self.businessDate = businessDate
        self.persons = persons
        self.answer = answer
        self.coverFrom = coverFrom
        self.coverTo = coverTo
    }
}
