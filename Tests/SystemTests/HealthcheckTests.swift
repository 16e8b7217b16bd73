import Foundation
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

        @Test func `Without a fixed port to ask at it ends with status 2`() throws {
            let deployment = try Deployment("portless", services: ["funding"])
            #expect(try deployment.run("funding", ["healthcheck"], [:]).status == 2)
        }
    }
}
