/// The unit of a measure. The raw value stands in the dictionary.
enum MeasureUnit: String, CaseIterable, Sendable {
    case fen, household, person, site, tier, member, loan, donation, grant, family, policy, claim,
        piece
    case visit, session, pair, follower, viewer, post, shift, copy, commendation
    case ruleSet = "rule set"
    case theme
    case personTime = "person-time"
    case householdTime = "household-time"

    /// In Chinese the measure word that follows a number; in English one of them, and several.
    private var forms: (zh: String, one: String, many: String) {
        switch self {
        case .fen: ("元", "CNY", "CNY")
        case .household: ("户", "household", "households")
        case .family: ("户", "family", "families")
        case .person: ("人", "person", "persons")
        case .member: ("人", "member", "members")
        case .follower: ("人", "follower", "followers")
        case .viewer: ("人", "viewer", "viewers")
        case .personTime: ("人次", "person-time", "person-times")
        case .householdTime: ("户次", "household-time", "household-times")
        case .commendation: ("人次", "commendation", "commendations")
        case .site: ("个", "site", "sites")
        case .post: ("个", "post", "posts")
        case .theme: ("个", "theme", "themes")
        case .tier: ("级", "tier", "tiers")
        case .ruleSet: ("套", "rule set", "rule sets")
        case .loan: ("笔", "loan", "loans")
        case .donation: ("笔", "donation", "donations")
        case .grant: ("笔", "grant", "grants")
        case .policy: ("份", "policy", "policies")
        case .copy: ("份", "copy", "copies")
        case .claim: ("件", "claim", "claims")
        case .piece: ("件", "piece", "pieces")
        case .visit: ("次", "visit", "visits")
        case .session: ("场", "session", "sessions")
        case .pair: ("对", "pair", "pairs")
        case .shift: ("班次", "shift", "shifts")
        }
    }

    /// Whether one belongs to one programme only, so that programmes can be added up. A person, a family or a viewer may belong
    /// to several.
    var isOfOneProgramme: Bool {
        switch self {
        case .fen, .loan, .donation, .grant, .policy, .claim, .piece, .visit, .session, .personTime,
            .householdTime, .pair, .shift, .copy, .commendation:
            true
        case .household, .family, .person, .member, .follower, .viewer, .site, .post, .theme, .tier,
            .ruleSet:
            false
        }
    }

    /// For the column beside exact values.
    var words: Words { Words(forms.zh, forms.many) }

    func name(_ language: Language, of count: Int64) -> String {
        switch language {
        case .zh: forms.zh
        case .en: count == 1 || count == -1 ? forms.one : forms.many
        }
    }
}
