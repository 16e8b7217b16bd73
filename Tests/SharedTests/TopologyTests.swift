import Foundation
import Messages
import Testing

@testable import ServiceKit

@Suite("What the broker must know")
struct TopologyTests {
    /// The parts of a definitions file that matter here.
    private struct Definitions: Decodable {
        struct Exchange: Decodable {
            struct Arguments: Decodable {
                let alternate: String?
                enum CodingKeys: String, CodingKey { case alternate = "alternate-exchange" }
            }
            let name: String
            let type: String
            let durable: Bool
            let arguments: Arguments
        }
        struct Queue: Decodable {
            struct Arguments: Decodable {
                let kind: String
                let overflow: String?
                let limit: Int?
                let deadExchange: String?
                let deadKey: String?
                let strategy: String?
                enum CodingKeys: String, CodingKey {
                    case kind = "x-queue-type"
                    case overflow = "x-overflow"
                    case limit = "x-delivery-limit"
                    case deadExchange = "x-dead-letter-exchange"
                    case deadKey = "x-dead-letter-routing-key"
                    case strategy = "x-dead-letter-strategy"
                }
            }
            let name: String
            let durable: Bool
            let arguments: Arguments
        }
        struct Binding: Decodable {
            let source: String
            let destination: String
            let routingKey: String
            enum CodingKeys: String, CodingKey {
                case source, destination
                case routingKey = "routing_key"
            }
        }
        struct Permission: Decodable {
            let user: String
            let vhost: String
            let configure: String
            let write: String
            let read: String
        }
        struct TopicPermission: Decodable {
            let user: String
            let exchange: String
            let write: String
            let read: String
        }
        let exchanges: [Exchange]
        let queues: [Queue]
        let bindings: [Binding]
        struct Policy: Decodable {
            let vhost: String
            let pattern: String
            let definition: PolicyDefinition
        }
        struct PolicyDefinition: Decodable {
            let deliveryLimit: Int
            let largestBytes: Int?
            let overflow: String?
            enum CodingKeys: String, CodingKey {
                case overflow
                case deliveryLimit = "delivery-limit"
                case largestBytes = "max-length-bytes"
            }
        }
        let policies: [Policy]
        let permissions: [Permission]
        let topicPermissions: [TopicPermission]

        enum CodingKeys: String, CodingKey {
            case exchanges, queues, bindings, policies, permissions
            case topicPermissions = "topic_permissions"
        }

        func permission(of user: String) throws -> Permission {
            try #require(permissions.first { $0.user == user })
        }

        func topic(_ user: String, _ exchange: String) throws -> TopicPermission {
            try #require(topicPermissions.first { ($0.user, $0.exchange) == (user, exchange) })
        }
    }

    private let definitions: Definitions

    init() throws {
        let data = try Topology().definitions(virtualHost: "v") { "password of \($0)" }
        definitions = try JSONDecoder().decode(Definitions.self, from: data)
    }

    private func matches(_ pattern: String, _ name: String) -> Bool {
        name.range(of: pattern, options: .regularExpression) != nil
    }

    @Test func `Each service has its three queues, and each publisher its receipts`() {
        let names = Set(definitions.queues.map(\.name))
        for service in Topology.services {
            for kind in ["commands", "facts", "dead"] {
                #expect(names.contains("\(service).\(kind)"))
            }
        }
        #expect(names.isSuperset(of: ["receipts.operator", "receipts.subdistrict"]))
        #expect(definitions.queues.allSatisfy { $0.durable })
    }

    @Test
    func `A full queue refuses, and what cannot be delivered goes to its service's dead letters`() {
        for queue in definitions.queues where queue.arguments.kind == "quorum" {
            #expect(queue.arguments.overflow == "reject-publish", "\(queue.name)")
        }
        let commands = definitions.queues.first { $0.name == "funding.commands" }?.arguments
        #expect(commands?.limit == 20)
        #expect(commands?.deadExchange == "nuanxin.dead")
        #expect(commands?.deadKey == "funding")
        #expect(commands?.strategy == "at-least-once")
        let dead = definitions.queues.first { $0.name == "funding.dead" }?.arguments
        #expect(dead?.deadExchange == nil, "dead letters never go round")
    }

