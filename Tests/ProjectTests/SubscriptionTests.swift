import Foundation
import Messages
import Testing

@testable import ServiceKit

@Suite("What services take in, and what the broker sends them")
struct SubscriptionTests {
    private static func definitions() throws -> [ServiceDefinition] {
        try MalformedCommandTests.Service.allCases.map { try $0.definition() }
    }

    @Test func `A service handles exactly the facts that its subscription names`() throws {
        for definition in try Self.definitions() {
            let subscribed = Subscriptions.facts(of: definition.name).map { $0.type }
            #expect(definition.router.facts == Set(subscribed), "\(definition.name)")
        }
    }

    @Test func `Each fact that a service handles is bound to its queue, and no other`() throws {
        let topology = Topology()
        let types = Catalogue.all.compactMap { ($0 as? any Fact.Type)?.type }
        for definition in try Self.definitions() {
            let patterns = topology.bindings.filter {
                $0.exchange == "nuanxin.facts" && $0.queue == "\(definition.name).facts"
            }.map(\.routingKey)
            // Such as "registry.person.moved.*", which stands for all versions.
            let bound = types.filter { type in
                patterns.contains { type.hasPrefix($0.dropLast()) }
            }
            #expect(Set(bound) == definition.router.facts, "\(definition.name)")
        }
    }

    @Test func `Only the service that reads what no queue wanted may`() throws {
        let users = Topology().users
        for definition in try Self.definitions() {
            let user = try #require(users.first { $0.name == definition.name })
            #expect(user.read.contains("unroutable") == definition.takesUnroutable)
        }
    }
}
