import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Events
@testable import Funding
@testable import Nuanxin
@testable import Registry

/// The tool's words for records keep up with the services: none of their codes is told to a Chinese reader in English.
@Suite struct RecordWordTests {
    @Test func `each fact that a history tells has Chinese words, and no others have`() {
        let facts = Catalogue.registryFacts + Catalogue.fundingFacts + Catalogue.eventsFacts
        #expect(Set(StepWords.chinese.keys) == Set(facts.map { $0.type }))
    }

    @Test func `each kind of task says what it asks for in both languages`() {
        let kinds = RegistryTasks.kinds + FundingTasks.kinds + EventsTasks.kinds
        #expect(Set(TaskWords.kinds.keys) == Set(kinds.map(\.name)))
    }

    @Test func `each query has words in both languages`() {
        let queries = Catalogue.commands.filter { $0 is any Query.Type }
        #expect(Set(QueryWords.chinese.keys) == Set(queries.map { $0.type }))
        #expect(Set(QueryWords.english.keys) == Set(queries.map { $0.type }))
    }

    /// The properties of answers, as their sources name them.
    private static func properties() throws -> Set<String> {
        let answer =
            #/^public struct ([A-Za-z]*Answer|[A-Za-z]*Summary|EarlierValue|HouseholdPlace)\b/#
        let history = #/^public struct History(Entry|Text)\b/#
        let property = #/^    public var ([a-zA-Z]+):/#
        var names: Set<String> = []
        for folder in ["Registry", "Funding", "Events", "Services"] {
            let files = try FileManager.default.contentsOfDirectory(
                at: Project.file("Shared/Messages/\(folder)"), includingPropertiesForKeys: nil)
            for file in files {
                var isAnswer = false
                for line in try String(contentsOf: file, encoding: .utf8).split(separator: "\n") {
                    if line.hasPrefix("public ") {
                        isAnswer = line.contains(answer) || line.contains(history)
                    }
                    if isAnswer, let match = line.firstMatch(of: property) {
                        names.insert(String(match.output.1))
                    }
                }
            }
        }
        return names
    }

    @Test func `each field of a service's answers has a Chinese name`() throws {
        let names = try Self.properties()
        #expect(
            names.isSuperset(of: ["standing", "agreeing", "waitlist", "recordedAt", "dismissed"]))
        #expect(names.subtracting(AnswerWords.fields.keys) == [])
    }

    private func codes<E: WireEnum>(_ type: E.Type) -> Set<String> {
        Set(type.allCases.map(\.rawValue))
    }

    @Test func `each code of these fields has a Chinese name`() {
        let known: [(field: String, codes: Set<String>)] = [
            ("standing", codes(PersonStanding.self)), ("sex", codes(Sex.self)),
            ("role", codes(Role.self)), ("role", codes(MemberRole.self)),
            ("role", codes(DutyRole.self)), ("level", codes(AuthorityLevel.self)),
            ("category", codes(Messages.Category.self)), ("purpose", codes(ConsentPurpose.self)),
            ("decision", codes(ConsentDecision.self)), ("state", codes(MembershipState.self)),
            ("state", codes(HandoverState.self)), ("state", codes(FigureState.self)),
            ("state", Set(ShiftState.allCases.map(\.rawValue))),
            ("withdrawnAs", codes(PaperEnding.self)), ("beginning", codes(StayBeginning.self)),
            ("field", codes(PersonField.self)), ("kind", codes(PaperKind.self)),
            ("kind", codes(SiteKind.self)), ("kind", codes(ActivityKind.self)),
            ("status", codes(CellStatus.self)), ("kind", codes(DecisionKind.self)),
            ("kind", codes(GrantKind.self)), ("kind", codes(FundKind.self)),
            ("kind", codes(TransferKind.self)),
            ("state", Set(LoanState.allCases.map(\.rawValue))),
            ("state", Set(GrantState.allCases.map(\.rawValue))),
            ("state", Set(RunState.allCases.map(\.rawValue))),
        ]
        for (field, codes) in known {
            let missing = codes.subtracting(AnswerWords.codes[field, default: [:]].keys)
            #expect(missing == [], "\(field)")
        }
    }
}
