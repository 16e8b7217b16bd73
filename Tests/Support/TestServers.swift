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

    /// A port that was free a moment ago, below the range from which the kernel takes the near ends of connections.
    public static func freePort() throws -> UInt16 {
        for _ in 0..<100 {
            let port = UInt16.random(in: 20_000..<32_000)
            if isFree(port) { return port }
        }
        throw Missing(description: "no free port was found")
    }

    private static func isFree(_ port: UInt16) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        return withUnsafePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }

    /// A new, empty database of its own for the caller; gone with the test servers.
    public static func databaseURL() async throws -> String { try newDatabase() }

    /// The same, for callers that must stay on their thread.
    public static func newDatabase() throws -> String { try ServerSet.current().newDatabase() }
}
