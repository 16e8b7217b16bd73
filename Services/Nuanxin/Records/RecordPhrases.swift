import CommandLineKit
import Messages

/// What `nuanxin tasks`, `query` and `history` say, besides the words of codes.
extension ToolWords {
    // MARK: Services

    private static let services: [String: ToolWords] = [
        "registry": ToolWords("登记", "registry"), "funding": ToolWords("资金", "funding"),
        "events": ToolWords("活动", "events"), "reporting": ToolWords("统计", "reporting"),
    ]

    /// The name of a service.
    static func service(_ name: String) -> ToolWords {
        services[name].map { ToolWords("\($0.zh)（\(name)）", name) } ?? ToolWords(name, name)
    }

    // MARK: Tasks

    static let territory = ToolWords("地区", "territory")
    static let service = ToolWords("服务", "service")
    static let kind = ToolWords("种类", "kind")
    static let toDo = ToolWords("要办的事", "to do")
    static let subject = ToolWords("对象", "subject")
    static let since = ToolWords("起始", "since")
    static let due = ToolWords("期限", "due")
    static let settled = ToolWords("办结", "settled")
    static let task = ToolWords("待办编号", "task")
    static let dismissed = ToolWords("，已撤销", ", dismissed")
    static let noTasks = ToolWords("没有待办", "no tasks")

    static func tasks(_ count: Int) -> ToolWords {
        count == 0 ? noTasks : ToolWords("共 \(count) 项待办", "\(count) tasks")
    }

    /// No service has it.
    static func noTaskKind(_ kind: String) -> ToolWords {
        let kinds = TaskWords.kinds.keys.sorted()
        return ToolWords(
            "没有服务有 \(kind) 这种待办。种类有：\(kinds.joined(separator: "、"))",
            "no service has tasks of the kind \(kind). The kinds are \(kinds.joined(separator: ", "))"
        )
    }

    static let wrongTerritory = ToolWords(
        "--territory 应为 6、9、12 或 15 位的地区代码", "--territory must be \(TerritoryCode.expected)")

    // MARK: Histories

    static let wrongRecord = ToolWords("编号应为 UUID", "the id must be \(ID<Never>.expected)")

    static func fact(_ sequence: Int64, of subject: String, _ id: String) -> ToolWords {
        ToolWords(
            "\(subject) 的第 \(sequence) 条事实，\(id)", "fact \(sequence) of \(subject), \(id)")
    }

    static func cause(_ id: String, publisher: String?, actor: String?) -> ToolWords {
        ToolWords(
            "起因 \(id)" + (publisher.map { "，发送方 \($0)" } ?? "")
                + (actor.map { "，办理人 \($0)" } ?? ""),
            "caused by \(id)" + (publisher.map { " of \($0)" } ?? "")
                + (actor.map { ", taken by \($0)" } ?? ""))
    }

    static func text(_ text: HistoryText) -> ToolWords {
        ToolWords(
            "\(AnswerWords.heading(text.field, .zh))：\(text.text)", "\(text.field): \(text.text)")
    }

    static func text(_ text: HistoryText, of record: String) -> ToolWords {
        ToolWords(
            "\(record) 的\(AnswerWords.heading(text.field, .zh))：\(text.text)",
            "\(text.field) of \(record): \(text.text)")
    }

    static func reserved(_ services: [String], _ record: String) -> ToolWords {
        ToolWords(
            "\(services.map { service($0).zh }.joined(separator: "、"))：out_of_scope。那里没有 \(record) 的记录，或其经过涉及未授权给您的地区。",
            "\(services.joined(separator: ", ")): out_of_scope. Nothing is known there of \(record), "
                + "or its facts name a territory that you were not granted.")
    }

    static func noHistory(_ record: String, isReserved: Bool) -> ToolWords {
        isReserved
            ? ToolWords("没有服务告诉您 \(record) 的经过", "no service tells you of \(record)")
            : ToolWords("没有服务知道 \(record)", "no service knows \(record)")
    }

    // MARK: Queries

    static let none = ToolWords("无", "none")
    static let query = ToolWords("查询", "query")
    static let asks = ToolWords("查什么", "what it asks")
    static let cut = ToolWords(
        "还有更多：加大 --limit，或设置 after", "there are more: raise --limit, or set after")
    static let nameQuery = ToolWords(
        "请写明查询；`nuanxin query --list` 列出全部", "name a query; `nuanxin query --list` shows all")
    static let listIsAlone = ToolWords(
        "--list 列出全部查询，不要再写类型", "--list shows all queries, without a type")

    static func wrongLimit(_ largest: Int) -> ToolWords {
        ToolWords("--limit 应为 1 到 \(largest)", "--limit must be from 1 to \(largest)")
    }

    static func noType(_ name: String) -> ToolWords {
        ToolWords(
            "没有 \(name) 这种类型；`nuanxin query --list` 列出全部查询",
            "\(name) is no type; `nuanxin query --list` shows all queries")
    }

    static func isCommand(_ name: String) -> ToolWords {
        ToolWords(
            "\(name) 是命令，会改变内容；请用 `nuanxin publish` 发送",
            "\(name) is a command, which changes something; send it with `nuanxin publish`")
    }

    static func isFact(_ name: String) -> ToolWords {
        ToolWords(
            "\(name) 是事实，由服务发布；`nuanxin query --list` 列出全部查询",
            "\(name) is a fact, which services publish; `nuanxin query --list` shows all queries")
    }

    // MARK: Faults of what was written

    static func writeSetting(_ setting: String) -> ToolWords {
        ToolWords("--set \(setting)：请写成 字段=值", "--set \(setting): write FIELD=VALUE")
    }

    static func nothingInside(_ place: String, _ name: String) -> ToolWords {
        ToolWords("\(place)：里面没有 \(name)", "\(place): there is no \(name) inside it")
    }

    static func unknownField(_ place: String, _ names: [String]) -> ToolWords {
        ToolWords(
            "\(place)：没有这个字段；可用的有 \(names.joined(separator: "、"))",
            "\(place): unknown field; one of \(names.joined(separator: ", "))")
    }

    static func notJSON(_ place: String, _ text: String) -> ToolWords {
        ToolWords(
            "\(place)：\(text) 不是 JSON，而这个字段要写 JSON",
            "\(place): \(text) is not JSON, which this field takes")
    }

    // MARK: Answers that are none

    static func noAnswer(_ error: BrokerQueries.NoAnswer) -> ToolWords {
        let cause = error.last.map { "（\($0)）" } ?? ""
        return ToolWords("\(error.type) 在 \(error.seconds) 秒内没有答复\(cause)", "\(error)")
    }

    /// A refusal, from a service or before it is asked.
    static func refused(
        _ code: String, at pointer: String, expected: String, by service: String? = nil
    ) -> ToolWords {
        let zh = RefusalWords.text(of: code, expected: expected)
        let place = pointer.isEmpty ? "" : "，位置 \(pointer)"
        let name = service.map { ToolWords.service($0).zh }
        return ToolWords(
            (name.map { "\($0)拒绝：" } ?? "已拒绝：") + "\(code)（\(zh)）\(place)",
            (service.map { "\($0) refused: " } ?? "refused: ")
                + "\(code) at \(pointer), expected \(expected)")
    }
}
