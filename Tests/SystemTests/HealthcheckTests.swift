import Foundation
import ServiceKit
import Support
import Testing

extension SystemTests {
    @Suite("Asking a service whether it is ready")
    struct HealthcheckTests {
        @Test func `It says yes while the service is ready, and no when nobody answers`() throws {
            let deployment = try Deployment("healthcheck", services: ["funding"])
            let listen = ["NUANXIN_LISTEN": "0.0.0.0:\(try TestServers.freePort())"]
            func check() throws -> Deployment.Finished {
                try deployment.run("funding", ["healthcheck"], listen)
            }
            let before = try check()
            #expect(before.status == 1)
            #expect(before.error.contains("does not answer"))
            let process = try deployment.start("funding", listen)
            try deployment.eventually("it is ready") { try check().status == 0 }
            #expect(try check().output.hasSuffix("ready\n"))
            deployment.stop(process)
            #expect(try check().status == 1)
        }

        @Test func `A service without its database is not ready, and says so`() throws {
            let deployment = try Deployment("unhealthy", services: ["funding"])
            let listen = ["NUANXIN_LISTEN": "127.0.0.1:\(try TestServers.freePort())"]
            _ = try deployment.start(
                "funding",
                listen.merging(["NUANXIN_FUNDING_DB": "postgresql://funding:x@127.0.0.1:1/no"]) {
                    $1
                })
            try deployment.eventually("it answers") {
                try deployment.run("funding", ["healthcheck"], listen).error.contains("not ready")
            }
            let found = try deployment.run("funding", ["healthcheck"], listen)
            #expect(found.status == 1)
            #expect(found.error.contains("[-] worker 0 database"))
        }

        @Test func `Who begins a request and does not end it is cut off after ten seconds`() throws
        {
            let deployment = try Deployment("slow", services: ["funding"])
            let port = try TestServers.freePort()
            _ = try deployment.start("funding", ["NUANXIN_LISTEN": "127.0.0.1:\(port)"])
            let http = PlainHTTP(host: "127.0.0.1", port: Int(port))
            try deployment.eventually("it answers") {
                (try? http.send("GET", "/livez").status) == 200
            }
            let silent = try #require(connect(to: port, saying: ""))
            let slow = try #require(connect(to: port, saying: "GET /livez HTTP/1.1\r\nHo"))
            defer { for socket in [silent, slow] { close(socket) } }
            let started = Date()
            for socket in [silent, slow] {
                var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
                #expect(poll(&polled, 1, 20_000) == 1)
            }
            #expect((5...20).contains(Date().timeIntervalSince(started)))
            #expect(try http.send("GET", "/livez").status == 200)
        }

        private func connect(to port: UInt16, saying text: String) -> Int32? {
            let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
            var address = sockaddr_in()
            address.sin_family = sa_family_t(AF_INET)
            address.sin_port = port.bigEndian
            address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
            let status = withUnsafePointer(to: &address) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
                }
            }
            guard status == 0, write(descriptor, text, text.utf8.count) == text.utf8.count else {
                return nil
            }
            return descriptor
        }

        @Test func `Without a fixed port to ask at it ends with status 2`() throws {
            let deployment = try Deployment("portless", services: ["funding"])
            #expect(try deployment.run("funding", ["healthcheck"], [:]).status == 2)
        }
    }
}
