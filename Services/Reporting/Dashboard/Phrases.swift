import Messages

/// The phrases of the pages, besides figures and their names. Templates take phrases from here by their Swift names, so
/// one that does not exist fails the build as well.
extension Words {
    // MARK: Every page

    static let product = Words("暖心", "Nuanxin")
    static let skip = Words("跳到正文", "Skip to the content")
    static let mainMenu = Words("主菜单", "Main menu")
    static let breadcrumb = Words("所在位置", "You are here")
    static let language = Words("语言", "Language")
    static let periods = Words("统计期", "Period")
    static let years = Words("年", "Years")
    static let parts = Words("季度与月份", "Quarters and months")
    static let legend = Words("符号", "Signs")
    static let legendNone = FigureSigns.none
    static let legendZero = Words("零", "zero")
    static let legendMore = Words(
        "“余”“多”：后面的零头已舍去，实际数略大；精确值见表格。",
        "“more than”: cut down, the true number is a little larger; “million” is rounded. Exact values stand in the tables."
    )
    static let wholeEditions = Words(
        "数据按期公布，两期之间不变。",
        "Figures are published in whole editions; between two of them nothing moves.")
    static func onBoundaries(of day: BusinessDate) -> Words {
        Words(
            "按 \(day) 的区划统计。分不开的、不能相加的，以 — 表示。",
            "On the boundaries of \(day). What cannot be divided or added up has the sign —.")
    }
    static let asBooked = Words("按记录时的区划查看", "See figures where they were booked")
    static let howFigures = Words(
        "怎样统计、何时公布、什么不公布", "How figures are made, when they are published and what is not")

    // MARK: Tables

    static let figure = Words("指标", "Figure")
    static let value = Words("数值", "Value")
    static let unit = Words("单位", "Unit")
    static let inShort = Words("约数", "In short")
    static let state = Words("状态", "Status")
    static let territory = Words("地区", "Territory")
    static let month = Words("月份", "Month")
    static let period = Words("统计期", "Period")
    static let programme = Words("项目", "Programme")
    static let ofThem = Words("其中：", "of which: ")
    static let noFigures = Words(
        "该地区和统计期没有已发布的数据。", "No figures are published for this territory and period.")
    static let exactValues = Words("精确值", "Exact values")
    static let seeTable = Words("精确值见旁边的表格。", "Exact values stand in the table beside it.")

    // MARK: Overview

    static let overview = Words("总览", "Overview")
    static let overviewLead = Words(
        "为计生家庭做了什么、花了多少钱：按地区、按时间查阅每一个已发布的数字。",
        "What was done for families, and with what money: every published figure, by territory and by time."
    )
    static let ageOfData = Words("数据时间", "Age of the data")
    static let lastChanged = Words("最近更新", "Last changed")
    static let lastBeat = Words("最近心跳", "Last sign of life")
    static let beijingTime = Words("北京时间", "China Standard Time")
    static let never = Words("尚未发布", "nothing published yet")
    static let keyFigures = Words("主要数字", "Key figures")
    static let territories = Words("下级地区", "Territories inside")
    static let byTerritory = Words("按地区", "by territory")
    static let byMonth = Words("按月", "by month")
    static let stale = Words(
        "数据可能已过时：已有一段时间没有心跳。", "The data may be out of date: there was no sign of life for a while."
    )

    // MARK: The other pages

    static let bulletin = Words("月报", "Bulletin")
    static let revisions = Words("修订", "Revisions")
    static let methodology = Words("统计方法", "Methodology")
    static let data = Words("数据下载", "Data")
    static let status = Words("运行状态", "Status")
    static let allFigures = Words("全部数据", "All figures")
    static let seeAlso = Words("本地区的全部数据", "All figures of this territory")

    // MARK: Revisions

    static let revisionsLead = Words(
        "统计期结账后发生变化的数据，每次修订注明原因、原值和新值。",
        "What changed after its period was closed: each revision with its reason, the old value and the new one."
    )
    static let noRevisions = Words("结账后没有修订。", "Nothing was revised after its period was closed.")
    static let closedPeriods = Words("已结账的统计期", "Closed periods")
    static let noClosedPeriods = Words("还没有结账的统计期。", "No period is closed yet.")
    static let closedOn = Words("结账日", "Closed on")
    static let revisedAt = Words("修订时间", "Revised at")
    static let vintage = Words("版次", "Vintage")
    static let reason = Words("原因", "Reason")
    static let before = Words("原值", "Before")
    static let after = Words("新值", "After")
    static let older = Words("更早的修订", "Earlier revisions")

    // MARK: Data

