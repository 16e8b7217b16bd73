import Messages

/// The words beside a figure's value, or in place of it.
///
/// Both reasons for hiding a figure have the same sign and sentence: told apart, they would narrow a small figure.
struct FigureSigns: Sendable {
    /// Of the plan; nil where none was read.
    let threshold: Int64?

    func words(_ state: FigureState) -> Words {
        switch state {
        case .value: Words("有值", "a value")
        case .zero: Words("零", "zero")
        case .notCollected: Self.none
        case .suppressed: hidden
        }
    }

    /// For readers who do not see a sign; nil for what has a value.
    func spoken(_ state: FigureState) -> Words? {
        switch state {
        case .value, .zero: nil
        case .notCollected, .suppressed: words(state)
        }
    }

    static let none = Words(
        "未采集，或不公布到这一级、这个统计期",
        "not collected, or not published at this level and for this period")

    var hidden: Words {
        let few = few
        return Words(
            "为保护隐私不公布：只涉及\(few.zh)，或会透露这样的数",
            "hidden to protect families: the figure is about \(few.en), or would reveal such a figure"
        )
    }

    /// What every figure about families below the district may leave out; nil if nothing is hidden.
    var settled: Words? {
        guard let threshold, threshold > 1 else { return nil }
        let few = few
        return Words(
            "区以下涉及家庭的数，以公布它的那一期为准；此后只涉及\(few.zh)的变化不计入，存量与上一统计期相比也是如此。",
            "Below the district, figures about families are as of the edition that published them. They do not contain later changes of \(few.en). A stock does not contain changes of \(few.en) since the previous period either."
        )
    }

    /// How many families are few.
    var few: Words {
        switch threshold ?? 0 {
        case ..<2: Words("少数几户", "a few families")
        case 2: Words(" 1 户", "1 family")
        case let threshold: Words(" 1 至 \(threshold - 1) 户", "1 to \(threshold - 1) families")
        }
    }
}
