public import Postgres
public import ServiceKit

/// The databases of the services, as far as their settings are there.
public struct ServiceDatabases {
    public let settings: Settings

    public init() throws { settings = try Settings() }

    /// The services whose database is set; one alone must be.
    public func services(only service: String?) throws -> [String] {
        if let service {
            guard let key = Self.key(service) else {
                let services = Topology.services.joined(separator: ", ")
                throw Settings.Problem("\(service) is no service; services are \(services)")
            }
            _ = try settings.required(key)
            return [service]
        }
        let services = try Topology.services.filter { service in
            try Self.key(service).flatMap(settings.optional) != nil
        }
        guard !services.isEmpty else {
            throw Settings.Problem("none of NUANXIN_<SERVICE>_DB is set")
        }
        return services
    }

    public func open(_ service: String) throws -> Connection {
        try Connection(
            PostgresConfiguration(
                url: url(service), applicationName: "nuanxin-operator",
                connectTimeout: .seconds(5)))
    }

    /// The address for the role that reads and writes rows.
    public func url(_ service: String) throws -> String { try url(service, Self.key(service)) }

    /// The address for the role that owns the database.
    public func ownerURL(_ service: String) throws -> String {
        try url(service, Self.key(service, of: "_OWNER"))
    }

    private func url(_ service: String, _ key: Settings.Key?) throws -> String {
        guard let key else { throw Settings.Problem("\(service) is no service") }
        return try settings.required(key)
    }

    private static func key(_ service: String, of role: String = "") -> Settings.Key? {
        guard Topology.services.contains(service) else { return nil }
        return Settings.Key(rawValue: "NUANXIN_\(service.uppercased())\(role)_DB")
    }
}