    static let dataLead = Words(
        "与页面相同的数据，供下载和订阅。数字未经四舍五入；金额单位为分。",
        "The same figures as on the pages, to download and to subscribe to. They are exact; money is in fen (CNY 0.01)."
    )
    static let dataset = Words("数据集", "Dataset")
    static let cells = Words("单元格", "Cells")
    static let snapshot = Words("快照", "Snapshot")
    static let dictionary = Words("数据字典", "Dictionary")
    static let digest = Words("摘要", "Digest")
    static let position = Words("序号", "Sequence")
    static let epoch = Words("纪元", "Epoch")
    static let measures = Words("指标说明", "The measures")
    static let kind = Words("类型", "Kind")
    static let flow = Words("流量", "flow")
    static let stock = Words("存量", "stock")
    static let kinds = Words(
        "流量是统计期内发生的数，存量是期末的数。",
        "A flow is what happened in the period, a stock what there is at its end.")
    static let code = Words("代码", "Code")
    static let additive = Words("可否相加", "Additive")
    static let yes = Words("是", "yes")
    static let no = Words("否", "no")

    // MARK: Contract

    static let contract = Words("接口约定", "Contract")
    static let contractLead = Words(
        "与暖心交换的每一种消息：由谁发出、由谁接收、字段与示例。说明文字为英文，与代码同源。",
        "Every type of message that is exchanged with Nuanxin: who takes it in, its fields and examples."
    )
    static let contractMissing = Words(
        "本部署没有安装接口约定（NUANXIN_CONTRACT）。",
        "The contract is not installed in this deployment (NUANXIN_CONTRACT).")
    static let topology = Words("消息拓扑", "Topology")
    static let answers = Words("示例的应答", "Answers to the examples")
    static let changeLog = Words("变更记录", "Change log")
    static let type = Words("消息", "Type")
    static let meaning = Words("含义", "Meaning")
    static let takenInBy = Words("接收方", "Taken in by")
    static let since = Words("起始日期", "Since")
    static let until = Words("停用日期", "Until")
    static let exchange = Words("交换机", "Exchange")
    static let routingKey = Words("路由键", "Routing key")
    static let field = Words("字段", "Field")
    static let fields = Words("data 的字段", "Fields of data")
    static let form = Words("形式", "Form")
    static let required = Words("必填", "Required")
    static let definitions = Words("定义", "Definitions")
    static let examples = Words("示例", "Examples")
    static let example = Words("示例", "Example")
    static let refused = Words("会被拒绝的消息", "What is refused, and how")
    static let place = Words("位置", "Where")

    // MARK: Status

    static let statusLead = Words(
        "数据到了哪里，还有什么在路上。", "Where the data are, and what is still on its way.")
    static let publishedUpTo = Words("已发布到", "Published up to")
    static let waiting = Words("待发布", "Waiting to be published")
    static let question = Words("检查项", "What")
    static let answer = Words("现状", "Now")
    static let uncounted = Words("已接收、尚未汇总的变化", "Changes taken in, not yet added up")
    static let editionInForce = Words("现行一期", "Edition in force")
    static let editionAsOf = Words("数据截至", "As of")
    static let editionAge = Words("距今", "Age")
    static let editionCells = Words("单元格", "Cells")
    static let editionChanged = Words("与上一期不同的单元格", "Cells that differ from the edition before")
    static let editionHidden = Words("为保护隐私不公布的数", "Figures not shown, to protect families")
    static let editionOpen = Words("正在公布的一期", "Edition that is being published")
    static let editionOpenNone = Words("没有", "none")
    static let parked = Words("等待处理的消息", "Messages that wait")
    static let dead = Words("无法处理的消息", "Messages that could not be handled")
    static let rebuilding = Words("重建", "Rebuild")
    static let rebuildRuns = Words("正在重建，下一期等它完成", "running; the next edition waits for it")
    static let rebuildNone = Words("没有进行", "none running")
    static let version = Words("版本", "Version")

    // MARK: Problems

    static let notFound = Words("没有这一页", "There is no such page")
    static let notFoundHelp = Words(
        "地址可能有误，或地区代码不存在。", "The address may be wrong, or there is no such territory.")
    static let badRequest = Words("参数有误", "A parameter is wrong")
    static let expected = Words("应为", "What would be right")
    static let unavailable = Words("暂时没有数据", "There are no figures yet")
    static func firstEdition(at clock: String) -> Words {
        Words(
            "还没有公布过数据。第一期在北京时间 \(clock) 生成，或在协会要求时生成。",
            "Nothing was published yet. The first edition is made at \(clock) Beijing time, or when the association asks for it."
        )
    }
    static func emptyEdition(_ edition: EditionMoment, next clock: String) -> Words {
        Words(
            "\(edition.words.zh)，其中没有数据。下一期在北京时间 \(clock) 生成，或在协会要求时生成。",
            "\(edition.words.en): there are no figures in it. The next edition is made at \(clock) Beijing time, or when the association asks for it."
        )
    }
    static let unreadable = Words("暂时无法读取数据", "The figures cannot be read at the moment")
    static let unreadableHelp = Words("请稍后再试。", "Please try again in a moment.")
    static let toOverview = Words("回到总览", "Back to the overview")
}
