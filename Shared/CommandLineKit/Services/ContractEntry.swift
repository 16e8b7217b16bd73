public import Messages
import ServiceKit

/// A type of the contract, and who sends it and takes it in.
public struct ContractEntry: Sendable {
    public enum Kind: String { case command, query, fact }

    public let payload: any Payload.Type

    public var type: String { payload.type }

    public var kind: Kind {
        if payload is any Query.Type { return .query }
        return payload is any Command.Type ? .command : .fact
    }

    /// The service whose it is.
    public var owner: String { type.split(separator: ".").first.map(String.init) ?? "" }

    /// The services that take it in.
    public var takers: [String] {
        guard kind == .fact else { return [owner] }
        return Topology.services.filter { service in
            Subscriptions.facts(of: service).contains { $0.type == type }
        }
    }

    /// Where it is published.
    public var exchange: String {
        guard kind == .fact else { return "nuanxin.commands" }
        return isSummary ? "nuanxin.summaries" : "nuanxin.facts"
    }

    public var routingKey: String {
        guard isSummary else { return type }
        return payload == EditionPublished.self ? "summaries.edition" : "summaries.{dataset}"
    }

    /// Whether it goes to the stream of summaries, and not to the services.
    private var isSummary: Bool {
        payload == CellChanged.self || payload == HeartbeatSent.self
            || payload == EditionPublished.self
    }

    public var json: JSONValue {
        [
            "type": .text(type), "kind": .text(kind.rawValue), "owner": .text(owner),
            "exchange": .text(exchange), "routingKey": .text(routingKey),
            "takenInBy": .list(takers.map { .text($0) }),
        ]
    }

    /// By type.
    public static let all = Catalogue.all.map(ContractEntry.init).sorted { $0.type < $1.type }
}
