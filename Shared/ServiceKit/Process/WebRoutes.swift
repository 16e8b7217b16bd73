public import Hummingbird

/// The HTTP router of a service, to which it adds its own routes beside those of its health.
public typealias WebRouter = Hummingbird.Router<BasicRequestContext>

/// Adds routes, which read from the service's database.
public typealias WebRoutes = @Sendable (WebRouter, DatabaseReaders, Settings) throws -> Void
