import Messages

/// The sentences of the methodology page, with the numbers of the plan.
enum MethodologyText {
    /// - Parameter clock: the time of the daily edition in Beijing time, such as `02:00`.
    static func publishing(at clock: String) -> [Words] {
        [
            Words(
                "数据整期公布：一期是同一时刻的全部数据，整体取代上一期。",
                "Figures are published in editions. An edition contains all figures as of one moment. It replaces the previous edition as a whole."
            ),
            Words(
                "每天北京时间 \(clock) 生成一期。协会也可以要求另外生成一期。",
                "An edition is made each day at \(clock) Beijing time. The association may ask for another one."
            ),
            Words("两期之间，公布的数据不变。", "Published figures do not change between two editions."),
            Words(
                "每个页面、每期月报和每个下载文件都注明数据截至何时、是第几期。",
                "Every page, bulletin and file names its edition and the moment of its figures."
            ),
        ]
    }

    /// - Parameter isDivided: whether figures about families below the district have parts.
    static func levels(isDivided: Bool) -> [Words] {
        [
            Words(
                "下表按公布计划生成，列出每个指标在哪一级地区、按哪些统计期公布。“月起”指按月、季度、年和累计公布。",
                "These tables follow the plan of publication. They show at which levels of territories and for which periods each measure is published. “From month” means by month, by quarter, by year and for all time."
            ),
            Words(
                "在页面地址后加 ?boundaries=2020-01-01，页面就按这一天的区划显示数据。合并的地区，数相加。拆分的地区，数无法分开。有一部分不公布的，合计也不公布。",
                "Add ?boundaries=2020-01-01 to the address of a page to see figures on the boundaries of that day. The page adds up units that were merged. It cannot divide the figures of units that were split. It hides a sum if a part is hidden."
            ),
        ]
            + (isDivided
                ? []
                : [
                    Words(
                        "区以下涉及家庭的数只公布合计，不分项。",
                        "Below the district, figures about families are totals without parts."
                    )
                ])
    }

    // MARK: Hidden figures

    static func hiding(_ plan: Plan) -> [Words] {
        let open = Words(
            "与家庭无关的数（如活动场次、站点、宣传品）全部公布。零照样公布。",
            "All figures that are not about families are shown: activities held, sites, leaflets and so on. Zero is shown too."
        )
        return [open] + district(plan) + (plan.threshold > 1 ? below(plan) : [])
    }

    private static func district(_ plan: Plan) -> [Words] {
        guard plan.exactFrom > 0 else {
            return [Words("全区的数全部公布。", "All figures of a whole district are shown.")]
        }
        let families = SpokenNumber.grouped(plan.exactFrom.magnitude)
        return [
            Words(
                "登记家庭达到 \(families) 户的区，全区的数全部公布，再小的数也公布。在这么多户中，没有人认得出其中一户。",
                "If \(families) or more families of a district are registered, all figures of the whole district are shown, including small ones. Nobody can make out one family among so many."
            ),
            Words(
                "登记家庭没有达到这个数的区，不公布涉及家庭的数。",
                "If a district has not reached that number, its figures about families are not published."
            ),
        ]
    }

    private static func below(_ plan: Plan) -> [Words] {
        let few = FigureSigns(threshold: plan.threshold).few
        return [
            Words(
                "区以下，只涉及\(few.zh)的数不公布，以 * 表示，因为小地方的人会认出是谁家。记录虽多、却只属于\(few.zh)的，也不公布。",
                "Below the district, the sign * replaces a figure of \(few.en), because people in a small place would know whose it is. It also replaces a figure of many records that belong to \(few.en)."
            ),
            Words(
                "如果只有一个数不公布，用合计减去其余的数就能算出它。所以旁边的数也一起不公布，直到算不出来为止，同样以 * 表示。",
                "If only one figure were hidden, anybody could subtract the others from the total. Therefore figures beside it are hidden too, as many as necessary. They have the same sign *."
            ),
            Words(
                "两种情况用同一个符号。如果分开标注，就会缩小那个小的数的可能范围。",
                "Both cases have the same sign, because different signs would narrow down the small figure."
            ),
            Words(
                "一个地区的数不公布，其中各地区的数也不公布。较短的统计期不公布，包含它的较长统计期也不公布。曾经不公布的，以后各期也不公布，变成零的除外。",
                "If a figure is hidden, the figures of the territories inside and of the longer periods around it are hidden too. A figure that an edition has hidden stays hidden in later editions, unless it becomes zero."
            ),
            Words(
                "同一种记录的户数、金额和件数一起公布，或者一起不公布。知道单价的人能由金额算出户数。",
                "Counts, money and pieces of one kind of record are shown together or hidden together. Anybody who knows the price of a thing could tell the count from the money."
            ),
            Words(
                "合计太小、无法再分的，下一级的数全部不公布，以 — 表示。",
                "If a total is too small to be divided, the whole level below is not published. It has the sign —."
            ),
        ]
    }

