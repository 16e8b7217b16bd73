import Foundation
import Messages
import Testing

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

    @Test(
        "Money in fen is shown in yuan",
        arguments: [
            (171_000_000, "1,710,000"), (8_275, "82.75"), (5, "0.05"), (-100_050, "-1,000.50"),
        ])
    func money(fen: Int64, text: String) {
        #expect(FigureLine.amount(fen, "fen") == [text, "yuan"])
    }

    @Test("A duplicate counts as what its first answer was")
    func duplicates() {
        var tally = SendingTally()
        var receipt = CommandReceipt(
            refusing: .invalidValue, at: "/loan", expected: "another", found: "a string")
        receipt.first = CommandReceipt.First(status: .rejected, code: "unknown_loan")
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
            #expect(throws: MessageError.self) {
                try OutgoingCommand(body: Array(text.utf8), line: 1)
            }
        }
    }
}
