internal import Crypto
public import Foundation

extension Topology {
    /// The definitions file in RabbitMQ's JSON format.
    /// - Parameters:
    ///   - former: earlier definitions. Their password hashes are kept for passwords that are the same, because RabbitMQ
    ///     compares files to find changes.
    ///   - password: gives each user's password; users without one are left out.
    public func definitions(
        virtualHost: String = "/", like former: Data? = nil, password: (String) throws -> String?
    ) throws -> Data {
        var document: [String: Any] = [
            "exchanges": exchanges.map { definition($0, virtualHost) },
            "queues": queues.map { definition($0, virtualHost) },
            "bindings": bindings.map { definition($0, virtualHost) },
            "policies": policies.map { definition($0, virtualHost) },
        ]
        let hashes = former.map(Self.passwordHashes) ?? [:]
        var accounts: [[String: Any]] = []
        var permissions: [[String: Any]] = []
        var topics: [[String: Any]] = []
        for user in users {
            guard let secret = try password(user.name) else { continue }
            accounts.append([
                "name": user.name, "tags": user.tags,
                "password_hash": Self.passwordHash(secret, like: hashes[user.name]),
                "hashing_algorithm": "rabbit_password_hashing_sha256",
                "limits": definition(user.limits),
            ])
            permissions.append([
                "user": user.name, "vhost": virtualHost, "configure": "^$", "write": user.write,
                "read": user.read,
            ])
            topics += user.topics.map {
                [
                    "user": user.name, "vhost": virtualHost, "exchange": $0.exchange,
                    "write": $0.write, "read": $0.read,
                ]
            }
        }
        document["vhosts"] = [["name": virtualHost]]
        document["users"] = accounts
        document["permissions"] = permissions
        document["topic_permissions"] = topics
        return try JSONSerialization.data(
            withJSONObject: document,
            options: [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes])
    }

    private func definition(_ exchange: Exchange, _ virtualHost: String) -> [String: Any] {
        [
            "name": exchange.name, "vhost": virtualHost, "type": exchange.type, "durable": true,
            "auto_delete": false, "internal": false,
            "arguments": exchange.alternate.map { ["alternate-exchange": $0] } ?? [:],
        ]
    }

    private func definition(_ queue: Queue, _ virtualHost: String) -> [String: Any] {
        var arguments: [String: Any] = ["x-queue-type": queue.kind.rawValue]
        switch queue.kind {
        case .stream:
            arguments["x-max-length-bytes"] = Self.streamBytes
            arguments["x-stream-max-segment-size-bytes"] = Self.segmentBytes
        case .quorum:
            // A full queue refuses messages instead of dropping them. At-least-once dead-lettering needs that too.
            arguments["x-overflow"] = "reject-publish"
            if let owner = queue.owner {
                arguments["x-delivery-limit"] = Self.deliveryLimit
                arguments["x-dead-letter-exchange"] = "nuanxin.dead"
                arguments["x-dead-letter-routing-key"] = owner
                arguments["x-dead-letter-strategy"] = "at-least-once"
            }
        }
        return [
            "name": queue.name, "vhost": virtualHost, "durable": true, "auto_delete": false,
            "arguments": arguments,
        ]
    }

    private func definition(_ binding: Binding, _ virtualHost: String) -> [String: Any] {
        [
            "source": binding.exchange, "vhost": virtualHost, "destination": binding.queue,
            "destination_type": "queue", "routing_key": binding.routingKey, "arguments": [:],
        ]
    }

    /// RabbitMQ 3.10 knows no policies for quorum queues alone.
    private func definition(_ policy: Policy, _ virtualHost: String) -> [String: Any] {
        var definition: [String: Any] = ["delivery-limit": policy.deliveryLimit]
        if let bytes = policy.largestBytes {
            definition["max-length-bytes"] = bytes
            // Stronger than the argument of the queue, which refuses.
            definition["overflow"] = "drop-head"
        }
        return [
            "name": policy.name, "vhost": virtualHost, "pattern": policy.pattern,
            "apply-to": "queues", "priority": policy.priority, "definition": definition,
        ]
    }

    private func definition(_ limits: Limits?) -> [String: Int] {
        limits.map { ["max-connections": $0.connections, "max-channels": $0.channels] } ?? [:]
    }

    // MARK: Passwords

    private static let saltLength = 4

    /// RabbitMQ's salted SHA-256: base64(salt + sha256(salt + password)), with a random salt, or the former one if the
    /// password is still the same.
    static func passwordHash(_ password: String, like former: String? = nil) -> String {
        if let former, let salt = Data(base64Encoded: former)?.prefix(saltLength),
            passwordHash(password, salt: Array(salt)) == former
        {
            return former
        }
        let salt = (0..<saltLength).map { _ in UInt8.random(in: .min ... .max) }
        return passwordHash(password, salt: salt)
    }

    private static func passwordHash(_ password: String, salt: [UInt8]) -> String {
        let hash = SHA256.hash(data: salt + Array(password.utf8))
        return Data(salt + Array(hash)).base64EncodedString()
    }

    private struct Accounts: Decodable {
        struct Account: Decodable {
            let name: String
            let hash: String

            enum CodingKeys: String, CodingKey {
                case name
                case hash = "password_hash"
            }
        }
        let users: [Account]
    }

    /// The users' password hashes, by name; empty if the data are no definitions.
    private static func passwordHashes(_ definitions: Data) -> [String: String] {
        let accounts = try? JSONDecoder().decode(Accounts.self, from: definitions)
        return (accounts?.users ?? []).reduce(into: [:]) { $0[$1.name] = $1.hash }
    }
}
