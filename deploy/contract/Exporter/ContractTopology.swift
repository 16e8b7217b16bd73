import Messages
import ServiceKit

/// The broker's topology, for people and tools that do not import definitions.
enum ContractTopology {
    static func document(_ topology: Topology) -> JSONValue {
        let exchanges = topology.exchanges.map(exchange)
        let queues = topology.queues.map { queue($0, topology.bindings) }
        let users = topology.users.map(user)
        return [
            "exchanges": .list(exchanges), "queues": .list(queues),
            "policies": .list(topology.policies.map(policy)), "users": .list(users),
        ]
    }

    private static func exchange(_ exchange: Topology.Exchange) -> JSONValue {
        var item: JSONValue = ["name": .text(exchange.name), "type": .text(exchange.type)]
        item["unroutableTo"] = exchange.alternate.map { .text($0) }
        return item
    }

    private static func queue(
        _ queue: Topology.Queue, _ bindings: [Topology.Binding]
    ) -> JSONValue {
        let bound = bindings.filter { $0.queue == queue.name }.map { binding -> JSONValue in
            ["exchange": .text(binding.exchange), "routingKey": .text(binding.routingKey)]
        }
        return [
            "name": .text(queue.name), "kind": .text(queue.kind.rawValue),
            "bindings": .list(bound),
        ]
    }

    private static func policy(_ policy: Topology.Policy) -> JSONValue {
        var item: JSONValue = [
            "name": .text(policy.name), "queues": .text(policy.pattern),
            "priority": .number("\(policy.priority)"),
            "deliveryLimit": .number("\(policy.deliveryLimit)"),
        ]
        item["largestBytes"] = policy.largestBytes.map { .number("\($0)") }
        return item
    }

    private static func user(_ user: Topology.User) -> JSONValue {
        let topics = user.topics.map { topic -> JSONValue in
            [
                "exchange": .text(topic.exchange), "write": .text(topic.write),
                "read": .text(topic.read),
            ]
        }
        var item: JSONValue = [
            "name": .text(user.name), "write": .text(user.write), "read": .text(user.read),
            "topics": .list(topics),
        ]
        item["connections"] = user.limits.map { .number("\($0.connections)") }
        item["channels"] = user.limits.map { .number("\($0.channels)") }
        return item
    }
}
