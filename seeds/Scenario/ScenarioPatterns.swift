import Messages

/// The kind of a household of the scenario: why it is insured by rule E1, or why it is not.
///
/// The pattern says what must be so; all else of a household is random.
enum HouseholdPattern: String, Decodable, CaseIterable {
    // Insured because of an only child whose parents are of the age.
    case bothInRange = "both_parents_in_range"
    case oneYounger = "one_parent_younger"
    case oneOlder = "one_parent_older"
    case singleParent = "single_parent"
    case reachesMinimumToday = "turned_minimum_age_today"
    case passesMaximumTomorrow = "passes_maximum_age_tomorrow"
    case bornOnLeapDay = "born_on_leap_day"
    case withGrandparent = "with_grandparent"
    // Insured for another reason.
    case bereaved
    case disabledChild = "disabled_child"
    case lowSecurity = "low_security"
    case lowIncome = "low_income"
    // Not insured.
    case bothYounger = "both_parents_younger"
    case reachesMinimumTomorrow = "reaches_minimum_age_tomorrow"
    case bothOlder = "both_parents_older"
    case passedMaximumToday = "passed_maximum_age_today"
    case aroundTheRange = "parents_around_the_range"
    case notOnlyChild = "not_an_only_child"
    case unverified = "only_child_unverified"
    case ended = "only_child_ended"
    case lowIncomeUnverified = "low_income_unverified"
    case lowSecurityEnded = "low_security_ended"
    case bereavedAfterwards = "bereaved_afterwards"

    var isSpecialFamily: Bool { self == .bereaved || self == .disabledChild }

    /// On what the household must come out insured, nil if it must not.
    var basis: Basis? {
        switch self {
        case .bothInRange, .oneYounger, .oneOlder, .singleParent, .reachesMinimumToday,
            .passesMaximumTomorrow, .bornOnLeapDay, .withGrandparent:
            .onlyChildParents
        case .bereaved, .disabledChild: .specialFamily
        case .lowSecurity: .lowSecurity
        case .lowIncome: .lowIncome
        default: nil
        }
    }

    /// When the parents were born; the household's head first.
    func births(_ ages: ScenarioAges, _ random: inout SplitMix64) -> [BusinessDate] {
        func some(_ age: ScenarioAges.Group) -> BusinessDate { ages.birth(age, &random) }
        switch self {
        case .bothInRange, .notOnlyChild, .unverified, .ended:
            return [some(.inRange), some(.inRange)]
        case .oneYounger: return [some(.inRange), some(.younger)]
        case .oneOlder: return [some(.older), some(.inRange)]
        case .singleParent, .withGrandparent: return [some(.inRange)]
        case .reachesMinimumToday: return [ages.reachesMinimumToday, some(.younger)]
        case .passesMaximumTomorrow: return [some(.older), ages.passesMaximumTomorrow]
        case .bornOnLeapDay: return [ages.leapDay(&random), some(.younger)]
        case .bothYounger, .lowIncomeUnverified, .lowSecurityEnded, .bereavedAfterwards:
            return [some(.younger), some(.younger)]
        case .reachesMinimumTomorrow:
            return [ages.reachesMinimumTomorrow, some(.younger)]
        case .bothOlder: return [some(.older), some(.older)]
        case .passedMaximumToday: return [some(.older), ages.passedMaximumToday]
        case .aroundTheRange: return [some(.older), some(.younger)]
        case .bereaved, .disabledChild, .lowSecurity, .lowIncome:
            return [some(.any), some(.any)]
        }
    }
}

/// Dates of birth around the bounds of a rule, as of its reference date.
struct ScenarioAges {
    enum Group { case younger, inRange, older, any }

    let rule: EligibilityRule
    let reference: BusinessDate

    /// In completed years.
    static let youngest = 27
    static let oldest = 84

    func birth(_ group: Group, _ random: inout SplitMix64) -> BusinessDate {
        let ages =
            switch group {
            case .younger: Self.youngest...rule.parentMinimumAge - 1
            case .inRange: rule.parentMinimumAge...rule.parentMaximumAge
            case .older: rule.parentMaximumAge + 1...Self.oldest
            case .any: Self.youngest...Self.oldest
            }
        let age = random.number(in: ages)
        let (first, last) = (birthday(age + 1).adding(days: 1), birthday(age))
        return BusinessDate(day: first.day + Int32(random.below(Int(last.day - first.day) + 1)))
    }

    /// The birth of those whose birthday is the reference date.
    private func birthday(_ age: Int) -> BusinessDate {
        BusinessDate(
            year: reference.year - age, month: reference.month, day: reference.dayOfMonth)
            ?? reference.adding(days: -age * 365)
    }

    var reachesMinimumToday: BusinessDate { birthday(rule.parentMinimumAge) }
    var reachesMinimumTomorrow: BusinessDate { reachesMinimumToday.adding(days: 1) }
    var passedMaximumToday: BusinessDate { birthday(rule.parentMaximumAge + 1) }
    var passesMaximumTomorrow: BusinessDate { passedMaximumToday.adding(days: 1) }

    /// A 29 February within the range.
    func leapDay(_ random: inout SplitMix64) -> BusinessDate {
        let ages = rule.parentMinimumAge...rule.parentMaximumAge
        let days = (reference.year - ages.upperBound - 1...reference.year - ages.lowerBound)
            .compactMap { BusinessDate(year: $0, month: 2, day: 29) }
            .filter { ages.contains($0.completedYears(at: reference)) }
        return days.isEmpty ? birth(.inRange, &random) : days[random.below(days.count)]
    }
}
