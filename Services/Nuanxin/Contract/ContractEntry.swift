import ArgumentParser
import Messages
import ServiceKit

/// A type of the contract, and who sends it and takes it in.
struct ContractEntry {
    enum Kind: String { case command, query, fact }

    let payload: any Payload.Type

    var type: String { payload.type }

    var kind: Kind {
        if payload is any Query.Type { return .query }
        return payload is any Command.Type ? .command : .fact
    }

    /// The service whose it is.
    var owner: String { type.split(separator: ".").first.map(String.init) ?? "" }

    /// The services that take it in.
    var takers: [String] {
        guard kind == .fact else { return [owner] }
        return Topology.services.filter { service in
            Subscriptions.facts(of: service).contains { $0.type == type }
        }
    }

    /// Where it is published.
    var exchange: String {
        guard kind == .fact else { return "nuanxin.commands" }
        return isSummary ? "nuanxin.summaries" : "nuanxin.facts"
    }

    var routingKey: String {
        guard isSummary else { return type }
        return payload == EditionPublished.self ? "summaries.edition" : "summaries.{dataset}"
    }

    /// Whether it goes to the stream of summaries, and not to the services.
    private var isSummary: Bool {
        payload == CellChanged.self || payload == HeartbeatSent.self
            || payload == EditionPublished.self
    }

    var json: JSONValue {
        [
            "type": .text(type), "kind": .text(kind.rawValue), "owner": .text(owner),
            "exchange": .text(exchange), "routingKey": .text(routingKey),
            "takenInBy": .list(takers.map { .text($0) }),
        ]
    }

    /// By type.
    static let all = Catalogue.all.map(ContractEntry.init).sorted { $0.type < $1.type }

    /// - Throws: what the type should have been.
    static func named(_ type: String) throws -> ContractEntry {
        guard let entry = all.first(where: { $0.type == type }) else {
            throw ValidationError("\(type) is no type; nuanxin contract list shows them")
        }
        return entry
    }
}