    /// Where neither a limit of its own nor dead letters are said, the broker's would hold, and drop.
    @Test func `Whatever is no stream and has no dead letters is under the policy that keeps`()
        throws
    {
        for queue in definitions.queues where queue.arguments.kind == "quorum" {
            let policies = definitions.policies.filter { matches($0.pattern, queue.name) }
            #expect(
                policies.count == (queue.arguments.deadExchange == nil ? 1 : 0), "\(queue.name)")
            for policy in policies {
                #expect(policy.vhost == "v")
                #expect(policy.definition.deliveryLimit == 2_000_000_000)
                let isOfReceipts = queue.name.hasPrefix("receipts.")
                #expect((policy.definition.largestBytes != nil) == isOfReceipts, "\(queue.name)")
                #expect(policy.definition.overflow == (isOfReceipts ? "drop-head" : nil))
            }
        }
    }

    @Test
    func `Only the commands exchange has an alternate, for mandatory means nothing beside one`() {
        let alternates = definitions.exchanges.filter { $0.arguments.alternate != nil }
        #expect(alternates.map(\.name) == ["nuanxin.commands"])
        #expect(alternates.first?.arguments.alternate == "nuanxin.unroutable")
        #expect(definitions.exchanges.allSatisfy { $0.durable })
    }

    @Test func `Facts are bound in every version`() {
        let keys = definitions.bindings.filter { $0.destination == "reporting.facts" }
            .map(\.routingKey)
        #expect(keys.contains("funding.donation.received.*"))
    }

    @Test func `Nobody may configure the broker`() {
        #expect(definitions.permissions.allSatisfy { $0.configure == "^$" && $0.vhost == "v" })
    }

    @Test func `A restricted publisher writes commands only, and reads its own receipts only`()
        throws
    {
        let permission = try definitions.permission(of: "subdistrict")
        #expect(matches(permission.write, "nuanxin.commands"))
        #expect(!matches(permission.write, "nuanxin.facts"))
        #expect(!matches(permission.write, "nuanxin.commands.more"))
        #expect(matches(permission.read, "receipts.subdistrict"))
        #expect(!matches(permission.read, "receipts.operator"))
        #expect(!matches(permission.read, "receipts.subdistrict2"))
    }

    @Test func `A restricted publisher's routing keys are the types it may send`() throws {
        let topic = try definitions.topic("subdistrict", "nuanxin.commands")
        #expect(matches(topic.write, "funding.donation.receive.v1"))
        #expect(matches(topic.write, "events.session.open.v1"))
        #expect(!matches(topic.write, "registry.publisher.grant.v1"))
        #expect(!matches(topic.write, "fundingxdonation.receive.v1"), "the dot is a dot")
        #expect(!matches(topic.write, "funding.donations.receive.v1"), "whole words only")
    }

    @Test func `A service publishes facts of its own name only`() throws {
        let topic = try definitions.topic("funding", "nuanxin.facts")
        #expect(matches(topic.write, "funding.donation.received.v1"))
        #expect(!matches(topic.write, "registry.publisher.granted.v1"))
        #expect(!matches(topic.write, "funding2.x"))
        let permission = try definitions.permission(of: "funding")
        #expect(matches(permission.read, "funding.commands"))
        #expect(!matches(permission.read, "registry.commands"))
        #expect(!matches(permission.read, "nuanxin.unroutable"))
        #expect(!matches(permission.write, "nuanxin.commands"))
    }

    @Test func `A service answers only those who may send it something`() throws {
        func receivers(of service: String) throws -> Set<String> {
            let topic = try definitions.topic(service, "nuanxin.receipts")
            return Set(
                definitions.bindings.filter {
                    $0.source == "nuanxin.receipts" && matches(topic.write, $0.routingKey)
                }.map(\.destination))
        }
        #expect(try receivers(of: "funding") == ["receipts.operator", "receipts.subdistrict"])
        #expect(try receivers(of: "reporting") == ["receipts.operator", "receipts.subscriber"])
        let bank = Topology(publishers: [("bank", ["funding.loan"])])
        #expect(
            bank.bindings.filter { $0.queue == "receipts.bank" }.map(\.routingKey)
                == ["funding.bank"])
    }

    @Test func `A service sends its journal again to those who take it in, and to nobody else`()
        throws
    {
        let registry = try definitions.permission(of: "registry")
        for service in ["funding", "events", "reporting"] {
            #expect(matches(registry.write, "nuanxin.replay.\(service)"))
            let topic = try definitions.topic("registry", "nuanxin.replay.\(service)")
            #expect(matches(topic.write, "registry.person.registered.v1"))
            #expect(!matches(topic.write, "funding.donation.received.v1"))
        }
        #expect(!matches(registry.write, "nuanxin.replay.registry"))
        #expect(!matches(try definitions.permission(of: "funding").write, "nuanxin.replay.events"))
        let sent = definitions.bindings.filter { $0.source.hasPrefix("nuanxin.replay.") }
        #expect(sent.count == Topology.services.count)
        #expect(sent.allSatisfy { $0.source == "nuanxin.replay." + $0.destination.dropLast(6) })
    }

    @Test func `Facts that a service takes in must reach a queue, and no others`() {
        #expect(Topology.mustReachQueue("nuanxin.facts", "registry.person.registered.v1"))
        #expect(Topology.mustReachQueue("nuanxin.replay.events", "registry.person.registered.v1"))
        #expect(!Topology.mustReachQueue("nuanxin.facts", "registry.person.verified.v1"))
        #expect(!Topology.mustReachQueue("nuanxin.receipts", "funding.receipt.v1"))
        #expect(!Topology.mustReachQueue("nuanxin.summaries", "reporting.cell.changed.v1"))
    }

    @Test func `Registry reads what was routed nowhere, and reporting alone writes summaries`()
        throws
    {
        #expect(matches(try definitions.permission(of: "registry").read, "nuanxin.unroutable"))
        let reporting = try definitions.permission(of: "reporting")
        #expect(matches(reporting.write, "nuanxin.summaries"))
        #expect(matches(reporting.read, "nuanxin.summaries"), "what a restore has forgotten")
        #expect(matches(reporting.read, "reporting.facts"))
        #expect(!matches(reporting.read, "nuanxin.unroutable"))
        #expect(!matches(try definitions.permission(of: "funding").read, "nuanxin.summaries"))
        #expect(!matches(try definitions.permission(of: "events").write, "nuanxin.summaries"))
        let subscriber = try definitions.permission(of: "subscriber")
        #expect(matches(subscriber.read, "nuanxin.summaries"))
        #expect(!matches(subscriber.write, "nuanxin.summaries"))
    }

    @Test func `A subscriber may ask, and read its own answers, but change nothing`() throws {
        let subscriber = try definitions.permission(of: "subscriber")
        #expect(matches(subscriber.read, "receipts.subscriber"))
        #expect(!matches(subscriber.read, "receipts.operator"))
        let topic = try definitions.topic("subscriber", "nuanxin.commands")
        #expect(matches(topic.write, "reporting.snapshot.request.v1"))
        #expect(matches(topic.write, "reporting.range.request.v1"))
        #expect(!matches(topic.write, "reporting.period.close.v1"))
        #expect(!matches(topic.write, "funding.donation.receive.v1"))
    }

    @Test func `Every user has a topic permission for each topic exchange it may write to`() throws
    {
        for permission in definitions.permissions {
            for exchange in definitions.exchanges
            where exchange.type == "topic" && matches(permission.write, exchange.name) {
                _ = try definitions.topic(permission.user, exchange.name)
            }
        }
    }

    @Test func `A user without a password is left out`() throws {
        let data = try Topology().definitions { $0 == "funding" ? "x" : nil }
        let some = try JSONDecoder().decode(Definitions.self, from: data)
        #expect(Set(some.permissions.map(\.user)) == ["funding"])
        #expect(Set(some.topicPermissions.map(\.user)) == ["funding"])
    }

    @Test func `A publisher's name stands in patterns as it is`() throws {
        let topology = Topology(publishers: [("a.b", ["funding.loan"])])
        let user = try #require(topology.users.first { $0.name == "a.b" })
        #expect(matches(user.read, "receipts.a.b"))
        #expect(!matches(user.read, "receipts.axb"))
    }

    @Test func `What cannot be undone must be named to the broker too`() throws {
        func pattern(_ types: [String]) throws -> String {
            let topology = Topology(publishers: [("bank", types)])
            return try #require(topology.users.first { $0.name == "bank" }).topics[0].write
        }
        let person = try pattern(["registry.person"])
        #expect(matches(person, "registry.person.move.v1"))
        #expect(!matches(person, ErasePerson.type))
        let named = try pattern(["registry.person", "registry.person.erase"])
        #expect(matches(named, ErasePerson.type))
        #expect(!matches(named, RecordDeath.type))
        #expect(matches(try pattern(["registry.person.erase.v1"]), ErasePerson.type))
        #expect(matches(try pattern(["#"]), ErasePerson.type))
        let first = try #require(Topology().users.first { $0.name == "subdistrict" }).topics[0]
        for type in [RecordDeath.type, MergePersons.type, CancelSession.type, OpenSession.type] {
            #expect(matches(first.write, type), "\(type)")
        }
        #expect(!matches(first.write, ErasePerson.type))
    }

    @Test func `Passwords are salted`() {
        let (one, two) = (Topology.passwordHash("x"), Topology.passwordHash("x"))
        #expect(one != two)
        #expect(Data(base64Encoded: one)?.count == 36)
    }

    @Test func `Definitions are the same as long as topology and passwords are`() throws {
        let topology = Topology()
        let former = try topology.definitions { "password of \($0)" }
        #expect(try topology.definitions { "password of \($0)" } != former, "they are salted")
        #expect(try topology.definitions(like: former) { "password of \($0)" } == former)
        let changed = try topology.definitions(like: former) {
            $0 == "funding" ? "another" : "password of \($0)"
        }
        let hashes = try [former, changed].map { data in
            let document = try JSONSerialization.jsonObject(with: data) as? [String: Any]
            let users = try #require(document?["users"] as? [[String: Any]])
            return users.map { "\($0["name"] ?? "") \($0["password_hash"] ?? "")" }
        }
        let others = Set(hashes.joined()).subtracting(Set(hashes[0]).intersection(hashes[1]))
        #expect(others.count == 2 && others.allSatisfy { $0.hasPrefix("funding ") })
        let nonsense = try topology.definitions(like: Data("{".utf8)) { _ in nil }
        #expect(try topology.definitions(like: nil) { _ in nil } == nonsense)
    }
}
