import Foundation
import ServiceKit

/// The topology that a virtual host has, for comparison with the one it should have.
struct BrokerTopology: Decodable {
    struct Named: Decodable { let name: String }

    struct Binding: Decodable, Hashable {
        let source: String
        let destination: String
        let key: String

        enum CodingKeys: String, CodingKey {
            case source, destination
            case key = "routing_key"
        }
    }

    struct Policy: Decodable {
        struct Definition: Decodable {
            let deliveryLimit: Int?
            let largestBytes: Int?
            enum CodingKeys: String, CodingKey {
                case deliveryLimit = "delivery-limit"
                case largestBytes = "max-length-bytes"
            }
        }
        let name: String
        let pattern: String
        let priority: Int
        let target: String
        let definition: Definition

        enum CodingKeys: String, CodingKey {
            case name, pattern, priority, definition
            case target = "apply-to"
        }
    }

    let exchanges: [Named]
    let queues: [Named]
    let bindings: [Binding]
    let policies: [Policy]

    /// The missing parts of a topology, in words. A missing queue stands for its bindings too.
    func missing(of topology: Topology) -> [String] {
        let present = (
            exchanges: Set(exchanges.map(\.name)), queues: Set(queues.map(\.name)),
            bindings: Set(bindings)
        )
        let queues = topology.queues.map(\.name).filter { !present.queues.contains($0) }
        let exchanges = topology.exchanges.map(\.name).filter { !present.exchanges.contains($0) }
        let bindings = topology.bindings.filter { binding in
            let wanted = Binding(
                source: binding.exchange, destination: binding.queue, key: binding.routingKey)
            return !present.bindings.contains(wanted) && !queues.contains(binding.queue)
                && !exchanges.contains(binding.exchange)
        }
        let policies = topology.policies.filter { wanted in
            !self.policies.contains { policy in
                policy.name == wanted.name && policy.pattern == wanted.pattern
                    && policy.priority == wanted.priority
                    && policy.definition.deliveryLimit == wanted.deliveryLimit
                    && policy.definition.largestBytes == wanted.largestBytes
            }
        }
        return queues + exchanges.map { "the exchange \($0)" }
            + policies.map { "the policy \($0.name)" }
            + bindings.map { "\($0.routingKey) from \($0.exchange) to \($0.queue)" }
    }

    /// Policies that override ours for one of its queues. RabbitMQ applies only one policy to a queue.
    func overruling(_ policy: Topology.Policy) -> [String] {
        let kept = queues.map(\.name).filter { Self.fits(policy.pattern, $0) }
        return policies.filter { other in
            other.priority >= policy.priority && other.name != policy.name
                && ["all", "queues", "quorum_queues"].contains(other.target)
                && kept.contains { Self.fits(other.pattern, $0) }
        }.map(\.name)
    }

    private static func fits(_ pattern: String, _ name: String) -> Bool {
        name.range(of: pattern, options: .regularExpression) != nil
    }
}
