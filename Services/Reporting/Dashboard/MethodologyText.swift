import Messages

/// The sentences of the methodology page, with the numbers of the plan.
enum MethodologyText {
    /// - Parameter clock: the time of the daily edition in Beijing time, such as `02:00`.
    static func publishing(at clock: String) -> [Words] {
        [
            Words(
                "数据整期公布：一期是同一时刻的全部数据，整体取代上一期。",
                "Figures are published in editions. An edition is all figures as of one moment, and takes the place of the one before as a whole."
            ),
            Words(
                "每天北京时间 \(clock) 生成一期。协会也可以要求另外生成一期。",
                "One is made each day at \(clock) Beijing time. The association may ask for another one."
            ),
            Words("两期之间，公布的数据不变。", "Between two editions nothing that is published changes."),
            Words(
                "每个页面、每期月报和每个下载文件都注明数据截至何时、是第几期。",
                "Every page, bulletin and file says as of when its figures are, and of which edition."
            ),
        ]
    }

    /// - Parameter isDivided: whether figures about families below the district have parts.
    static func levels(isDivided: Bool) -> [Words] {
        [
            Words(
                "下表按公布计划生成：每个指标在哪一级地区、按哪些统计期公布。“月起”指按月、季度、年和累计公布。",
                "These tables are made from the plan of what is published: of each measure the levels of territories and the periods. “From month” means by month, quarter, year and for all time."
            ),
            Words(
                "地址后加 ?boundaries=2020-01-01，就按这一天的区划显示：并成一个地区的数相加，拆到几个地区的数分不开，有一部分不公布的，合计也不公布。",
                "With ?boundaries=2020-01-01 behind its address a page shows figures on the boundaries of that day: what became one unit is added up, what was split cannot be divided, and where a part is hidden the sum is hidden."
            ),
        ]
            + (isDivided
                ? []
                : [
                    Words(
                        "区以下涉及家庭的数只公布合计，不分项。",
                        "Below the district, figures about families are totals, not divided into parts."
                    )
                ])
    }

    // MARK: Hidden figures

    static func hiding(_ plan: Plan) -> [Words] {
        let open = Words(
            "与家庭无关的数（如活动场次、站点、宣传品）全部公布。零照样公布。",
            "What is not about families (activities held, sites, leaflets) is all shown. Zero is shown too."
        )
        return [open] + district(plan) + (plan.threshold > 1 ? below(plan) : [])
    }

    private static func district(_ plan: Plan) -> [Words] {
        guard plan.exactFrom > 0 else {
            return [Words("全区的数全部公布。", "The figures of a whole district are all shown.")]
        }
        let families = SpokenNumber.grouped(plan.exactFrom.magnitude)
        return [
            Words(
                "登记家庭达到 \(families) 户的区，全区的数全部公布，再小也公布：这么多户中，没有人认得出一户。",
                "Of a district where \(families) families are registered, all figures of the whole district are shown, small ones too: among so many nobody can make out one family."
            ),
            Words(
                "登记家庭没有达到这个数的区，不公布涉及家庭的数。",
                "Of a district that has not reached that number, nothing about families is published."
            ),
        ]
    }

