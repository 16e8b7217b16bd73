import Foundation
import Synchronization

/// Stands between sessions and PostgreSQL, and spoils their way: it cuts a connection after the server has done what it was
/// asked and before the answer is through, or it lets nothing through any more and says nothing about it.
public final class CuttingProxy: Sendable {
    public let url: String
    private let listener: Int32
    private let port: Int

    private struct Mischief {
        /// Answers to let through before the next one is cut; nil for all.
        var answers: Int?
        /// Bytes to let through to the server before everything stands still; nil for all.
        var bytes: Int?
        var isFrozen = false
    }
    private let mischief = Mutex(Mischief())

    public init(to database: String) throws {
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
                bind(listener, $0, size) == 0 && listen(listener, 64) == 0
                    && getsockname(listener, $0, &length) == 0
            }
        }
        guard bound else { throw ProxyFailure(description: "no port for a proxy") }
        parts.host = "127.0.0.1"
        parts.port = Int(UInt16(bigEndian: address.sin_port))
        url = parts.string ?? database
        Thread { [self] in
            while case let client = accept(self.listener, nil, nil), client >= 0 {
                Thread { [self] in forward(client) }.start()
            }
        }.start()
    }

    /// From now on lets `count - 1` answers through and cuts the connection instead of the next one.
    public func cut(beforeAnswer count: Int) { mischief.withLock { $0.answers = count } }

    /// Lets about so many more bytes through to the server, and then nothing to anybody, until `thaw`.
    public func freeze(afterBytes count: Int = 0) {
        mischief.withLock {
            if count > 0 { $0.bytes = count } else { $0.isFrozen = true }
        }
    }

    public var isFrozen: Bool { mischief.withLock(\.isFrozen) }

    public func thaw() {
        mischief.withLock { ($0.bytes, $0.isFrozen) = (nil, false) }
    }

    /// Milliseconds between two looks whether a frozen way is open again.
    private static let step: Int32 = 20

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
            if isFrozen {
                _ = poll(nil, 0, Self.step)
                continue
            }
            var ready = [client, server].map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
            guard poll(&ready, 2, Self.step) >= 0 else { return }
            if ready[0].revents != 0 {
                guard let count = copy(client, server) else { return }
                countBytes(count)
                isAnswer = false
            }
            if ready[1].revents != 0, !isFrozen {
                if !isAnswer, isLast() { return }
                isAnswer = true
                guard copy(server, client) != nil else { return }
            }
        }
    }

    private func countBytes(_ count: Int) {
        mischief.withLock {
            guard let left = $0.bytes else { return }
            $0.bytes = left - count
            if left <= count { $0.isFrozen = true }
        }
    }

    private func isLast() -> Bool {
        mischief.withLock {
            guard let count = $0.answers else { return false }
            $0.answers = count - 1
            return count == 1
        }
    }

    /// - Returns: the bytes that were copied; nil at the end of the connection.
    private func copy(_ source: Int32, _ target: Int32) -> Int? {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count = read(source, &buffer, buffer.count)
        guard count > 0 else { return nil }
        var sent = 0
        while sent < count {
            let written = buffer.withUnsafeBytes {
                send(
                    target, $0.baseAddress.map { $0 + sent }, count - sent, Int32(MSG_NOSIGNAL))
            }
            guard written > 0 else { return nil }
            sent += written
        }
        return count
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
