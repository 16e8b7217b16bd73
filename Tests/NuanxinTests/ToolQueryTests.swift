import ArgumentParser
import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Nuanxin

@Suite("Queries from the operator's tool")
struct ToolQueryTests {
    private static let id = "01726000-0041-7000-8000-000000000001"

    private func json(_ text: String) throws -> JSONValue { try JSONValue(Array(text.utf8)) }

    private func data(
        _ type: any Query.Type, _ settings: String..., file: String? = nil
    ) throws -> QueryData {
        try QueryData(of: type, file: file, settings: settings)
    }

    // MARK: What can be asked

    @Test(
        "Only a query is asked",
        arguments: [
            (RecordDeath.type, "is a command, which changes something; send it with `nuanxin"),
            (PersonDied.type, "is a fact"), ("registry.nothing.get.v1", "is no type"),
        ])
    func otherTypes(type: String, reason: String) {
        let error = #expect(throws: (any Error).self) {
            try QueryCommand.parse(["--lang", "en", type])
        }
        #expect(error.map { QueryCommand.message(for: $0) }?.contains(reason) == true)
    }

    @Test func `A type or --list is needed, and not both`() throws {
        #expect(throws: (any Error).self) { try QueryCommand.parse([]) }
        #expect(throws: (any Error).self) { try QueryCommand.parse([GetSession.type, "--list"]) }
        #expect(throws: (any Error).self) {
            try QueryCommand.parse([GetSession.type, "--limit", "0"])
        }
        #expect(try QueryCommand.parse(["--list"]).list)
        #expect(try QueryCommand.parse([GetSession.type]).type == GetSession.type)
    }

    // MARK: Its data

    @Test func `What is set becomes what the field takes: a territory of digits stays a text`()
        throws
    {
        let shifts = try data(
            ListShifts.self, "territory=350203007", "from=2026-11-01", "limit=7")
        let expected = #"{"territory":"350203007","from":"2026-11-01","limit":7}"#
        #expect(try shifts.value == json(expected))
        let figures = try data(GetFigures.self, "territory=350203", "measures=members,cases")
        #expect(try figures.value["measures"] == json(#"["members","cases"]"#))
        let search = try data(
            SearchRegistry.self, "territory=350203", "paper.kind=passport",
            "paper.number=E12=345")
        #expect(try search.value["paper"] == json(#"{"kind":"passport","number":"E12=345"}"#))
    }

    @Test(
        "A slip of the pen is named, with what would be right",
        arguments: [
            ("teritory=350203", "--set teritory: unknown field; one of territory, "),
            ("territory", "write FIELD=VALUE"), ("limit=many", "--set limit: many is not JSON"),
            ("territory.code=1", "there is no code inside it"),
        ])
    func slips(setting: String, reason: String) {
        let error = #expect(throws: FileProblem.self) { try data(ListShifts.self, setting) }
        #expect(error?.description.contains(reason) == true)
    }

    @Test func `A file holds the data, and what is set replaces them`() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "\(UUID()).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(#"{"territory":"350203","post":"\#(Self.id)"}"#.utf8).write(to: file)
        let both = try data(ListShifts.self, "territory=350206", file: file.path)
        #expect(try both.value == json(#"{"territory":"350206","post":"\#(Self.id)"}"#))
        try Data(#"{"teritory":"350203"}"#.utf8).write(to: file)
        #expect(throws: FileProblem.self) { try data(ListShifts.self, file: file.path) }
        try Data("[]".utf8).write(to: file)
        #expect(throws: FileProblem.self) { try data(ListShifts.self, file: file.path) }
    }

    @Test func `What no service would take is refused at once, with code and place`() throws {
        let wrong = try data(GetSession.self, "session=7")
        let error = #expect(throws: Refusal.self) { try wrong.first(10) }
        #expect(error?.code == "invalid_value")
        #expect(error?.pointer == "/data/session")
        let missing = try data(GetSession.self)
        #expect(throws: Refusal.self) { try missing.first(10) }
    }

    // MARK: Pages

    @Test func `A page has no more rows than are to be printed, and no more than the query allows`()
        throws
    {
        let sites = try data(ListSites.self, "territory=350203")
        #expect(try (sites.first(30) as? ListSites)?.limit == 30)
        #expect(try (sites.first(1_000) as? ListSites)?.limit == RegistryPage.largest)
        let own = try data(ListSites.self, "territory=350203", "limit=5")
        #expect(try (own.first(30) as? ListSites)?.limit == 5)
        #expect(try (own.first(3) as? ListSites)?.limit == 3)
        #expect(try data(GetHousehold.self, "household=\(Self.id)").first(30) is GetHousehold)
    }

    @Test func `Pages are put together, and the next one begins where the last one ended`() throws {
        let query = try data(ListConsents.self, "person=\(Self.id)")
        var answer = PagedAnswer(
            try json(
                #"{"given":["data"],"decisions":[{"message":"a"}],"next":"\#(Self.id)"}"#))
        let turn = try #require(answer.next(3))
        #expect(turn.rows == 2)
        let second = try #require(query.page(after: turn, in: answer.whole) as? ListConsents)
        #expect(second.after == UUID(uuidString: Self.id))
        #expect(second.limit == 2)
        answer.add(
            try json(#"{"given":["data"],"decisions":[{"message":"b"}]}"#), after: turn)
        #expect(answer.next(3) == nil)
        #expect(!answer.isCut)
        let whole = #"{"given":["data"],"decisions":[{"message":"a"},{"message":"b"}]}"#
        #expect(try answer.whole == json(whole))
    }

    @Test func `A place that is an object is sent back as it came`() throws {
        let query = try data(ListDecisions.self, "territory=350203", "level=district")
        let place = #"{"since":"2020-05-01","record":"\#(Self.id)"}"#
        let answer = PagedAnswer(try json(#"{"decisions":[{"record":"a"}],"next":\#(place)}"#))
        let turn = try #require(answer.next(10))
        let page = try #require(query.page(after: turn, in: answer.whole) as? ListDecisions)
        #expect(page.after?.record == UUID(uuidString: Self.id))
        #expect(page.after?.since == BusinessDate("2020-05-01"))
        #expect(page.level == .district)
        #expect(page.limit == 9)
    }

    @Test func `An answer that goes on behind the limit is cut, and says where`() throws {
        let answer = PagedAnswer(try json(#"{"sites":[{"site":"a"}],"next":"b"}"#))
        #expect(answer.next(1) == nil)
        #expect(answer.isCut)
        #expect(answer.whole["next"] == "b")
    }

    @Test func `A page that leads to itself is the last one`() throws {
        var answer = PagedAnswer(try json(#"{"sites":[{"site":"a"}],"next":"b"}"#))
        let turn = try #require(answer.next(9))
        answer.add(try json(#"{"sites":[],"next":"b"}"#), after: turn)
        #expect(answer.next(9) == nil)
    }

    @Test func `Of several lists each goes on by itself`() throws {
        let next = try #require(UUID(uuidString: Self.id))
        var session = SessionAnswer(session: try summary())
        session.nextAttendance = RecordID(next)
        session.nextRegistration = RecordID(next)
        session.nextWaiting = RecordID(next)
        var person = EventsPersonAnswer(person: PersonID(next))
        person.nextAttendance = RecordID(next)
        person.nextRegistration = RecordID(next)
        person.nextShift = RecordID(next)
        let known = [
            SessionPart.allCases.map(\.rawValue), PersonPart.allCases.map(\.rawValue),
        ]
        let pages: [any Encodable] = [session, person]
        for (page, parts) in zip(pages, known) {
            var answer = PagedAnswer(try JSONValue(Array(MessageEncoder().encode(data: page))))
            var turns: [PagedAnswer.Turn] = []
            while let turn = answer.next(10) {
                turns.append(turn)
                answer.add([:], after: turn)
            }
            #expect(turns.compactMap(\.part).sorted() == parts.sorted())
        }
        let query = try data(GetSession.self, "session=\(Self.id)")
        let turn = PagedAnswer.Turn(
            name: "nextWaiting", place: .text(Self.id), part: "waitlist", rows: 9)
        let page = try #require(query.page(after: turn, in: [:]) as? GetSession)
        #expect(page.part == .waitlist)
        #expect(page.after == RecordID(next))
    }

    private func summary() throws -> SessionSummary {
        SessionSummary(
            session: SessionID(UUID()), activity: ActivityID(UUID()), kind: .teaTalk,
            programme: try #require(Programme("warm-home")),
            territory: try #require(TerritoryCode("350203")),
            startsOn: try #require(BusinessDate("2020-05-26")), state: "open", roster: 0,
            identified: 0, headcount: 0, registered: 0, waiting: 0)
    }

    @Test func `All pages of a snapshot are of the moment of the first`() throws {
        let query = try data(RequestSnapshot.self, "dataset=funding")
        let first = try json(#"{"dataset":"funding","epoch":3,"seq":9,"cells":[{}],"next":200}"#)
        let turn = try #require(PagedAnswer(first).next(300))
        let page = try #require(query.page(after: turn, in: first) as? RequestSnapshot)
        #expect(page.epoch == 3 && page.seq == 9 && page.after == 200)
        let range = try data(RequestRange.self, "dataset=funding", "epoch=3", "since=0")
        #expect(try (range.page(after: turn, in: first) as? RequestRange)?.since == 200)
    }

    // MARK: What is printed

    @Test func `Values stand line by line, and a list of objects is a table`() throws {
        let answer = try json(
            #"""
            {"person":"p1","given":["data","photo"],"memberships":[
                {"member":"m1","role":"member","level":"district","state":"active"},
                {"member":"m2","role":"volunteer","state":"left"}]}
            """#)
        #expect(
            AnswerText(answer).text == """
                person: p1
                given: data, photo

                memberships: 2
                member  role       level     state
                ------  ---------  --------  ------
                m1      member     district  active
                m2      volunteer            left
                """)
    }

    @Test func `Objects inside are named by where they stand, and numbers stand to the right`()
        throws
    {
        let answer = try json(
            #"""
            {"session":{"state":"open","roster":12},"papers":[
                {"paper":{"kind":"passport"},"count":5,"tags":[{"a":1},{"b":null}]},
                {"paper":{"kind":"other"},"count":100}],"waitlist":[],"next":null}
            """#)
        let text = AnswerText(answer).text
        #expect(
            text.hasPrefix("session.state: open\nsession.roster: 12\nwaitlist: none\n\npapers: 2\n")
        )
        #expect(text.contains("paper.kind  count  tags\n"))
        #expect(text.contains("passport        5  a 1, b "))
        #expect(text.contains("other         100"))
    }

    @Test func `Of one part nothing is said of the others, which were not asked for`() throws {
        let answer = try json(#"{"roster":[],"registrations":[],"waitlist":[]}"#)
        #expect(AnswerText(answer, part: "waitlist").text == "waitlist: none")
        #expect(AnswerText(answer).text == "roster: none\nregistrations: none\nwaitlist: none")
    }

    @Test func `What somebody wrote makes no new line and moves no cursor`() throws {
        let answer: JSONValue = [
            "name": "a\u{1B}[2J\nb", "rows": [["evidence": "c\nd\u{1B}[2J"]],
        ]
        let text = AnswerText(answer).text
        #expect(text.hasPrefix(#"name: a\u001b[2J\u000ab"# + "\n"))
        #expect(text.hasSuffix(#"c\u000ad\u001b[2J"#))
    }

    @Test func `A published query's receipt is printed with its answer, a command's without`()
        throws
    {
        func line(_ data: String) throws -> String {
            let body = Array(
                #"{"specversion":"1.0","type":"registry.receipt.v1","data":\#(data)}"#.utf8)
            let receipt = Receipt(command: "x", status: .accepted)
            return try ReceiptOutput(isOn: true).text(
                AnsweredCommand(line: 1, id: "x", receipt: receipt, body: body))
        }
        #expect(
            try line(#"{"status":"accepted","answer":{"reads":[],"next":7}}"#)
                == #"{"answer":{"reads":[],"next":7},"#
                + #""command":"x","id":"x","line":1,"status":"accepted"}"#)
        #expect(
            try line(#"{"status":"accepted","answer":null}"#)
                == #"{"command":"x","id":"x","line":1,"status":"accepted"}"#)
    }
}
