public import Hummingbird

/// Where a service adds what it serves over HTTP besides its health.
public typealias WebRouter = Hummingbird.Router<BasicRequestContext>

/// Adds routes, which read from the service's database.
public typealias WebRoutes = @Sendable (WebRouter, DatabaseReaders, WebSettings) throws -> Void

/// What an operator may set about what is served over HTTP.
public struct WebSettings: Sendable {
    /// The directory of the contract, which is `deploy/contract` in the sources; nil if it is not to be shown.
    public var contract: String?

    public init(contract: String? = nil) { self.contract = contract }
}
