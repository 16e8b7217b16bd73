import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Nuanxin

/// A file that is gone after its test.
private final class TemporaryFile {
    let path: String

    init(_ text: String) throws {
        path = FileManager.default.temporaryDirectory.appending(path: UUID().uuidString).path
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }
}

private func records(_ text: String) throws -> [CSVRecord] {
    let file = try TemporaryFile(text)
    let reader = CSVReader(try LineReader(path: file.path))
    var records: [CSVRecord] = []
    while let record = try reader.next() { records.append(record) }
    return records
}

@Suite("Reading CSV")
struct CSVReaderTests {
    @Test("Fields in quotes may hold commas, quotes and line ends")
    func quotes() throws {
        let records = try records("a,b\r\n\"x, y\",\"say \"\"hi\"\"\nagain\"\n1,2")
        #expect(
            records.map(\.fields) == [["a", "b"], ["x, y", "say \"hi\"\nagain"], ["1", "2"]])
        #expect(records.map(\.line) == [1, 2, 4])
    }

    @Test("A quote that is never closed costs its own line only")
    func openQuote() throws {
        let records = try records("a,b\n\"1,2\n3,4\n5,6\n")
        #expect(records.map(\.line) == [1, 2, 3, 4])
        #expect(records.map { $0.fault != nil } == [false, true, false, false])
        #expect(records.last?.fields == ["5", "6"])
    }

    @Test("Records and the empty lines between them are the bytes of the file")
    func bytes() throws {
        let text = "\u{FEFF}a,b\n\n1,2\r\n\n\n3,4"
        let records = try records(text)
        #expect(records.flatMap { $0.skipped + $0.bytes } == Array(text.utf8))
        #expect(records.first?.fields == ["a", "b"])
    }
}

@Suite("Households of a CSV file")
struct HouseholdTableTests {
    private static let header = "household,territory,registered_on,role,name,resident_id,categories"
    private static let first = "H1,350203006901,2019-03-01,head,测试,11010519491231002X"
    private static let second = "H1,350203006901,2019-03-01,spouse,测试,350203197001010027"

    private func table() throws -> HouseholdTable {
        try HouseholdTable(
            header: #require(records(Self.header).first), namespace: "test.csv")
    }

    private func lines(_ text: [String]) throws -> HouseholdLines {
        let table = try table()
        return HouseholdLines(
            key: "H1",
            records: try records(([Self.header] + text).joined(separator: "\n")).dropFirst()
                .map(table.checked))
    }

    @Test("The same lines make the same household, with the same ids")
    func deterministic() throws {
        let lines = try lines([Self.first + ",only_child@2015-01-01", Self.second + ","])
        let first = try table().read(lines).command
        #expect(first.members.map(\.role) == [.head, .spouse])
        #expect(first.categories.map(\.category) == [.onlyChild])
        #expect(first.categories.first?.subject == first.household.uuid)
        let second = try table().read(lines).command
        #expect(second.household == first.household)
        #expect(second.members == first.members)
        #expect(second.categories == first.categories)
        let time = Timestamp(microseconds: 0)
        #expect(try table().messageID(lines, time) == table().messageID(lines, time))
    }

    @Test("A line that was corrected is another message about the same household")
    func corrected() throws {
        let before = try lines([Self.first + ",only_child@2015-01-01"])
        let after = try lines([Self.first + ",only_child@2016-01-01"])
        let time = Timestamp(microseconds: 0)
        #expect(try table().messageID(before, time) != table().messageID(after, time))
        #expect(
            try table().read(before).command.household == table().read(after).command.household)
    }

    @Test("Categories say since when, until when, for whom, and whether they are verified")
    func categories() throws {
        let text = ",low_income@2019-01-01..2019-12-31?;person:disabled_child@2018-01-01"
        let read = try table().read(lines([Self.first + text])).command
        try #require(read.categories.count == 2 && !read.members.isEmpty)
        let (income, disabled) = (read.categories[0], read.categories[1])
        #expect(income.validTo == BusinessDate("2019-12-31"))
        #expect(!income.verified)
        #expect(disabled.verified)
        #expect(disabled.subject == read.members[0].person.uuid)
    }

    @Test("A category repeated on each line of a household is one")
    func repeatedCategory() throws {
        let category = ",only_child@2015-01-01"
        let read = try table().read(lines([Self.first + category, Self.second + category]))
        #expect(read.command.categories.count == 1)
    }

    @Test(
        "A wrong field is named by its line and column",
        arguments: [
            ("H1,35020300690,2019-03-01,head,测试,11010519491231002X,", "territory", 2),
            ("H1,350203006901,2019-02-30,head,测试,11010519491231002X,", "registered_on", 2),
            ("H1,350203006901,2019-03-01,mother,测试,11010519491231002X,", "role", 2),
            ("H1,350203006901,2019-03-01,head,,11010519491231002X,", "name", 2),
            ("H1,350203006901,2019-03-01,head,测试,110105194912310021,", "resident_id", 2),
            ("H1,350203006901,2019-03-01,head,测试,11010519491231002X,rich", "categories", 2),
        ])
    func faults(line: String, column: String, number: Int) throws {
        let fault = #expect(throws: TableFault.self) { try table().read(lines([line])) }
        #expect(fault?.column == column)
        #expect(fault?.line == number)
    }

    @Test("The lines of a household agree on its territory")
    func disagreeing() throws {
        let other = Self.second.replacingOccurrences(of: "350203006901", with: "350203006951")
        let fault = #expect(throws: TableFault.self) {
            try table().read(lines([Self.first + ",", other + ","]))
        }
        #expect(fault?.line == 3)
        #expect(fault?.column == "territory")
    }

    @Test("A pointer of a receipt leads to the line and column it is about")
    func pointers() throws {
        let read = try table().read(
            lines([Self.first + ",", Self.second + ",only_child@2015-01-01"]))
        #expect(read.place(of: "/data/members/1/residentId") == (3, .residentID))
        #expect(read.place(of: "/members/0/name") == (2, .name))
        #expect(read.place(of: "/categories/0/validFrom") == (3, .categories))
        #expect(read.place(of: "/territory") == (2, .territory))
        #expect(read.place(of: "") == (2, nil))
    }

    @Test("A file without a required column, or with an unknown one, is refused")
    func columns() throws {
        for header in ["household,territory", Self.header + ",colour"] {
            let first = try #require(try records(header).first)
            #expect(throws: FileProblem.self) {
                try HouseholdTable(header: first, namespace: "test.csv")
            }
        }
    }
}
