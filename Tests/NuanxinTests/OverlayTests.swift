import Foundation
import ServiceKit
import Support
import Testing

@testable import Nuanxin

@Suite("The overlays of a deployment")
struct OverlayTests: MakesSecrets {
    let path = FileManager.default.temporaryDirectory
        .appending(path: "overlay-\(UUID().uuidString)").path

    private func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
            .trimmingCharacters(in: .whitespacesAndNewlines)
    }

    private func delete(_ name: String) throws {
        try FileManager.default.removeItem(atPath: "\(path)/\(name)")
    }

    private func openSSL(_ arguments: String...) throws -> Deployment.Finished {
        try Deployment.run(
            URL(filePath: "/usr/bin/openssl"), arguments, ["PATH": "/usr/bin:/bin"])
    }

    private func file(_ name: String) -> String { "\(path)/secrets/tls/\(name)" }

    @Test func `A deployment that gets TLS keeps its passwords, not its addresses`() throws {
        try inDirectory {
            try make()
            let before = try read("secrets/broker/funding")
            let changes = try make(tls: true)
            #expect(changes.first { $0.name == "secrets/broker/funding" }?.change == .changed)
            let after = try read("secrets/broker/funding")
            #expect(SecretAddress(after)?.password == SecretAddress(before)?.password)
            #expect(after.hasPrefix("amqps://funding:"))
            #expect(after.hasSuffix("@rabbitmq:5671/%2F?cacertfile=/run/secrets/authority"))
            #expect(try read("secrets/database/funding").contains("?sslmode=verify-full&"))
            #expect(try read(".env").contains("\nCOMPOSE_FILE=compose.yml:compose.tls.yml"))
            #expect(try make().allSatisfy { $0.change == .kept })
            try make(tls: false)
            #expect(try read("secrets/broker/funding") == before)
            #expect(try !read(".env").contains("COMPOSE_FILE"))
        }
    }

    @Test func `A cluster is reached at all its hosts, and its brokers share a cookie`() throws {
        try inDirectory {
            try make(tls: true, cluster: true)
            #expect(
                try read("secrets/database/events").contains(
                    "@postgres:5432,postgres-standby:5432/events?sslmode=verify-full"))
            #expect(
                try read("secrets/broker/events").contains(
                    "@rabbitmq,rabbitmq-2,rabbitmq-3:5671/"))
            let replicator = try #require(SecretAddress(read("secrets/database/replicator")))
            #expect(try !read("secrets/replication.sql").contains(replicator.password))
            #expect(try read("secrets/erlang-cookie").count == 48)
            let environment = try read(".env")
            #expect(
                environment.contains(
                    "compose.yml:compose.tls.yml:compose.cluster.yml:compose.tls-cluster.yml"))
            #expect(environment.contains("HTTP_PORT=8080-8081"))
        }
    }

    @Test func `What somebody else has written in .env or as an address stays`() throws {
        try inDirectory {
            try make()
            let mine = "COMPOSE_FILE=compose.yml:mine.yml\nHTTP_PORT=9000"
            let environment = try read(".env") + "\n" + mine + "\n"
            try environment.write(toFile: "\(path)/.env", atomically: true, encoding: .utf8)
            let elsewhere = "postgresql://events:4f0c@db.example:5432/events"
            try elsewhere.write(
                toFile: "\(path)/secrets/database/events", atomically: true, encoding: .utf8)
            try make(tls: true, cluster: true)
            #expect(try read("secrets/database/events") == elsewhere)
            #expect(try read(".env").contains("compose.tls-cluster.yml:mine.yml"))
            #expect(try read(".env").contains("HTTP_PORT=9000"))
        }
    }

    @Test(arguments: ["postgres", "rabbitmq"])
    func `A server's certificate is for its names alone`(server: String) throws {
        try inDirectory {
            try make(tls: true)
            for (host, isItsName) in [(server, true), ("localhost", true), ("example.org", false)] {
                let checked = try openSSL(
                    "verify", "-x509_strict", "-purpose", "sslserver", "-verify_hostname", host,
                    "-CAfile", file("authority.pem"), file("\(server).pem"))
                #expect((checked.status == 0) == isItsName, "\(host): \(checked.error)")
            }
        }
    }

    @Test func `A certificate is renewed while the authority's key is there`() throws {
        try inDirectory {
            try make(tls: true)
            let authority = try read("secrets/tls/authority.pem")
            let before = try read("secrets/tls/postgres.pem")
            try delete("secrets/tls/postgres.pem")
            try make()
            #expect(try read("secrets/tls/postgres.pem") != before)
            #expect(try read("secrets/tls/authority.pem") == authority)
            try delete("secrets/tls/authority.key")
            #expect(try make().allSatisfy { $0.change == .kept })
            try delete("secrets/tls/rabbitmq.pem")
            #expect(throws: Settings.Problem.self) { try make() }
        }
    }

    @Test func `The authority's key is its owner's alone, a server's its group's too`() throws {
        try inDirectory {
            try make(tls: true, cluster: true)
            let modes = [
                "secrets/tls/authority.key": 0o600, "secrets/tls/postgres.key": 0o640,
                "secrets/tls/rabbitmq.key": 0o640, "secrets/erlang-cookie": 0o640,
                "secrets/database/replicator": 0o640, "secrets/database/funding": 0o600,
                "secrets/tls/authority.pem": 0o644,
            ]
            for (name, mode) in modes {
                let attributes = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")
                #expect(attributes[.posixPermissions] as? Int == mode, "\(name)")
            }
        }
    }
}
