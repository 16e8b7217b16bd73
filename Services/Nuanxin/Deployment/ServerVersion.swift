import Foundation
import Postgres

/// The versions of servers that Nuanxin supports.
enum ServerVersion {
    static let oldestPostgres = 15
    static let oldestRabbitMQ = (major: 3, minor: 10)

    /// The major version of the server at the other end.
    static func postgres(_ connection: Connection) throws -> Int {
        let rows = try connection.run("SELECT current_setting('server_version_num')::int / 10000")
        guard let version = try rows.first?.decode(Int32.self, at: 0) else { return 0 }
        return Int(version)
    }

    static func isSupported(postgres version: Int) -> Bool { version >= oldestPostgres }

    /// - Parameter version: such as `4.0.5`. Text that is no version counts as supported.
    static func isSupported(rabbitMQ version: String) -> Bool {
        let numbers = version.split(separator: ".").prefix(2).compactMap { Int($0) }
        guard numbers.count == 2 else { return true }
        return (numbers[0], numbers[1]) >= oldestRabbitMQ
    }
}
