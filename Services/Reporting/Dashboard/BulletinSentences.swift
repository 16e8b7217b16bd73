import Messages

/// What a bulletin says of its figures. `{8}` is the figure of all time in line 8, in short; `{10~}` is the same cut
/// to a round number: `6.8 万余户`.
///
/// A clause is said only if each figure in it is a value above 0: of what is suppressed, not collected or zero the
/// table speaks, with its signs.
enum BulletinSentences {
    /// Clauses of one sentence, joined by commas.
    struct Sentence {
        let clauses: [Words]
        /// Whether the others lean on the first one, and are not said without it.
        let isLed: Bool

        /// A clause, and what is said more closely of it.
        static func led(_ clauses: Words...) -> Sentence {
            Sentence(clauses: clauses, isLed: true)
        }

        /// Clauses that each stand for themselves.
        static func list(_ clauses: Words...) -> Sentence {
            Sentence(clauses: clauses, isLed: false)
        }
    }

    static func about(_ topic: Topic) -> [Sentence] {
        switch topic {
        case .loans: loans
        case .grants: grants
        case .insurance: insurance
        case .warmHome: warmHome
        case .childhood: childhood
        case .relief: relief
        case .volunteers: volunteers
        case .commendations: commendations
        case .donations: donations
        }
    }

    private static let loans: [Sentence] = [
        .led(
            Words(
                "“幸福工程”滚动投放资金 {1}，帮助 {2}发展生产经营",
                "The Happiness Project has lent {1} of rolling capital to {2}"),
            Words("单笔借款 {3}至 {4}", "from {3} to {4} each"))
    ]

    private static let grants: [Sentence] = [
        .led(
            Words("发放慰问和助学金 {5}", "Grants came to {5}"),
            Words("其中慰问 {6}，助学 {7}", "{6} of it for condolence and {7} for tuition"))
    ]

    private static let insurance: [Sentence] = [
        .led(
            Words(
                "投入保费 {8}，为 {9~}计生家庭投保意外伤害险",
                "A premium of {8} insured {9~} against accidents"),
            Words(
                "其中父母 51 至 65 周岁的独生子女家庭 {10~}",
                "among them {10~} with an only child and a parent of 51 to 65")),
        .led(
            Words(
                "为 49 周岁及以上的失独人员 {15~}加投住院护理津贴险",
                "The nursing supplement covers {15~} who are bereaved and 49 or older"),
            Words("每人保费至多 {14}", "at {14} each at most")),
    ]

    private static let warmHome: [Sentence] = [
        .led(
            Words(
                "暖心家园、暖心家政、暖心关爱支出经费 {16}",
                "Warm Home, Warm Housekeeping and Warm Care cost {16}")),
        .list(
            Words("暖心家园举办活动 {24}", "Activities of the Warm Homes: {24}"),
            Words("茶话会 {25}", "tea talks: {25}"), Words("参加 {26}", "attendance: {26}")),
        .list(Words("暖心家政上门保洁 {27}", "Homes cleaned by Warm Housekeeping: {27}")),
    ]

    private static let childhood: [Sentence] = [
        .list(
            Words("发放早教宣传折页 {32}", "Leaflets: {32}"), Words("举办讲座 {33}", "lectures: {33}"),
            Words("户外亲子活动 {34}", "outdoor family activities: {34}"),
            Words("课程 {35~}", "classes: {35~}")),
        .list(
            Words("个性化服务 {36~}", "Individual services: {36~}"),
            Words("线上关注 {37~}", "online audience: {37~}")),
        .led(
            Words("云课堂直播 {38}", "Live streams of the cloud classroom: {38}"),
            Words("{39}家庭在线观看", "watched by {39}")),
        .list(Words("青春健康线上课程 {40}", "Online classes on youth health: {40}")),
    ]

    private static let relief: [Sentence] = [
        .list(
            Words("为 {41~}特殊家庭提供口罩", "Masks for {41~} in special need"),
            Words("发放健康包 {42}", "health kits: {42}"))
    ]

    private static let volunteers: [Sentence] = [
        .list(
            Words(
                "志愿家庭参与值守，值守最多的一户达 {43~}",
                "The volunteer household with the most duty served {43~}"))
    ]

    private static let commendations: [Sentence] = [
        .list(Words("会员日表彰 {47}", "The member day brought {47}"))
    ]

    private static let donations: [Sentence] = [
        .led(
            Words(
                "“一元捐”收到捐款 {20}，共 {23}",
                "The One-Yuan Donation received {20}, together {23}"),
            Words("最大一笔 {21}，最小一笔 {22}", "the largest {21}, the smallest {22}"))
    ]

    /// The sentences that can be said.
    /// - Parameter figures: by the numbers of their lines.
    static func text(
        _ topic: Topic, _ figures: [Int: BulletinFigure], _ format: FigureFormat
    ) -> [String] {
        about(topic).compactMap { sentence in
            let texts = sentence.clauses.map { filled($0[format.language], figures, format) }
            if sentence.isLed, texts.first == .some(nil) { return nil }
            let said = texts.compactMap(\.self)
            guard let first = said.first else { return nil }
            switch format.language {
            case .zh: return said.joined(separator: "，") + "。"
            case .en:
                let text = said.joined(separator: ", ")
                return first.prefix(1).uppercased() + text.dropFirst() + "."
            }
        }
    }

    /// - Returns: nil if a figure is not a value above 0.
    private static func filled(
        _ clause: String, _ figures: [Int: BulletinFigure], _ format: FigureFormat
    ) -> String? {
        var text = ""
        for part in parts(of: clause) {
            switch part {
            case .text(let string): text += string
            case .figure(let line, let isRound):
                guard let figure = figures[line], let value = figure.figure.shown, value > 0,
                    let unit = figure.unit
                else { return nil }
                text += isRound ? format.round(value, unit) : format.short(value, unit)
            }
        }
        return text
    }

    enum Part: Equatable {
        case text(String)
        case figure(line: Int, isRound: Bool)
    }

    static func parts(of clause: String) -> [Part] {
        var (parts, rest): ([Part], Substring) = ([], clause[...])
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            let isRound = name.last == "~"
            if let line = Int(isRound ? name.dropLast() : name) {
                parts += [
                    .text(String(rest[..<open])), .figure(line: line, isRound: isRound),
                ]
            }
            rest = rest[rest.index(after: close)...]
        }
        return parts + [.text(String(rest))]
    }
}
