import Messages
import ServiceKit

/// What the broker is told, for people and tools that do not import definitions.
enum ContractTopology {
    static func document(_ topology: Topology) -> JSONValue {
        [
            "exchanges": .list(
                topology.exchanges.map { exchange in
                    var item: JSONValue = [
                        "name": .text(exchange.name), "type": .text(exchange.type),
                    ]
                    item["unroutableTo"] = exchange.alternate.map { .text($0) }
                    return item
                }),
            "queues": .list(
                topology.queues.map { queue in
                    let bindings = topology.bindings.filter { $0.queue == queue.name }
                    return [
                        "name": .text(queue.name), "kind": .text(queue.kind.rawValue),
                        "bindings": .list(
                            bindings.map {
                                [
                                    "exchange": .text($0.exchange),
                                    "routingKey": .text($0.routingKey),
                                ]
                            }),
                    ]
                }),
            "users": .list(
                topology.users.map { user in
                    [
                        "name": .text(user.name), "write": .text(user.write),
                        "read": .text(user.read),
                        "topics": .list(
                            user.topics.map {
                                [
                                    "exchange": .text($0.exchange), "write": .text($0.write),
                                    "read": .text($0.read),
                                ]
                            }),
                    ]
                }),
        ]
    }
}