    private static func below(_ plan: Plan) -> [Words] {
        let few = FigureSigns(threshold: plan.threshold).few
        return [
            Words(
                "区以下，只涉及\(few.zh)的数不公布，以 * 表示：小地方的人会认出是谁家。记录虽多、却只属于\(few.zh)的，也不公布。",
                "Below the district a figure of \(few.en) is not shown but has the sign *: in a small place people would know whose it is. So has a figure of many records that belong to \(few.en)."
            ),
            Words(
                "只藏起一个数，用合计减去其余的数就能算出来。所以旁边的数也要一起不公布，直到算不出来为止，同样以 * 表示。",
                "A single hidden figure could be told by subtracting the others from their total. So figures beside it are hidden with it, as many as it takes. They have the sign * too."
            ),
            Words(
                "两种情况用同一个符号：分开标注，就会缩小小数的范围。",
                "Both have the same sign: told apart, they would narrow the small one."),
            Words(
                "一个地区的数不公布，其中各地区的数也不公布。较短的统计期不公布，包含它的较长统计期也不公布。曾经不公布的，以后各期也不公布，变成零的除外。",
                "Where a figure is hidden, those of the territories inside are too, and those of the longer periods around. What an edition has hidden stays hidden in later ones, unless it has become zero."
            ),
            Words(
                "同一种记录的户数、金额和件数一起公布，或者一起不公布：知道单价，就能由金额算出户数。",
                "Counts, money and pieces of one kind of record are shown together or hidden together: whoever knows what a thing costs could tell the count from the money."
            ),
            Words(
                "合计太小、分不下去的，这一级整个不公布，以 — 表示。",
                "Where a total is too small to be divided, the level below is not published at all and has the sign —."
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
                "区以下涉及家庭的数，要等统计期稳定才公布：统计期\(wait.zh)，或结账之后。",
                "Below the district, figures about families are published once their period is settled: \(wait.en), or when it is closed."
            ),
            Words(
                "这些数的“累计”，截止到最近一个已经稳定的\(period.zh)。",
                "Their figures of all time end with the last settled \(period.en)."),
        ]
        guard plan.threshold > 1 else { return all }
        return all + [
            Words(
                "此后的更正，涉及 \(plan.threshold) 户以上（含）的，随下一期公布。只涉及\(few.zh)的，等积累到 \(plan.threshold) 户再公布：前后两期相减，会看出是谁家。所以这里的数（包括零）可能与现在相差\(few.zh)；每个数都注明它截至哪一期。",
                "A later correction of \(plan.threshold) families or more is published with the next edition. One of \(few.en) waits until there are \(plan.threshold): two editions, subtracted, would tell whose it is. So a figure here, zero too, may differ by \(few.en) from what is known now. Each says of which edition it is."
            ),
            Words(
                "存量也一样：与上一统计期相比只有\(few.zh)变化的，重复上一期的数，积累到 \(plan.threshold) 户再变；户数不变的，人数积累到 \(plan.threshold * 5) 人再变。",
                "So it is with a stock: where \(few.en) changed since the period before, the figure of that period stands again, until \(plan.threshold) families have. Where families stay and persons come or leave, it stands until \(plan.threshold * 5) persons have."
            ),
            Words(
                "街道的数是所辖社区已公布的数与记在街道本身的数之和，因此总能加得起来。全区的数没有这样的等待。",
                "A subdistrict is the sum of what is published of its communities and of what is booked on itself, so they always add up. Nothing waits in the district's own figures."
            ),
            Words(
                "协会也可以要求公布只涉及几户的更正；有关的数从此不公布。",
                "The association may ask for corrections of few families to be published; the figures that they change are hidden from then on."
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
                    "What there is at the end of the period. Those of two periods are never added up."
                )),
            kind(
                .flow, "attendance_person_times",
                Words(
                    "统计期内发生了多少。一年是四个季度之和。",
                    "What happened in the period. A year is the sum of its quarters.")),
            kind(
                .distinct, "attendance_persons",
                Words(
                    "统计期内有多少不同的人或家庭，每个只计一次。不能相加：同一个人可能在两个月、两个社区都在其中。",
                    "How many different persons or families there were in the period, each counted once. They are never added up: one person may be among those of two months, or of two communities."
                )),
            kind(
                .extreme, "principal_max_fen",
                Words(
                    "最小或最大的一笔，或一户最多的次数。不能相加。",
                    "The smallest or largest amount, or the most of one family. They are never added up."
                )),
        ]
    }

    static let counting = [
        Words(
            "人次：每参加一次计一次。一个人来三次，是三人次。",
            "Person-times: each time counts. A person who comes three times is three person-times."),
        Words(
            "人数：每个人在一个统计期内只计一次。一个人来三次，是一个人。",
            "Persons: each of them counts once in a period. A person who comes three times is one person."
        ),
        Words(
            "只清点人头、没有登记姓名的，计入人次，不计入人数。",
            "Heads that were counted without names are among the person-times, not among the persons."
        ),
        Words("户次和户数也是这样。", "Household-times and households are counted alike."),
    ]
}

extension CellStatus {
    var meaning: Words {
        switch self {
        case .provisional:
            Words(
                "统计期尚未结账，数还会变。版次为 0。",
                "The period is open, and figures still change. Its vintage is 0.")
        case .final:
            Words("结账时的数。版次为 1。", "As it was when the period was closed. Its vintage is 1.")
        case .revised:
            Words(
                "结账之后又变了。每修订一次，版次加 1。",
                "Changed after the period was closed. With each revision the vintage is one more.")
        }
    }
}

extension RevisionReason {
    var meaning: Words {
        switch self {
        case .routine:
            Words("统计期尚未结账，又有新的记录。", "The period is open, and there are more records.")
        case .lateData: Words("结账之后才收到的记录。", "Records that came after the period was closed.")
        case .correction: Words("原来的记录有误，已经更正。", "A record was wrong and was corrected.")
        case .method:
            Words(
                "重新计算，或公布计划改变。",
                "Figures were made anew, or the plan of what is published was changed.")
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
                "\(count == 1 ? "1 district" : "\(count) districts"): too few families are registered for figures about them."
            )
        case .totals:
            Words(
                "\(count) 张表的合计太小，不再往下分。",
                "\(tables): the total is too small to be divided further.")
        case .signed:
            Words(
                "\(count) 张表中有小于零的数，不往下分。",
                "\(tables): a figure is below zero, so it is not divided.")
        case .waiting:
            Words(
                "\(count) 张表有只涉及几户的变化，还在等待。", "\(tables): changes of few families wait.")
        case .forgotten:
            Words(
                "\(count) 张表在数据恢复前公布过另外的数，或者可能公布过，因此保持不变或不公布。",
                "\(tables): before data were restored an edition said something else, or may have, so it stays as it is or is left out."
            )
        }
    }
}

extension Words {
    static let methodologyLead = Words(
        "数字怎样统计、何时公布、什么不公布，以及为什么。",
        "How figures are made, when they are published, what is not shown, and why.")
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
        "没有：计划之内的数都在，或以 * 表示。", "Nothing: all of the plan is there, as a value or as *.")
    static let leftOutTable = Words(
        "这里的一张表，是一个区在一个统计期内、一个项目的一种记录在其下级地区的分布。",
        "A table here is what a district counts of one kind of record, in one programme and period, by the territories inside."
    )
}
