import Messages
import Postgres
import ServiceKit

/// The subject of a contribution. Each measure reads one source, so that different things are never added up: capital lent,
/// grants, premiums and programme spending.
enum Source: String, CaseIterable, PostgresValue {
    // Of registry.
    /// `times`: households; `amount`: persons.
    case registration
    // Each category that registry has verified is a source of its own, because a family may have several.
    // `times`: households of which, or of a member of which, it holds; `amount`: persons of whom it holds.
    case onlyChild = "recognition_only_child"
    case bereaved = "recognition_bereaved"
    case disabledChild = "recognition_disabled_child"
    case lowSecurity = "recognition_low_security"
    case lowIncome = "recognition_low_income"
    case hardshipGirl = "recognition_hardship_girl"
    case commendation
    case site
    /// `amount`: what the site's governance has of each.
    case siteTier = "site_tier"
    case siteRuleSet = "site_rule_set"
    case siteTheme = "site_theme"
    /// Of persons in branches, by role.
    case membership

    // Of funding. `amount`: fen, if it says nothing else.
    /// Of money into a fund.
    case deposit
    case disbursement
    case repayment
    case writeOff = "write_off"
    /// `amount`: what is due and not paid.
    case overdue
    case caughtUp = "caught_up"
    case expiry
    case donation
    /// To the programmes that donations went to.
    case allocation
    case refund
    /// To families.
    case grant
    case grantReturn = "grant_return"
    /// The costs of programmes: of each programme, and of all programmes together.
    case spending
    case allSpending = "all_spending"
    /// Of the policy year. `times`: households insured.
    case insurance
    /// `times`: households whose cover begins, less those whose cover ends.
    case insuranceCover = "insurance_cover"
    /// `times`: households that it insures.
    case premium
    /// As the three before, of persons.
    case supplement
    case supplementCover = "supplement_cover"
    case supplementPaid = "supplement_paid"
    /// `times`: persons insured; `amount`: the premium of each.
    case supplementPremium = "supplement_premium"
    /// Of policies. `amount`: the premium that came back.
    case termination
    case claim
    /// `times`: pieces; `amount`: families supplied.
    case goods
    case homeService = "home_service"

    // Of events.
    case session
    /// `times`: person-times; `amount`: those of them that a roster names.
    case attendance
    /// Of parents with a child.
    case pair
    case householdAttendance = "household_attendance"
    case followers
    case viewers
    case viewerHouseholds = "viewer_households"
    case shift
    /// Of households that volunteer.
    case householdShift = "household_shift"
    case missedShift = "missed_shift"
    case dutyPost = "duty_post"
    /// `times`: copies.
    case printing
    case distribution
    case casework
}

extension Source {
    /// The source that counts those whom a category holds for.
    init(recognising category: Category) {
        self =
            switch category {
            case .onlyChild: .onlyChild
            case .bereaved: .bereaved
            case .disabledChild: .disabledChild
            case .lowSecurity: .lowSecurity
            case .lowIncome: .lowIncome
            case .hardshipGirl: .hardshipGirl
            }
    }

    /// Sets of sources that count the same families: who attends in a pair attends, and who is covered was insured. One source
    /// could tell what is hidden of another, so of each set only one is ever published below the district (`Knowledge`, 6).
    static let ofSameFamilies: [[Source]] = [
        [.attendance, .pair, .householdAttendance],
        [.insurance, .insuranceCover, .premium],
        [.supplement, .supplementCover, .supplementPaid],
    ]

    /// Sources of which few persons, or none, may be of many families. The guard counts the families, so persons of these are
    /// never published below the district.
    static let ofFewPersons: Set<Source> = [
        .onlyChild, .bereaved, .disabledChild, .lowSecurity, .lowIncome, .hardshipGirl,
    ]
}
