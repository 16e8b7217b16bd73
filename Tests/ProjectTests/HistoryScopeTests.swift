import Foundation
import Messages
import Support
import Testing

@testable import ServiceKit

/// A history is told to whoever may speak for all territories that it names, so none may be missed.
@Suite struct HistoryScopeTests {
    private typealias Object = [String: Any]

    /// Of registry's list of territories, which no publisher of a part reads, and what lies around a site.
    private static let others: Set<String> = [
        "code", "predecessor", "predecessors", "successor", "tiers",
    ]

    /// The names of all fields that hold a territory.
    private static func fields(
        _ schema: Object, _ name: String, in definitions: Object, _ passed: Set<String> = []
    ) -> Set<String> {
        if let reference = schema["$ref"] as? String {
            let type = String(reference.split(separator: "/").last ?? "")
            if type == "TerritoryCode" { return [name] }
            guard !passed.contains(type), let definition = definitions[type] as? Object else {
                return []
            }
            return fields(definition, name, in: definitions, passed.union([type]))
        }
        var found: Set<String> = []
        for choice in schema["anyOf"] as? [Object] ?? [] {
            found.formUnion(fields(choice, name, in: definitions, passed))
        }
        if let items = schema["items"] as? Object {
            found.formUnion(fields(items, name, in: definitions, passed))
        }
        for (field, value) in schema["properties"] as? Object ?? [:] {
            guard let value = value as? Object else { continue }
            found.formUnion(fields(value, field, in: definitions, passed))
        }
        return found
    }

    @Test func `no territory that a fact names is missed in the scope of a history`() throws {
        let facts = [
            Catalogue.registryFacts, Catalogue.fundingFacts, Catalogue.eventsFacts,
        ].flatMap { $0 }
        var named: Set<String> = []
        for fact in facts {
            let file = Project.file("deploy/contract/schemas/\(fact.type).json")
            let schema = try #require(
                try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? Object)
            let parts = try #require(schema["properties"] as? Object)
            let data = try #require(parts["data"] as? Object)
            named.formUnion(Self.fields(data, "", in: schema["$defs"] as? Object ?? [:]))
        }
        #expect(named.isSuperset(of: ["mergedTerritory", "wrong"]))
        #expect(named.subtracting(Self.others) == Set(HistoryReading.territoryFields))
    }
}
