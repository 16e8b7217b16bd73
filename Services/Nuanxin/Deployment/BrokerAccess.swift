import AMQP
import ArgumentParser
import Foundation
import ServiceKit

/// A user of the broker from outside.
struct BrokerAccess {
    /// The users of the deployment itself.
    private static let reserved = Set(Topology().users.map(\.name)).union(["admin", "guest"])

    let name: String
    private let broker: ManagementInterface
    private let endpoint: Endpoint

    init(_ name: String) throws {
        let isName = name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
        }
        guard isName, (1...60).contains(name.utf8.count) else {
            throw ValidationError(
                "a name has up to 60 lower-case letters, digits, hyphens and underscores")
        }
        guard !Self.reserved.contains(name) else {
            throw ValidationError("\(name) is a user of the deployment itself")
        }
        self.name = name
        let settings = try orExit { try Settings() }
        broker = try orExit { try ManagementInterface(settings) }
        endpoint = try orExit { try Endpoint(url: settings.required(.amqpURL)) }
    }

    var unknown: ValidationError { ValidationError("there is no \(name)") }

    func refuseTaken() throws {
        guard try orExit({ try broker.has(user: name) }) else { return }
        throw ValidationError("there is a user \(name) already; revoke it first")
    }

    /// - Returns: the address that the user connects to.
    func add(_ topology: Topology) throws -> String {
        let password = Secrets.random(Secrets.passwordBytes)
        try orExit { try broker.add(name, of: topology, password: password) }
        let scheme = endpoint.tls == nil ? "amqp" : "amqps"
        let path = endpoint.virtualHost.addingPercentEncoding(
            withAllowedCharacters: .alphanumerics.union(["-", "_", "."]))
        return "\(scheme)://\(name):\(password)@\(endpoint.host):\(endpoint.port)/\(path ?? "%2F")"
    }

    func remove() throws -> Bool { try orExit { try broker.remove(user: name) } }
}
