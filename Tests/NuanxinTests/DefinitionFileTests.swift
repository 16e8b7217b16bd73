import Foundation
import Messages
import Support
import Testing

@testable import Nuanxin

@Suite("Files of definitions")
struct DefinitionFileTests {
    @Test(
        "The reference district's files have no field that their messages do not know",
        arguments: ["seeds/plan.json", "seeds/second-district/plan.json"])
    func seeds(_ path: String) throws {
        let plan = try Data(contentsOf: Project.file(path))
        #expect(try UnknownFields.first(of: JSONValue(Array(plan)), in: DefinePlan.self) == nil)
    }

    @Test("A misspelled field is named, with those that there are")
    func misspelled() throws {
        let plan = #"{"version": 1, "blocks": [{"level": "district", "form": "day"}]}"#
        let found = try #require(
            try UnknownFields.first(of: JSONValue(Array(plan.utf8)), in: DefinePlan.self))
        #expect(found.description.hasPrefix("/blocks/0/form: unknown field; one of "))
        #expect(found.names.contains("from"))
    }

    @Test("A file may say what it is, at its beginning only")
    func remark() throws {
        func first(_ text: String) throws -> String? {
            try UnknownFields.first(of: JSONValue(Array(text.utf8)), in: DefineBulletin.self)?
                .description
        }
        #expect(try first(#"{"note": "x", "sections": []}"#) == nil)
        #expect(
            try first(#"{"sections": [{"note": "x"}]}"#)?.hasPrefix("/sections/0/note") == true)
    }
}
