internal import Foundation

/// Asks the service of this machine or container whether it is ready, as a container engine wants to know.
///
/// The address is the one that `NUANXIN_LISTEN` has the service listen at, seen over loopback: no port need be
/// published, and the image needs no HTTP client.
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

    /// What the service says of itself.
    /// - Throws: what is wrong, unless it is ready.
    func run() throws -> String {
        let answer = try service.send("GET", "/readyz?verbose")
        guard answer.status == 200 else { throw Settings.Problem("not ready\n" + answer.body) }
        return answer.body
    }
}
