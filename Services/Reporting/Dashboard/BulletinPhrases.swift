extension Words {
    static let bulletinTitle = Words("家庭关爱工作月报", "Family support bulletin")
    static let bulletinsLead = Words(
        "每月一期：为谁做了什么、用了多少钱。发布后的每一版原样保存。",
        "Month by month: what was done for whom, and with what money. Every published edition is kept as it was."
    )
    static let draft = Words(
        "未发布：以下为现行一期的数据，下一期可能不同",
        "Not published as a bulletin: these are the figures of the edition in force, and the next one may differ"
    )
    static let undefined = Words(
        "协会尚未确定月报的内容。", "The association has not decided yet what its bulletin says.")
    static let editions = Words("各版", "Editions")
    static let edition = Words("版次", "Edition")
    static let publishedOn = Words("发布日期", "Published on")
    static let noEdition = Words("尚无发布版", "no edition yet")
    static let superseded = Words("已被新版取代", "A later edition takes its place")
    static let current = Words("现行版", "current")
    static let newest = Words("查看现行版", "See the current edition")
    static let thisMonth = Words("本月", "Month")
    static let thisYear = Words("本年", "Year")
    static let cumulative = Words("累计", "All time")
    static let certainPeriods = Words("指定统计期", "Certain periods")
    static let differences = Words("与上一版的不同", "What differs from the edition before")
    static let laterData = Words(
        "“本年”和“累计”含本月之后的数据。",
        "Figures of the year and of all time include what came after this month.")
}
