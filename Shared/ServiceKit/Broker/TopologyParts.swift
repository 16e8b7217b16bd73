// The services and the first users of a deployment. The broker is told of them before a service runs, by a tool that knows no
// service.

extension Topology {
    /// A service as the broker sees it, besides its own queues, its facts and its receipts.
    struct ServicePart {
        let name: String
        /// Queues that are not its own.
        var reads: [String] = []
        /// A further exchange that it publishes to, and the first word of its routing keys there.
        let writes: (exchange: String, topic: String)

        /// A service that sends its journal again when reporting asks for it.
        static func recording(_ name: String, reads: [String] = []) -> ServicePart {
            ServicePart(name: name, reads: reads, writes: ("replay", name))
        }
    }

    static let parts: [ServicePart] = [
        .recording("registry", reads: ["nuanxin.unroutable"]),
        .recording("funding"),
        .recording("events"),
        // After a restore it reads the figures that it had published.
        ServicePart(
            name: "reporting", reads: ["nuanxin.summaries"], writes: ("summaries", "summaries")),
    ]

    public static let services = parts.map(\.name)

    /// The publishers of a new deployment, with the message types that the broker lets each send: the operator, and a
    /// subdistrict's system, which may do what registry grants it of these types. What cannot be undone is named whole.
    public static let firstPublishers: [(name: String, types: [String])] = [
        ("operator", ["#"]),
        (
            "subdistrict",
            [
                "registry.household", "registry.person", "registry.person.record_death",
                "registry.persons.merge", "registry.category", "registry.consent",
                "registry.member", "registry.search", "funding.loan", "funding.donation", "events",
                "events.session.cancel",
            ]
        ),
    ]

    public static let firstSubscribers = ["subscriber"]

    /// The commands that every subscriber may send: questions about what is published. A pattern.
    static let subscribersCommands = "reporting\\.(snapshot|range|figure)"
}
