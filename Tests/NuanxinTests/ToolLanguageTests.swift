import ArgumentParser
import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Nuanxin

@Suite("What the tool says of records, in the language of whoever reads it")
struct ToolLanguageTests {
    private static let id = "01726000-0041-7000-8000-000000000001"

    private func uuid() throws -> UUID { try #require(UUID(uuidString: Self.id)) }
    private func day(_ text: String) throws -> BusinessDate { try #require(BusinessDate(text)) }

    // MARK: Which language

    @Test(
        "The locale says the language: the first variable that is set",
        arguments: [
            ([:], .en), (["LANG": "zh_CN.UTF-8"], .zh), (["LANG": "zh"], .zh),
            (["LANG": "en_US.UTF-8"], .en), (["LANG": "C.UTF-8"], .en), (["LANG": "zha_CN"], .en),
            (["LC_ALL": "C", "LANG": "zh_CN.UTF-8"], .en),
            (["LC_ALL": "", "LC_MESSAGES": "zh_TW", "LANG": "en_GB"], .zh),
            (["LC_MESSAGES": "en_GB", "LANG": "zh_CN"], .en),
        ] as [([String: String], ToolLanguage)])
    func locales(environment: [String: String], language: ToolLanguage) {
        #expect(ToolLanguage(environment) == language)
    }

    @Test func `--lang is stronger than the locale, and takes two languages`() throws {
        for language in ToolLanguage.allCases {
            let option = ["--lang", language.rawValue]
            #expect(try TasksCommand.parse(option).speech.language == language)
            #expect(try QueryCommand.parse(["--list"] + option).speech.language == language)
            #expect(try HistoryCommand.parse([Self.id] + option).speech.language == language)
        }
        #expect(throws: (any Error).self) { try TasksCommand.parse(["--lang", "fr"]) }
    }

    @Test(
        "What cannot be asked is said in the language",
        arguments: [
            (["history", "7"], "编号应为 UUID"), (["tasks", "--territory", "x"], "地区代码"),
            (["query"], "请写明查询"), (["query", "--list", "--limit", "0"], "--limit 应为 1 到"),
            (["query", RecordDeath.type], "是命令"), (["query", PersonDied.type], "是事实"),
            (["query", "registry.nothing.get.v1"], "没有 registry.nothing.get.v1 这种类型"),
        ])
    func complaints(arguments: [String], words: String) {
        let error = #expect(throws: (any Error).self) {
            try NuanxinTool.parseAsRoot(arguments + ["--lang", "zh"])
        }
        #expect(error.map { NuanxinTool.message(for: $0) }?.contains(words) == true)
    }

    // MARK: Tasks

    private func tasks() throws -> [ServiceTask] {
        let answer = TaskAnswer(
            task: try uuid(), kind: "name_successor", subject: try uuid(),
            territory: try #require(TerritoryCode("350203007")), raisedOn: try day("2020-02-01"),
            raisedBy: try uuid(), settledOn: try day("2020-03-01"), dismissed: true)
        var newer = answer
        newer.kind = "walk_the_dog"
        return [
            ServiceTask(service: "registry", task: answer),
            ServiceTask(service: "events", task: newer),
        ]
    }

    @Test func `a task has words for what it asks, and its kind for --kind`() throws {
        let chinese = ServiceTask.text(of: try tasks(), in: .zh)
        for words in [
            "地区", "要办的事", "登记（registry）", "name_successor  确定新的户主", "2020-03-01，已撤销",
            "walk_the_dog", "共 2 项待办",
        ] { #expect(chinese.contains(words), "\(words)") }
        let english = ServiceTask.text(of: try tasks(), in: .en)
        for words in ["to do", "name_successor  name the new head", ", dismissed", "2 tasks"] {
            #expect(english.contains(words), "\(words)")
        }
    }

    @Test func `no task is said as well`() {
        #expect(ServiceTask.text(of: [], in: .zh) == "没有待办")
        #expect(ServiceTask.text(of: [], in: .en) == "no tasks")
    }

    @Test func `a kind that no service has is refused with those that there are`() {
        let words = ToolWords.noTaskKind("nonsense")
        for text in [words.zh, words.en] {
            #expect(text.contains("nonsense"))
            for kind in TaskWords.kinds.keys { #expect(text.contains(kind), "\(kind)") }
        }
    }

    @Test(arguments: [
        ("an integer from 1 to 200", "1 至 200 的整数"), ("1 to 500 characters", "1 至 500 个字符"),
        ("1 to 500 characters, not only blanks", "1 至 500 个字符，不能只有空白"),
        ("0 to 20 items", "0 至 20 项"), ("a date from 2019-03-01 on", "2019-03-01 或以后的日期"),
        ("a date from 2019-03-01 to 2019-03-08", "2019-03-01 至 2019-03-08 的日期"),
        ("an integer", "整数"), ("the id of a fund", "the id of a fund"),
        ("a date from the first step to the last", "a date from the first step to the last"),
    ])
    func `a bound that is expected is said in Chinese`(english: String, chinese: String) {
        #expect(ExpectedWords.chinese(english) == chinese)
        #expect(RefusalWords.text(of: "invalid_value", expected: english).hasSuffix(chinese))
    }

    // MARK: Histories

    @Test func `a step says what it is, its cause and its reason`() throws {
        let text = HistoryText(record: try uuid(), field: "reason", text: "误记")
        let entry = HistoryEntry(
            fact: try uuid(), type: PersonDied.type, subject: Self.id, sequence: 3,
            publisher: "office", actor: try uuid(), on: try day("2020-02-01"),
            recordedAt: try #require(Timestamp("2020-02-02T00:00:00Z")), cause: try uuid(),
            texts: [text])
        let step = HistoryStep(service: "registry", entry: entry)
        #expect(
            step.text(in: .zh) == """
                2020-02-02T00:00:00.000Z  2020-02-01  registry.person.died.v1  去世
                    \(Self.id) 的第 3 条事实，\(Self.id)
                    起因 \(Self.id)，发送方 office，办理人 \(Self.id)
                    理由：误记
                """)
        #expect(
            step.text(in: .en) == """
                2020-02-02T00:00:00.000Z  2020-02-01  registry.person.died.v1
                    fact 3 of \(Self.id), \(Self.id)
                    caused by \(Self.id) of office, taken by \(Self.id)
                    reason: 误记
                """)
        #expect(ToolWords.text(text, of: Self.id).zh == "\(Self.id) 的理由：误记")
    }

    @Test func `a record without a history is told from one that is kept back`() {
        #expect(ToolWords.noHistory("x", isReserved: false).zh == "没有服务知道 x")
        #expect(ToolWords.noHistory("x", isReserved: true).zh == "没有服务告诉您 x 的经过")
        #expect(ToolWords.reserved(["events"], "x").zh.hasPrefix("活动（events）：out_of_scope。"))
    }

    // MARK: Answers

    private func text(_ answer: String, _ part: String? = nil) throws -> String {
        AnswerText(try JSONValue(Array(answer.utf8)), part: part, in: .zh).text
    }

    @Test func `fields and codes of an answer have Chinese names, and what people wrote stays`()
        throws
    {
        let text = try text(
            #"""
            {"session":{"state":"open","roster":12},"given":["service","named_press_use"],
             "waitlist":[],"memberships":[{"role":"officer","level":"district","name":"officer"}],
             "reads":[{"void":true,"shade":"open"}]}
            """#)
        for words in [
            "场次·状态：开放", "场次·签到：12", "现已同意：服务、实名报道", "候补：无", "会籍与职务：1",
            "身份  级别  姓名", "干部  区    officer", "已作废  shade", "是      open",
        ] { #expect(text.contains(words), "\(words)") }
        #expect(try self.text(#"{"roster":[],"waitlist":[]}"#, "waitlist") == "候补：无")
    }

    @Test func `a refusal says in Chinese what is wrong`() {
        let unknown = ToolWords.refused(
            "unknown_household", at: "/data/household", expected: "the id of a household")
        #expect(unknown.zh == "已拒绝：unknown_household（没有这个家庭），位置 /data/household")
        #expect(
            unknown.en
                == "refused: unknown_household at /data/household, expected the id of a household")
        let value = ToolWords.refused(
            "invalid_value", at: "/data/limit", expected: "1 to 200", by: "events")
        #expect(value.zh == "活动（events）拒绝：invalid_value（值不对，应为：1 to 200），位置 /data/limit")
        #expect(
            value.en == "events refused: invalid_value at /data/limit, expected 1 to 200")
        #expect(ToolWords.refused("new_code", at: "", expected: "x").zh == "已拒绝：new_code（应为：x）")
    }

    @Test(
        "A slip of the pen is named in Chinese",
        arguments: [
            ("teritory=350203", "--set teritory：没有这个字段；可用的有 territory、"),
            ("territory", "请写成 字段=值"), ("limit=many", "--set limit：many 不是 JSON"),
            ("territory.code=1", "里面没有 code"),
        ])
    func slips(setting: String, words: String) {
        let error = #expect(throws: FileProblem.self) {
            try QueryData(of: ListShifts.self, file: nil, settings: [setting])
        }
        #expect(error?.words.zh.contains(words) == true)
    }
}
