import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Reporting

@Suite("The contract's pages in the dashboard")
struct DashboardContractTests {
    private let pages: ContractPages

    init() throws {
        let directory = try Checkout.find("deploy/contract/messages.json")
            .deletingLastPathComponent()
        pages = try ContractPages(directory.path, PageTemplates())
    }

    @Test(
        "Every type is in the list and has a page, in each language", arguments: Language.allCases)
    func everyType(_ language: Language) throws {
        let list = try pages.page(nil, language)
        #expect(list.code == 200)
        #expect(pages.folder.types.count >= Catalogue.all.count)
        for type in Catalogue.all.map({ $0.type }) {
            #expect(list.html.contains("href=\"/\(language.rawValue)/contract/\(type)\""))
            let page = try pages.page(type, language)
            #expect(page.code == 200)
            #expect(page.html.contains("<h1>\(type)</h1>"))
            let tables = page.html.components(separatedBy: "<table").count
            #expect(tables == page.html.components(separatedBy: "<caption").count)
            #expect(page.html.components(separatedBy: "<pre").count >= 2, "an example")
            #expect(!page.html.contains("{{"))
        }
    }

    @Test("A page has the fields with their bounds, and each wrong example with its answer")
    func fields() throws {
        let html = try pages.page("funding.donation.receive.v1", .en).html
        for text in [
            "amountFen", "receivedOn", "campaign", "BusinessDate", "missing_field",
            "/data/amountFen",
        ] {
            #expect(html.contains("<code>\(text)</code>") || html.contains(">\(text)<"), "\(text)")
        }
        #expect(html.contains("href=\"/contract/schemas/funding.donation.receive.v1.json\""))
    }

    @Test("A field says its meaning and the rule that no keyword says")
    func rules() {
        let schema: JSONValue = [
            "properties": [
                "paidOn": ["description": "The day.", "$comment": "From 1979-01-01 on."],
                "note": ["type": "string"],
            ]
        ]
        let fields = ContractField.all(of: schema, .en)
        #expect(fields.map(\.meaning) == ["The day. From 1979-01-01 on.", ""])
    }

    @Test("Nested fields have the names of those around them")
    func nested() throws {
        let schema: JSONValue = [
            "required": ["lines"],
            "properties": [
                "lines": [
                    "type": "array", "maxItems": 3,
                    "items": ["type": "object", "properties": ["item": ["type": "string"]]],
                ]
            ],
        ]
        let fields = ContractField.all(of: schema, .en)
        #expect(fields.map(\.name) == ["lines", "lines[].item"])
        #expect(fields.map(\.form) == ["array of object, maxItems 3", "string"])
        #expect(fields.map(\.required) == ["yes", "no"])
    }

    @Test("What is no type is not found, and a contract that is not installed says so")
    func missing() throws {
        #expect(try pages.page("funding.fund.close.v1", .zh).code == 404)
        #expect(try pages.page("../messages", .zh).code == 404)
        let none = try ContractPages(nil, PageTemplates())
        #expect(try none.page(nil, .en).html.contains("not installed"))
        #expect(throws: ContractFolder.Problem.self) { try ContractFolder("/nonexistent") }
    }
}
