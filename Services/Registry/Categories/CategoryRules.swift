import Messages

/// The rules of the field about what cannot be so at once. No other place says them.
///
/// Dates decide: two things exclude each other on the days on which both hold, whichever was told first.
enum CategoryRules {
    /// Two categories that nobody is in on one day.
    struct Exclusion {
        let one: Messages.Category
        let other: Messages.Category
        /// Whether one of a household does not go with the other one of somebody who lives in it either. That is no fault of
        /// either paper, such as after a marriage: it is a task.
        let isOfFamily: Bool
    }

    /// How many children of a family live.
    enum LivingChildren { case no, one }

    static let exclusions = [
        // 失独: the only child has died. 独生子女 and 伤残: the only child lives.
        Exclusion(one: .bereaved, other: .onlyChild, isOfFamily: true),
        Exclusion(one: .bereaved, other: .disabledChild, isOfFamily: true),
        // 低收入 begins above the income of 低保. In a family of low income, one of its members may have 低保 alone.
        Exclusion(one: .lowSecurity, other: .lowIncome, isOfFamily: false),
    ]

    /// What a category says of the children who live in the household. Those who live elsewhere are not known.
    static func livingChildren(_ category: Messages.Category) -> LivingChildren? {
        switch category {
        case .bereaved: .no
        case .onlyChild, .disabledChild: .one
        case .lowSecurity, .lowIncome, .hardshipGirl: nil
        }
    }

    static func exclude(_ one: Messages.Category, _ other: Messages.Category) -> Bool {
        exclusions.contains {
            ($0.one, $0.other) == (one, other) || ($0.one, $0.other) == (other, one)
        }
    }
}
