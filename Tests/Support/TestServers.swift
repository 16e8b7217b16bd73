import Foundation
import Synchronization

/// The real servers that tests use, started by `deploy/servers` before the tests run.
public enum TestServers {
    public struct Missing: Error, CustomStringConvertible {
        public let description: String
    }

    /// A setting of the test run. A missing one fails the test: nothing is skipped.
    public static func setting(_ name: String) throws -> String {
        guard let value = ProcessInfo.processInfo.environment[name], !value.isEmpty else {
            throw Missing(description: "\(name) is not set: run the tests with deploy/test")
        }
        return value
    }

    /// A setting that the test run may do without.
    public static func option(_ name: String) -> String? {
        ProcessInfo.processInfo.environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    private static let serial = Atomic<Int>(0)

    /// A name that no other test of this run has.
    public static func uniqueName(_ prefix: String) -> String {
        let number = serial.wrappingAdd(1, ordering: .relaxed).newValue
        return "\(prefix)_\(ProcessInfo.processInfo.processIdentifier)_\(number)"
    }

    /// A new, empty database of its own for the caller; gone with the test servers.
    public static func databaseURL() async throws -> String { try newDatabase() }

    /// The same, for callers that must stay on their thread.
    public static func newDatabase() throws -> String { try ServerSet.current().newDatabase() }
}
