import Foundation
import Messages
import Support
import Testing

@testable import Nuanxin

@Suite("Files of definitions")
struct DefinitionFileTests {
    private func slips<Content: Command>(
        _ text: String, _ type: Content.Type
    ) throws -> [UnknownFields.Field] {
        try DefinitionFile<Content>.slips(in: Array(text.utf8))
    }

    @Test(
        "The reference district's files have no field that their messages do not know",
        arguments: ["seeds/plan.json", "seeds/second-district/plan.json"])
    func seeds(_ path: String) throws {
        let plan = try Data(contentsOf: Project.file(path))
        #expect(try DefinitionFile<DefinePlan>.slips(in: Array(plan)).isEmpty)
    }

    @Test("A misspelled field is named, with those that there are")
    func misspelled() throws {
        let found = try slips(
            #"{"version": 1, "blocks": [{"level": "district", "form": "day"}]}"#, DefinePlan.self)
        #expect(found.map(\.pointer) == ["/blocks/0/form"])
        let text = try #require(found.first).description
        #expect(text.hasPrefix("/blocks/0/form: unknown field; one of "))
        #expect(text.hasSuffix(", perhaps from"))
    }

    @Test("All of them are named, by the names that the file has")
    func several() throws {
        let found = try slips(
            #"{"verison": 1, "备注": "x", "blocks": [{"lvel": "district"}]}"#, DefinePlan.self)
        #expect(found.map(\.pointer) == ["/verison", "/备注", "/blocks/0/lvel"])
        #expect(found.map(\.nearest) == ["version", nil, "level"])
    }

    @Test("A file may say what it is, at its beginning only")
    func remark() throws {
        #expect(try slips(#"{"note": "x", "sections": []}"#, DefineBulletin.self).isEmpty)
        let inside = try slips(#"{"sections": [{"note": "x"}]}"#, DefineBulletin.self)
        #expect(inside.map(\.pointer) == ["/sections/0/note"])
    }
}
