public import Messages
public import Postgres

/// A service: its handlers, its tables, its jobs and its settings.
public struct ServiceDefinition: Sendable {
    public let name: String
    public let version: String
    public let migrations: [Migration]
    /// The refusals for violated constraints of its schema, by the constraint's name. The pointer is inside `data`.
    public let constraints: [String: (code: RefusalCode, pointer: String)]
    public let jobs: [Job]
    /// Its own settings, beside those of every service.
    public let settings: [NumberSetting]
    public let router: Router
    /// A query that finds a row while nothing may be purged from the inbox.
    public let inboxNeeded: Statement?
    /// Whether messages that no queue wanted become dead letters of this service.
    public let takesUnroutable: Bool
    /// Its HTTP routes, beside those of its health.
    public let routes: WebRoutes?

    public init(
        name: String, version: String, migrations: [Migration],
        constraints: [String: (code: RefusalCode, pointer: String)] = [:], jobs: [Job] = [],
        settings: [NumberSetting] = [], router: Router, inboxNeeded: Statement? = nil,
        takesUnroutable: Bool = false, routes: WebRoutes? = nil
    ) {
        self.name = name
        self.version = version
        self.migrations = migrations
        self.constraints = constraints
        self.jobs = jobs
        self.settings = settings
        self.router = router.withFoundation(of: name)
        self.inboxNeeded = inboxNeeded
        self.takesUnroutable = takesUnroutable
        self.routes = routes
        let unbound = self.router.facts.subtracting(Subscriptions.facts(of: name).map { $0.type })
        precondition(
            unbound.isEmpty,
            "\(name) handles \(unbound.sorted()), which Subscriptions does not name")
    }
}

extension Router {
    /// The types of the facts that it handles: the service's subscription.
    ///
    /// The tool that configures the broker knows no handlers, so the contract lists the same types in `Subscriptions`, from
    /// which the bindings follow. A service that handles a fact outside of its list does not start. A test fails if a
    /// service does not handle all of its list.
    var facts: Set<String> {
        Set(routes.filter { $0.value.kind == .fact }.keys)
    }

    /// Adds the handlers that every service has for facts of others: it keeps grants, and sends its journal again.
    func withFoundation(of service: String) -> Router {
        var router = self
        func isForeign(_ fact: any Fact.Type) -> Bool { !fact.type.hasPrefix(service + ".") }
        if isForeign(PublisherGranted.self) {
            router.on(
                PublisherGranted.self, keys: { $1.need(PublisherGrant.self, $0.publisher) },
                PublisherGrants.granted)
            router.on(
                PublisherRevoked.self, keys: { $1.need(PublisherGrant.self, $0.publisher) },
                PublisherGrants.revoked)
        }
        if isForeign(RebuildStarted.self) {
            router.on(RebuildStarted.self, alone: true, Replays.start)
        }
        return router
    }
}
