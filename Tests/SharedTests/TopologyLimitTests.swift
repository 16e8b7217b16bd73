import Foundation
import Testing

@testable import ServiceKit

/// What the broker lets those from outside hold, and how large a message it takes.
@Suite struct TopologyLimitTests {
    private struct Definitions: Decodable {
        struct Named: Decodable { let name: String }
        struct User: Decodable {
            let name: String
            let limits: [String: Int]
        }
        let users: [User]
        let queues: [Named]
        let policies: [Named]

        init(_ topology: Topology) throws {
            self = try JSONDecoder().decode(Self.self, from: topology.definitions { _ in "x" })
        }
    }

    @Test func `A user from outside has limits, a service and the operator have none`() throws {
        let publishers = [("operator", ["#"]), ("bank", ["funding"])]
        let users = try Definitions(Topology(publishers: publishers, subscribers: ["press"])).users
        let limited = users.filter { !$0.limits.isEmpty }
        #expect(Set(limited.map(\.name)) == ["bank", "press"])
        #expect(limited.allSatisfy { $0.limits == ["max-connections": 64, "max-channels": 256] })
    }

    @Test func `A user that is added later brings its limits, its queue and the policies`() throws {
        let alone = try Definitions(
            Topology(publishers: [("bank", ["funding"])]).part(of: "bank"))
        #expect(alone.users.map(\.limits) == [["max-connections": 64, "max-channels": 256]])
        #expect(alone.queues.map(\.name) == ["receipts.bank"])
        #expect(alone.policies.map(\.name) == ["nuanxin.kept", "nuanxin.receipts"])
    }

    @Test(arguments: ["nuanxin.conf", "node.sh"])
    func `The broker's settings have the limit of a message that services count on`(
        name: String
    ) throws {
        let file = URL(filePath: #filePath).deletingLastPathComponent()
            .appending(path: "../../deploy/rabbitmq/\(name)")
        let text = try String(contentsOf: file, encoding: .utf8)
        let found = text.matches(of: /max_message_size = (\d+)/).map { Int($0.1) }
        #expect(found == [Topology.messageLimit])
        #expect(Examination.bodyLimit * 2 == Topology.messageLimit)
    }
}
