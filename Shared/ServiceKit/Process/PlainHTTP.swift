public import Foundation
internal import Glibc

/// One HTTP request over one connection, for what is near: a service's own health, the broker's management interface.
///
/// Plain because it need be no more: HTTP/1.0, so that an answer comes in one piece and ends with the connection; no
/// TLS, no redirects. Blocks its thread, for at most `patience` at each step.
public struct PlainHTTP: Sendable {
    public struct Answer: Sendable {
        public let status: Int
        public let body: String
    }

    /// Nobody answered, or not in HTTP. Says nothing of what was sent.
    public struct Silence: Error, CustomStringConvertible {
        public let description: String
    }

    /// Seconds for which one step may take: to connect, to send, to receive a piece.
    private static let patience = 3
    /// Bytes of an answer; what is longer is no answer to what is asked here.
    private static let answerLimit = 4 << 20

    private let host: String
    private let port: Int
    /// The header line that says who asks, if it matters.
    private let authorization: String

    public init(host: String, port: Int) {
        self.host = host
        self.port = port
        authorization = ""
    }

    /// - Parameter url: `http://[user:password@]host[,host…][:port]`; of several hosts the first that answers.
    public init?(url: String) {
        guard let parts = URLComponents(string: url), parts.scheme == "http",
            let host = parts.host, !host.isEmpty
        else { return nil }
        self.host = host
        port = parts.port ?? 80
        guard let user = parts.user, let password = parts.password else {
            authorization = ""
            return
        }
        let login = Data("\(user):\(password)".utf8).base64EncodedString()
        authorization = "Authorization: Basic \(login)\r\n"
    }

    /// - Parameters:
    ///   - path: percent-encoded, from the first slash on.
    ///   - body: JSON.
    public func send(_ method: String, _ path: String, body: Data? = nil) throws -> Answer {
        var request =
            "\(method) \(path) HTTP/1.0\r\nHost: \(host)\r\nConnection: close\r\n\(authorization)"
        if let body {
            request += "Content-Type: application/json\r\nContent-Length: \(body.count)\r\n"
        }
        let descriptor = try connected()
        defer { close(descriptor) }
        try write(Array((request + "\r\n").utf8) + (body.map(Array.init) ?? []), to: descriptor)
        let answer = String(decoding: try read(from: descriptor), as: UTF8.self)
        // Such as "HTTP/1.1 200 OK".
        let words = answer.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count > 1, words[0].hasPrefix("HTTP/"), let status = Int(words[1]) else {
            throw silence("gives no HTTP answer")
        }
        let parts = answer.split(separator: "\r\n\r\n", maxSplits: 1)
        return Answer(status: status, body: parts.count == 2 ? String(parts[1]) : "")
    }

    private func silence(_ what: String) -> Silence {
        Silence(description: "\(host):\(port) \(what)")
    }

    /// The first address of the first host that takes the connection.
    private func connected() throws -> Int32 {
        for name in host.split(separator: ",") {
            var hints = addrinfo()
            hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
            var list: UnsafeMutablePointer<addrinfo>?
            let bare = name.trimmingCharacters(in: ["[", "]"])
            guard getaddrinfo(bare, "\(port)", &hints, &list) == 0, let first = list else {
                continue
            }
            defer { freeaddrinfo(first) }
            for address in sequence(first: first, next: { $0.pointee.ai_next }) {
                if let descriptor = Self.connected(to: address.pointee) { return descriptor }
            }
        }
        throw silence("does not answer")
    }

    private static func connected(to address: addrinfo) -> Int32? {
        let descriptor = socket(
            address.ai_family, address.ai_socktype | Int32(SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &limit, size)
        setsockopt(descriptor, SOL_SOCKET, SO_SNDTIMEO, &limit, size)
        guard connect(descriptor, address.ai_addr, address.ai_addrlen) == 0 else {
            close(descriptor)
            return nil
        }
        return descriptor
    }

    private func write(_ bytes: [UInt8], to descriptor: Int32) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { throw silence("does not listen") }
            rest = rest.dropFirst(count)
        }
    }

    private func read(from descriptor: Int32) throws -> [UInt8] {
        var answer: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 16_384)
        while answer.count <= Self.answerLimit {
            let count = recv(descriptor, &buffer, buffer.count, 0)
            guard count >= 0 else { throw silence("does not answer") }
            if count == 0 { return answer }
            answer += buffer[..<count]
        }
        throw silence("answers without end")
    }
}
