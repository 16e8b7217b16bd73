internal import Messages
public import Postgres

/// All that makes a service this one: what it handles, what it keeps.
public struct ServiceDefinition: Sendable {
    public let name: String
    public let version: String
    /// Patterns of the facts it takes in, as bindings of its queue `<name>.facts`.
    public let facts: [String]
    public let migrations: [Migration]
    /// What a violated constraint of its schema means to a publisher, by the constraint's name. The
    /// pointer is inside `data`.
    public let constraints: [String: (code: RefusalCode, pointer: String)]
    public let jobs: [Job]
    public let router: Router
    /// Finds a row as long as the inbox may forget nothing.
    public let inboxNeeded: Statement?
    /// What it serves over HTTP besides its health.
    public let routes: WebRoutes?

    public init(
        name: String, version: String, facts: [String], migrations: [Migration],
        constraints: [String: (code: RefusalCode, pointer: String)] = [:], jobs: [Job] = [],
        router: Router, inboxNeeded: Statement? = nil, routes: WebRoutes? = nil
    ) {
        self.name = name
        self.version = version
        self.facts = facts + ["registry.publisher.*", "reporting.rebuild.started.*"]
        self.migrations = migrations
        self.constraints = constraints
        self.jobs = jobs
        self.router = router.withFoundation(of: name)
        self.inboxNeeded = inboxNeeded
        self.routes = routes
    }
}

extension Router {
    /// What every service does with facts that concern all: grants, and the wish for a replay.
    func withFoundation(of service: String) -> Router {
        var router = self
        if service != "registry" {
            router.on(
                PublisherGranted.self, keys: { $1.need(PublisherGrant.self, $0.publisher) },
                PublisherGrants.granted)
            router.on(
                PublisherRevoked.self, keys: { $1.need(PublisherGrant.self, $0.publisher) },
                PublisherGrants.revoked)
        }
        if service != "reporting" {
            router.on(RebuildStarted.self, alone: true, Replays.start)
        }
        return router
    }
}