    /// - Parameter isYearly: whether the shortest period of all sources with settled periods is the year.
    static func settling(_ plan: Plan, isYearly: Bool) -> [Words] {
        let wait =
            plan.settleDays > 0
            ? Words("结束 \(plan.settleDays) 天后", "\(plan.settleDays) days after its end")
            : Words("结束后", "when it is over")
        let period = isYearly ? Words("年份", "year") : Words("统计期", "period")
        let few = FigureSigns(threshold: plan.threshold).few
        let all = [
            Words(
                "区以下涉及家庭的数，要等统计期稳定才公布。统计期\(wait.zh)，或者结账之后，就是稳定的。",
                "Below the district, figures about families are published once their period is settled. A period is settled \(wait.en), or once it is closed."
            ),
            Words(
                "这些数的“累计”，截止到最近一个已经稳定的\(period.zh)。",
                "Their figures of all time end with the last settled \(period.en)."),
        ]
        guard plan.threshold > 1 else { return all }
        return all + [
            Words(
                "此后的更正，涉及 \(plan.threshold) 户以上（含）的，随下一期公布。只涉及\(few.zh)的，等积累到 \(plan.threshold) 户再公布，因为前后两期相减会看出是谁家。所以这里的数（包括零）可能与现状相差\(few.zh)。每个数都注明属于哪一期。",
                "A later correction of \(plan.threshold) families or more is published with the next edition. A correction of \(few.en) waits until there are \(plan.threshold), because the difference of two editions would tell whose it is. Therefore a figure here, including zero, may differ by \(few.en) from the present state. Each figure names its edition."
            ),
            Words(
                "存量也适用同样的规则。与上一统计期相比只有\(few.zh)变化的，重复上一统计期的数，积累到 \(plan.threshold) 户再变。户数不变的，人数积累到 \(plan.threshold * 5) 人再变。",
                "The same rule holds for a stock. If \(few.en) changed since the previous period, the figure of that period is repeated. It changes once \(plan.threshold) families have changed. Where the families stay the same, it changes once \(plan.threshold * 5) persons have changed."
            ),
            Words(
                "街道的数是所辖社区已公布的数与记在街道本身的数之和，因此总能加得起来。全区的数没有这样的等待。",
                "The figure of a subdistrict is the sum of the published figures of its communities and of the records of the subdistrict itself. Therefore they always add up. Figures of the whole district do not wait."
            ),
            Words(
                "协会也可以要求公布只涉及几户的更正。有关的数从此不公布。",
                "The association may ask for the publication of corrections of few families. The figures that they change are hidden from then on."
            ),
        ]
    }

    // MARK: Kinds of figures

    /// Each kind, with a measure of that kind as an example if the catalogue has it.
    static func kinds(_ measures: MeasureCatalogue) -> [(Words, Words)] {
        func kind(_ kind: MeasureKind, _ example: String, _ meaning: Words) -> (Words, Words) {
            let name = kind.words
            let term = Words(name.zh, name.en.prefix(1).uppercased() + name.en.dropFirst())
            guard let words = measures[example]?.words else { return (term, meaning) }
            return (
                term,
                Words("\(meaning.zh)例：\(words.zh)。", "\(meaning.en) Example: \(words.en).")
            )
        }
        return [
            kind(
                .stock, "households_registered",
                Words(
                    "期末有多少。各期的数不能相加。",
                    "The number at the end of the period. The figures of two periods cannot be added up."
                )),
            kind(
                .flow, "attendance_person_times",
                Words(
                    "统计期内发生了多少。一年是四个季度之和。",
                    "The number of events in the period. The figure of a year is the sum of its quarters."
                )),
            kind(
                .distinct, "attendance_persons",
                Words(
                    "统计期内有多少不同的人或家庭，每个只计一次。这些数不能相加，因为同一个人可能在两个月或两个社区都计入。",
                    "The number of different persons or families in the period. Each counts once. These figures cannot be added up, because one person may count in two months or in two communities."
                )),
            kind(
                .extreme, "principal_max_fen",
                Words(
                    "最小或最大的一笔，或一户最多的次数。不能相加。",
                    "The smallest or largest amount, or the highest number of times of one family. These figures cannot be added up."
                )),
        ]
    }

