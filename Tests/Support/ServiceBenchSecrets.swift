public import Foundation
import Messages
import Postgres

@testable public import ServiceKit

/// What a service keeps sealed, opened as the operator's tool opens it.
extension ServiceBench {
    /// The secret of every service in tests.
    public static let secretText = String(repeating: "fedcba9876543210", count: 4)

    public static func secret() throws -> ServiceSecret {
        try ServiceSecret(hexadecimal: secretText, setting: .fundingSecret)
    }

    /// The bodies of dead letters that are kept, as the operator's tool opens them.
    public func deadBodies() throws -> [[UInt8]] {
        let rows = try connection.run("SELECT digest FROM dead_letter ORDER BY first_at, digest")
        return try rows.compactMap { row in
            try DeadLetters.body(
                of: row.decode([UInt8].self, at: 0), connection, Self.secret())
        }
    }

    /// The free texts that are kept, opened and sorted.
    /// - Parameter about: nil for all.
    public func texts(about: UUID? = nil) throws -> [String] {
        let rows = try connection.run(
            """
            SELECT DISTINCT record FROM free_text WHERE \(about) IS NULL OR \(about) = ANY(about)
            """)
        return try rows.flatMap { row in
            try FreeText.all(of: row.decode(UUID.self, at: 0), connection, Self.secret())
        }.map(\.text).sorted()
    }
}
