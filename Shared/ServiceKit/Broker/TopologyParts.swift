internal import Messages

// The services and the first users of a deployment. The broker is told of them before a service runs, by a tool that knows no
// service.

extension Topology {
    /// A service as the broker sees it, besides its own queues, its facts and its receipts.
    struct ServicePart {
        let name: String
        /// Queues that are not its own.
        var reads: [String] = []
        /// A further exchange that it publishes to, and the first word of its routing keys there.
        var writes: [(exchange: String, topic: String)] = []
    }

    static let parts: [ServicePart] = [
        ServicePart(name: "registry", reads: ["nuanxin.unroutable"]),
        ServicePart(name: "funding"),
        ServicePart(name: "events"),
        // After a restore it reads the figures that it had published.
        ServicePart(
            name: "reporting", reads: ["nuanxin.summaries"],
            writes: [("summaries", "summaries")]),
    ]

    public static let services = parts.map(\.name)

    /// The services that take in a type of fact, for each type that any does.
    static let consumers: [String: [String]] = services.reduce(into: [:]) { consumers, service in
        for fact in Subscriptions.facts(of: service) {
            consumers[fact.type, default: []].append(service)
        }
    }

    /// The services that take in a fact of a service.
    static func consumers(of service: String) -> [String] {
        services.filter { consumer in
            Subscriptions.facts(of: consumer).contains { $0.type.hasPrefix(service + ".") }
        }
    }

    /// The exchange by which journals are sent again to one service.
    static func replay(to service: String) -> String { "nuanxin.replay.\(service)" }

    /// Whether a message is lost if no queue takes it. Facts that no service takes in are for the journal alone.
    static func mustReachQueue(_ exchange: String, _ type: String) -> Bool {
        (exchange == "nuanxin.facts" || exchange.hasPrefix("nuanxin.replay."))
            && consumers[type] != nil
    }

    /// The publishers of a new deployment, with the message types that the broker lets each send: the operator, and a
    /// subdistrict's system, which may do what registry grants it of these types. What cannot be undone is named whole.
    public static let firstPublishers: [(name: String, types: [String])] = [
        ("operator", ["#"]),
        (
            "subdistrict",
            [
                "registry.household", "registry.person", "registry.person.record_death",
                "registry.persons.merge", "registry.persons.unmerge", "registry.category",
                "registry.consent", "registry.member", "registry.search", "funding.loan",
                "funding.donation", "events",
                "events.session.cancel",
            ]
        ),
    ]

    public static let firstSubscribers = ["subscriber"]

    /// The commands that every subscriber may send: questions about what is published. A pattern.
    static let subscribersCommands = "reporting\\.(snapshot|range|figure)"
}