    static let counting = [
        Words(
            "人次：每参加一次计一次。一个人来三次，是三人次。",
            "Person-times: every attendance counts. A person who comes three times counts as three person-times."
        ),
        Words(
            "人数：每个人在一个统计期内只计一次。一个人来三次，是一个人。",
            "Persons: each person counts once in a period. A person who comes three times counts as one person."
        ),
        Words(
            "只清点人头、没有登记姓名的，计入人次，不计入人数。",
            "People who were counted without their names count as person-times, but not as persons."
        ),
        Words("户次和户数也是这样。", "Household-times and households are counted in the same way."),
    ]
}

extension CellStatus {
    var meaning: Words {
        switch self {
        case .provisional:
            Words(
                "统计期尚未结账，数还会变。版次为 0。",
                "The period is open, and the figure may still change. Its vintage is 0.")
        case .final:
            Words("结账时的数。版次为 1。", "The figure when the period was closed. Its vintage is 1.")
        case .revised:
            Words(
                "结账之后又变了。每修订一次，版次加 1。",
                "The figure changed after the period was closed. Each revision raises the vintage by 1."
            )
        }
    }
}

extension RevisionReason {
    var meaning: Words {
        switch self {
        case .routine:
            Words("统计期尚未结账，又有新的记录。", "The period is open, and more records arrived.")
        case .lateData: Words("结账之后才收到的记录。", "Records arrived after the period was closed.")
        case .correction: Words("原来的记录有误，已经更正。", "A record was wrong and was corrected.")
        case .method:
            Words(
                "重新计算，或公布计划改变。",
                "All figures were counted again, or the plan of publication was changed.")
        }
    }
}

extension EditionGuard.Gap.Why {
    /// - Parameter count: the number of gaps: districts for `families`, otherwise tables.
    func said(of count: Int64) -> Words {
        let tables = count == 1 ? "1 table" : "\(count) tables"
        return switch self {
        case .families:
            Words(
                "\(count) 个区登记的家庭太少，不公布涉及家庭的数。",
                "\(count == 1 ? "1 district has" : "\(count) districts have") too few registered families. Figures about families are not published there."
            )
        case .totals:
            Words(
                "\(count) 张表的合计太小，不再往下分。",
                "\(tables): the total is too small to be divided further.")
        case .signed:
            Words(
                "\(count) 张表中有小于零的数，不往下分。",
                "\(tables): a figure is below zero, so the total is not divided.")
        case .waiting:
            Words(
                "\(count) 张表有只涉及几户的变化，还在等待。", "\(tables): changes of few families are waiting.")
        case .forgotten:
            Words(
                "\(count) 张表在数据恢复前公布过另外的数，或者可能公布过，因此保持不变或不公布。",
                "\(tables): an edition from before a restore said something else, or may have said it. The table stays as it is or is not published."
            )
        }
    }
}

extension Words {
    static let methodologyLead = Words(
        "数字怎样统计、何时公布、什么不公布，以及为什么。",
        "How figures are counted, when they are published, which ones are hidden, and why.")
    static let whenPublished = Words("何时公布", "When figures are published")
    static let whatIsHidden = Words("什么不公布，为什么", "What is not shown, and why")
    static let whenSettled = Words("区以下涉及家庭的数", "Families below the district")
    static let kindsOfFigures = Words("数的类型", "Kinds of figures")
    static let timesAndPersons = Words("人次与人数", "Person-times and persons")
    static let howRevised = Words("数怎样修订", "How figures are revised")
    static let everyRevision = Words(
        "每次修订的原值、新值和原因", "Every revision, with the value before and after and its reason")
    static let levelsAndPeriods = Words("公布到哪一级、按哪些统计期", "Levels and periods")
    static let aboutFamilies = Words("涉及家庭", "About families")
    static let notPublished = Words("不公布", "not published")
    static let leftOut = Words("现行一期没有公布的内容", "What the edition in force leaves out")
    static let leftOutNothing = Words(
        "没有。计划之内的数都已公布，或以 * 表示。",
        "Nothing. Every figure of the plan is published as a value or as *.")
    static let leftOutTable = Words(
        "这里的一张表，指一个区在一个统计期内、一个项目的一种记录在下级地区的分布。",
        "Here a table is one kind of record of a district in one programme and one period, divided among the territories inside."
    )
}
