import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Nuanxin

@Suite("What the operator's tool prints")
struct ToolOutputTests {
    @Test("Columns stay aligned with Chinese characters, which are two wide")
    func alignment() {
        var table = TextTable([("name", .left), ("value", .right)])
        table.add(["暖心", "1"])
        table.add(["ab", "100"])
        #expect(table.text == "name  value\n----  -----\n暖心      1\nab      100")
    }

    @Test("What a publisher has written makes no new line and moves no cursor")
    func foreignText() {
        var table = TextTable([("type", .left)])
        table.add(["a\nb\u{1B}[2J"])
        #expect(table.text == "type\n-----------------\na\\u000ab\\u001b[2J")
    }

    @Test(
        "Money in fen is shown in yuan",
        arguments: [
            (171_000_000, "1,710,000"), (8_275, "82.75"), (5, "0.05"), (-100_050, "-1,000.50"),
        ])
    func money(fen: Int64, text: String) {
        #expect(FigureLine.amount(fen, "fen") == [text, "yuan"])
    }

    @Test("Lines of the bulletin stand by what their programmes belong to, the rest last")
    func groups() {
        func line(_ number: Int, _ series: String?) -> FigureLine {
            FigureLine(
                line: number, figureZh: "", figureEn: "", measure: "", programme: "",
                dimension: "", territory: "", period: "all", value: 0, unit: "", series: series,
                keyTask: nil)
        }
        let lines = [line(1, "warm"), line(2, nil), line(3, "happiness"), line(4, "warm")]
        let groups = FigureLine.groups(of: lines, .series)
        #expect(groups.map(\.heading) == ["happiness", "warm", "in none"])
        #expect(groups.map { $0.lines.map(\.line) } == [[3], [1, 4], [2]])
        #expect(FigureLine.groups(of: lines, nil).map(\.lines.count) == [4])
        #expect(FigureLine.groups(of: lines, .keyTask).map(\.heading) == ["in none"])
    }

    @Test("A duplicate counts as what its first answer was")
    func duplicates() {
        var tally = SendingTally()
        var receipt = Receipt(
            refusing: Refusal(.invalidValue, at: "/loan", expected: "another"))
        receipt.first = Receipt.First(status: .rejected, code: "unknown_loan")
        receipt.status = .duplicate
        tally.count(receipt)
        receipt.first?.status = .accepted
        tally.count(receipt)
        #expect(tally.rejected == 1)
        #expect(tally.duplicate == 1)
    }

    @Test("A line without a type cannot be sent, one with a wrong id can")
    func lines() throws {
        let wrongID = Array(#"{"type":"funding.loan.apply.v1","id":7}"#.utf8)
        #expect(try OutgoingCommand(body: wrongID, line: 3).id == "line-3")
        for text in [#"{"id":"x"}"#, "[]", "nonsense"] {
            #expect(throws: Refusal.self) {
                try OutgoingCommand(body: Array(text.utf8), line: 1)
            }
        }
    }

    // MARK: Editions that a restore has forgotten

    private func past(
        _ kind: EditionPast.Kind, editions: Int64 = 0, lostUntil: String? = nil, age: Int64 = 5
    ) -> EditionPast {
        EditionPast(
            past: kind, since: "2026-11-29T10:00:00+08:00", ageSeconds: age, editions: editions,
            lostUntil: lostUntil)
    }

    @Test func `Status says whether forgotten editions were found or are lost`() {
        #expect(past(.reading).text.hasPrefix("Editions wait"))
        let found = past(.read, editions: 3).text
        #expect(found.contains("2026-11-29 10:00:00") && found.contains("3 editions"))
        let lost = past(.lost, lostUntil: "2026-11-29").text
        #expect(lost.contains("nobody knows") && !lost.contains("\n"))
        let both = past(.read, editions: 1, lostUntil: "2026-06-01").text
        #expect(both.contains("1 edition,") && both.contains("at the latest on 2026-06-01"))
    }

    @Test func `That they are being read is a problem only if it does not end`() {
        #expect(past(.reading).problem == nil)
        #expect(past(.reading, age: 1_000).problem?.contains("makes no edition") == true)
        #expect(past(.lost, age: 1_000).problem == nil)
    }

    // MARK: What the public sees

    /// A snapshot of so many cells, of which one is written.
    private func snapshot(cells: Int = 1, _ measures: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).ndjson")
        let lines = """
            {"dataset":"funding","epoch":1,"seq":9,"cells":\(cells),"digest":"0"}
            {"dataset":"funding","epoch":1,"seq":9,"key":{"territory":"350203","period":"2019",\
            "programme":"family-grants"},"vintage":0,"status":"provisional","reason":{"code":"routine",\
            "zh":"","en":""},"measures":{\(measures)}}

            """
        try Data(lines.utf8).write(to: file)
        return file.path
    }

    @Test(
        "A figure that the public does not see, or sees as another, is a difference",
        arguments: [
            (#""grants_paid:tuition":{"state":"value","value":7}"#, nil),
            (#""grants_paid:tuition":{"state":"value","value":8}"#, "8"),
            (#""grants_paid:tuition":{"state":"suppressed"}"#, "suppressed"),
            (#""grants_paid":{"state":"value","value":7}"#, "not published"),
        ] as [(String, String?)])
    func publicFigures(measures: String, seen: String?) throws {
        let figure = ExpectedFigures.Figure(
            measure: "grants_paid", programme: "family-grants", dimension: "tuition",
            territory: "350203", period: "2019", value: 7)
        let path = try snapshot(measures)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let difference = try PublicFigures(path: path, [figure]).difference(from: figure)
        #expect(
            difference
                == seen.map {
                    "grants_paid family-grants tuition 350203 2019: expected 7, the public sees: \($0)"
                })
    }

    @Test("A snapshot that was cut off is no answer")
    func cutSnapshot() throws {
        let path = try snapshot(cells: 2, "")
        defer { try? FileManager.default.removeItem(atPath: path) }
        #expect(throws: PublicFigures.Incomplete.self) { try PublicFigures(path: path, []) }
    }
}
