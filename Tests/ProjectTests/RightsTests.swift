import Foundation
import Messages
import Support
import Testing

@testable import ServiceKit

/// Who may send what: the table that the services enforce, and the page that operators read.
@Suite struct RightsTests {
    typealias Service = MalformedCommandTests.Service

    private static func golden(_ type: String) throws -> [UInt8] {
        let file = Project.file("Tests/MessagesTests/Golden/\(type).json")
        return Array(try Data(contentsOf: file))
    }

    /// The golden document with an id and a time of its own.
    private static func command(_ type: String) throws -> [UInt8] {
        var document = try JSONValue(golden(type))
        document["id"] = .text(UUID().uuidString.lowercased())
        document["time"] = .text("\(Timestamp.now())")
        return Array(document.compact.utf8)
    }

    // MARK: The table

    @Test func `each command of the catalogue has one right`() {
        #expect(
            SendingRight.all.map(\.type).sorted() == Catalogue.commands.map { $0.type }.sorted())
    }

    /// What a command makes, and what no service but its owner knows.
    private static let unchecked: Set<String> = [
        "/household", "/categories/-/assertion", "/categories/-/subject", "/person", "/assertion",
        "/member", "/site", "/tiers/-", "/commendation", "/fund", "/deposit", "/loan",
        "/repayment", "/donation", "/donor", "/run", "/claim", "/allotment", "/grant",
        "/grantReturn", "/ageing", "/allocation", "/refund", "/receipt", "/kitting", "/issue",
        "/goodsReturn", "/writeOff", "/order", "/reversal", "/activity", "/session",
        "/attendance", "/headcount", "/registration", "/shift", "/printing", "/distribution",
        "/handover", "/into",
        "/materialReturn", "/reach", "/casework", "/accepted/-/household",
        "/accepted/-/person", "/refused/-/household", "/refused/-/person", "/after/territory",
        "/after/record", "/lines/-/territory",
    ]

    /// Pointers of all ids and codes of territories.
    private static func named(_ value: JSONValue, _ pointer: String = "") -> Set<String> {
        switch value {
        case .object(let members):
            return members.reduce(into: []) {
                $0.formUnion(named($1.value, "\(pointer)/\($1.name)"))
            }
        case .list(let items):
            return items.reduce(into: []) { $0.formUnion(named($1, "\(pointer)/-")) }
        case .text(let text):
            let isCode = text.count >= 6 && TerritoryCode(text) != nil
            return isCode || UUID(uuidString: text) != nil ? [pointer] : []
        case .null, .flag, .number: return []
        }
    }

    @Test func `a right names everything that its command names`() throws {
        for right in SendingRight.all {
            let data = try #require(JSONValue(Self.golden(right.type))["data"])
            let named = Self.named(data)
            let actor: Set<String> =
                right.hasActor ? ["/actor/staff"] : []
            #expect(
                named.subtracting(right.touches).subtracting(actor).isSubset(of: Self.unchecked),
                "\(right.type)")
            #expect(named.contains("/actor/staff") == right.hasActor, "\(right.type)")
        }
    }

    // MARK: The page

    private static func row(_ right: SendingRight) -> String {
        let grant =
            switch right.extent {
            case .published: "none"
            case .territories: "the territories"
            case .district: "a whole district"
            case .operatorOnly: "operator only"
            }
        let touches = right.touches.map { "`\($0)`" }.joined(separator: " ")
        let officer = right.hasActor ? "an officer" : ""
        return [
            "", "`\(right.type)`", grant,
            right.extent == .operatorOnly ? "" : right.naming.rawValue,
            touches, officer, "",
        ].joined(separator: " | ").trimmingCharacters(in: .whitespaces)
    }

    @Test func `the operators' page has a row for each command`() throws {
        let page = try String(
            contentsOf: Project.file("deploy/manual/rights.md"), encoding: .utf8)
        let rows = page.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = Catalogue.commands.map { Self.row(SendingRight.of($0.type)) }
        guard rows != expected else { return }
        let copy = FileManager.default.temporaryDirectory.appending(path: "rights.md")
        try Data(expected.joined(separator: "\n").utf8).write(to: copy)
        Issue.record("the rows of deploy/manual/rights.md are to be as \(copy.path)")
    }

    // MARK: The walk

    private func bench(
        _ service: Service, granted grants: [(publisher: String, types: [String], codes: [String])]
    ) throws -> ServiceBench {
        let bench = try ServiceBench(service.definition())
        for grant in grants {
            let codes = try grant.codes.map { try #require(TerritoryCode($0)) }
            if service == .registry {
                try bench.decide(
                    GrantPublisher(
                        publisher: grant.publisher, territories: codes, types: grant.types))
            } else {
                try bench.take(
                    PublisherGranted(
                        publisher: grant.publisher, territories: codes, types: grant.types),
                    subject: UUID(), sequence: 1, as: "registry")
            }
        }
        return bench
    }

    private func send(
        _ type: String, as publisher: String, _ bench: ServiceBench
    ) throws -> ServiceBench.Answered {
        try bench.deliver(
            raw: Self.command(type), routingKey: type, user: publisher,
            replyTo: "receipts.\(publisher)")
    }

    /// The publisher of each kind, and whether its grant names the type.
    @Test(arguments: Service.allCases)
    func `a grant names a type as its right wants it`(service: Service) throws {
        let types = service.commands.map { $0.type }
        let bench = try bench(
            service,
            granted: [
                ("prefix", ["\(service).*"], ["350203"]), ("all", ["*"], ["350203"]),
                ("named", types, ["350203"]),
            ])
        for type in types {
            let right = SendingRight.of(type)
            guard right.extent != .published else { continue }
            let expected: [(String, Bool)] = [
                ("nobody", false), ("prefix", right.naming == .prefix),
                ("all", right.naming != .irreversible), ("named", true),
            ]
            for (publisher, isNamed) in expected {
                let answer = try send(type, as: publisher, bench)
                let isRefused = (answer.code, answer.pointer) == ("out_of_scope", "/type")
                #expect(isRefused != isNamed, "\(publisher) \(type): \(answer.code ?? "")")
            }
        }
    }

    /// Whoever holds too little is refused for it, and whoever holds enough is not. What stands behind an id is for the
    /// tests in which there is something behind it.
    @Test(arguments: Service.allCases)
    func `a grant holds as much as the right wants`(service: Service) throws {
        let types = service.commands.map { $0.type }
        let bench = try bench(
            service,
            granted: [
                ("street", types, ["350203007"]), ("foreign", types, ["110101001"]),
                ("district", types, ["350203"]),
            ])
        for type in types {
            let right = SendingRight.of(type)
            let isTerritorial =
                try #require(
                    service.commands.first { $0.type == type }) is any Territorial.Type
            let refused: [(publisher: String, mustBe: Bool)] =
                switch right.extent {
                case .published: [("nobody", false), ("street", false)]
                case .operatorOnly: [("street", true), ("district", true)]
                case .district: [("street", true), ("foreign", true), ("district", false)]
                case .territories: isTerritorial ? [("foreign", true)] : []
                }
            for (publisher, mustBe) in refused {
                let answer = try send(type, as: publisher, bench)
                #expect(
                    (answer.code == "out_of_scope") == mustBe,
                    "\(publisher) \(type): \(answer.code ?? answer.status ?? "")")
                if mustBe { #expect(answer.pointer?.hasPrefix("/data") == true, "\(type)") }
            }
            if right.extent == .territories {
                #expect(try send(type, as: "foreign", bench).status != "accepted", "\(type)")
            }
        }
    }
}
