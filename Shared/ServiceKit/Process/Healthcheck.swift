internal import Foundation

/// Asks the service of this machine or container whether it is ready, for a container engine.
///
/// It asks over loopback, at the port of `NUANXIN_LISTEN`: no port need be published, and the image needs no HTTP client.
struct Healthcheck {
    private static let wildcards: Set<String> = ["0.0.0.0", "[::]", "*", ""]

    private let service: PlainHTTP

    init(_ settings: Settings) throws {
        let (host, port) = try ServiceSettings.address(settings.required(.listen))
        guard port != 0 else {
            throw Settings.Problem("NUANXIN_LISTEN has no fixed port to ask at")
        }
        service = PlainHTTP(
            host: Self.wildcards.contains(host) ? "127.0.0.1" : host, port: port)
    }

    /// - Returns: the report of a service that is ready.
    /// - Throws: the report of one that is not.
    func run() throws -> String {
        let answer = try service.send("GET", "/readyz?verbose")
        guard answer.status == 200 else { throw Settings.Problem("not ready\n" + answer.body) }
        return answer.body
    }
}
