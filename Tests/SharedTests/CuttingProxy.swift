import Foundation
import Glibc
import Support
import Synchronization

/// Stands between a session and PostgreSQL, and cuts the connection after the server has done what it
/// was asked and before the answer is through: what a lost network looks like at the worst moment.
final class CuttingProxy: Sendable {
    let url: String
    private let listener: Int32
    private let port: Int
    /// Answers to let through, nil for all.
    private let remaining = Mutex<Int?>(nil)

    init(to database: String) throws {
        guard var parts = URLComponents(string: database), let port = parts.port else {
            throw ProxyFailure(description: "no port in the database's URL")
        }
        self.port = port
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        self.listener = listener
        var address = Self.loopback(port: 0)
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        var length = size
        let bound = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(listener, $0, size) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw ProxyFailure(description: "no port for a proxy") }
        parts.host = "127.0.0.1"
        parts.port = Int(UInt16(bigEndian: address.sin_port))
        url = parts.string ?? database
        Thread { [self] in
            // One session at a time is all that the tests want.
            while case let client = accept(self.listener, nil, nil), client >= 0 {
                forward(client)
            }
        }.start()
    }

    /// From now on lets `count - 1` answers through and cuts the connection instead of the next one.
    func cut(beforeAnswer count: Int) { remaining.withLock { $0 = count } }

    private func forward(_ client: Int32) {
        let server = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer {
            close(server)
            close(client)
        }
        var address = Self.loopback(port: UInt16(port))
        let connected = withUnsafeMutablePointer(to: &address) {
            $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(server, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
        guard connected else { return }
        var isAnswer = false
        while true {
            var ready = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&ready, 2, -1) > 0 else { return }
            if ready[0].revents != 0 {
                guard copy(client, server) else { return }
                isAnswer = false
            }
            if ready[1].revents != 0 {
                if !isAnswer, isLast() { return }
                isAnswer = true
                guard copy(server, client) else { return }
            }
        }
    }

    private func isLast() -> Bool {
        remaining.withLock { remaining in
            guard let count = remaining else { return false }
            remaining = count - 1
            return count == 1
        }
    }

    private func copy(_ source: Int32, _ target: Int32) -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { return false }
        var sent = 0
        while sent < count {
            let written = buffer.withUnsafeBytes {
                write(target, $0.baseAddress.map { $0 + sent }, count - sent)
            }
            guard written > 0 else { return false }
            sent += written
        }
        return true
    }

    private static func loopback(port: UInt16) -> sockaddr_in {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return address
    }
}

private struct ProxyFailure: Error {
    let description: String
}
