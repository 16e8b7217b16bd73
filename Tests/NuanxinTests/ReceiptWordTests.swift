import AMQP
import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Nuanxin

/// What the tool says of receipts besides that they came.
@Suite struct ReceiptWordTests {
    private let until = Timestamp(microseconds: 1_800_000_000_000_000)

    private func parked(until: Timestamp?) -> Receipt {
        var receipt = Receipt(
            command: nil, status: .parked, code: "unknown_fund", pointer: "/data/fund")
        receipt.until = until
        return receipt
    }

    @Test func `what waits says until when, or that an operator must decide`() {
        #expect(
            parked(until: until).decision.waiting
                == "parked: unknown_fund, at /data/fund, until \(until) at the latest")
        #expect(
            parked(until: nil).decision.waiting
                == "parked: unknown_fund, at /data/fund, until an operator decides")
    }

    @Test func `the line of a receipt that waits has its end`() throws {
        let line = try ReceiptOutput(isOn: true).text(
            AnsweredCommand(line: 3, id: "x", receipt: parked(until: until)))
        let value = try JSONValue(Array(line.utf8))
        #expect(value["status"] == "parked")
        #expect(value["until"] == .text(until.wireText))
    }

    @Test func `an ignored field is told with the one that may be meant`() throws {
        let slip = Receipt.IgnoredField(pointer: "/data/validto", nearest: "validTo")
        #expect(slip.text == "/data/validto is ignored: the type has no such field; it has validTo")
        #expect(slip.json == ["pointer": "/data/validto", "nearest": "validTo"])
        let other = Receipt.IgnoredField(pointer: "/data/remark")
        #expect(other.text == "/data/remark is ignored: the type has no such field")
        #expect(other.json == ["pointer": "/data/remark"])
        let hidden = Receipt.IgnoredField(pointer: "/data/*")
        #expect(hidden.text.contains("not repeated"))
    }

    @Test func `the line of a receipt has what was ignored, and the last line counts it`() throws {
        var receipt = Receipt(command: nil, status: .accepted)
        receipt.ignored = [.init(pointer: "/data/validto", nearest: "validTo")]
        let line = try ReceiptOutput(isOn: true).text(
            AnsweredCommand(line: 1, id: "x", receipt: receipt))
        #expect(
            try JSONValue(Array(line.utf8))["ignored"]
                == [["nearest": "validTo", "pointer": "/data/validto"]])
        var tally = SendingTally()
        tally.count(receipt)
        tally.count(Receipt(command: nil, status: .accepted))
        #expect(tally.ignored == 1)
        #expect(!receipt.isRejection)
    }

    @Test func `offline, a valid document is told what services would ignore`() throws {
        let text = """
            {"specversion":"1.0","id":"0190c0de-0000-7000-8000-00000000f001","source":"test",\
            "type":"registry.person.get.v1","time":"2020-05-26T08:00:00Z",\
            "data":{"person":"0190c0de-0000-7000-8000-00000000f002","persom":"x"}}
            """
        let slip = Receipt.IgnoredField(pointer: "/data/persom", nearest: "person")
        let check = DocumentCheck(areFacts: false)
        let (error, ignored) = check.findings(in: Array(text.utf8))
        #expect(error == nil)
        #expect(ignored == [slip])
        let broken = text.replacingOccurrences(of: #""person""#, with: #""perzon""#)
        let findings = check.findings(in: Array(broken.utf8))
        #expect(findings.error?.pointer == "/data/person")
        #expect(findings.ignored.map(\.pointer) == ["/data/perzon", "/data/persom"])
    }

    // MARK: Rights

    private func words(_ reason: String, code: Int = 403) -> String {
        "\(MissingRight.words(for: AMQPError(.refused(code: code), reason), of: "kiosk"))"
    }

    @Test(arguments: ["access", "write access"])
    func `a right that the broker denies is told with who gives it`(_ access: String) {
        let text = words(
            "ACCESS_REFUSED - \(access) to topic 'registry.person.get.v1' in exchange "
                + "'nuanxin.commands' in vhost '/' refused for user 'kiosk'")
        #expect(text.hasPrefix("the broker user kiosk may not send registry.person.get.v1."))
        #expect(text.contains("The operator gives this right with `nuanxin publisher add kiosk"))
        #expect(text.contains("deploy/manual/access.md"))
        #expect(!text.contains("403") && !text.contains("ACCESS_REFUSED"))
    }

    @Test func `a wrong password and another right are told too, and other errors as they are`() {
        let login = words("ACCESS_REFUSED - Login was refused using authentication mechanism PLAIN")
        #expect(login.hasPrefix("the broker knows no user kiosk with this password."))
        #expect(words("ACCESS_REFUSED - access to queue 'receipts.x'").contains("lacks a right"))
        #expect(words("NOT_FOUND - no queue", code: 404).contains("404"))
    }
}
