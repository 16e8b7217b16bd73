import AMQP
import Foundation
import ServiceKit

/// The certificate that a server shows to whoever connects.
struct ServerCertificate {
    enum Server: String {
        case rabbitmq, postgres
    }

    /// Days before its end at which a certificate should be renewed.
    static let warningDays = 30

    let server: Server
    /// Each `host:port`.
    let places: [String]

    /// - Returns: nil for a broker without TLS.
    init?(broker address: String) throws {
        let endpoint = try Endpoint(url: address)
        guard endpoint.tls != nil else { return nil }
        server = .rabbitmq
        places = endpoint.host.split(separator: ",").map { "\($0):\(endpoint.port)" }
    }

    /// - Returns: nil for databases whose address does not ask for TLS.
    init?(database address: String) {
        guard address.contains("sslmode=verify"), let at = address.firstIndex(of: "@") else {
            return nil
        }
        server = .postgres
        places = address[address.index(after: at)...].prefix { $0 != "/" }.split(separator: ",")
            .map { $0.contains(":") ? String($0) : "\($0):5432" }
    }

    enum State {
        case well, endsSoon
        /// Nobody shows one.
        case unknown
    }

    func state(at place: String) -> State {
        let protocols = server == .postgres ? ["-starttls", "postgres"] : []
        guard let shown = try? OpenSSL.run(["s_client", "-connect", place] + protocols),
            shown.contains("-----BEGIN CERTIFICATE-----")
        else { return .unknown }
        let seconds = "\(Self.warningDays * 86_400)"
        let check = try? OpenSSL.run(["x509", "-noout", "-checkend", seconds], input: shown)
        return check == nil ? .endsSoon : .well
    }
}
