public import Hummingbird

/// Where a service adds what it serves over HTTP besides its health.
public typealias WebRouter = Hummingbird.Router<BasicRequestContext>

/// Adds routes, which read from the service's database.
public typealias WebRoutes = @Sendable (WebRouter, DatabaseReaders) throws -> Void
