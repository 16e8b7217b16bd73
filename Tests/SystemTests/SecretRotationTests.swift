import AMQP
import Foundation
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// With servers of its own, whose users and roles are a deployment's.
    @Suite("Changing passwords", .serialized)
    final class SecretRotationTests {
        private let servers: ServerSet
        private let deployment: Deployment
        private let path: String

        init() throws {
            servers = try ServerSet.start()
            deployment = try Deployment("rotation", services: [], on: servers)
            path = deployment.directory.appending(path: "compose").path
            let made = try deployment.run("nuanxin", ["init", path], [:])
            try #require(made.status == 0, "\(made.error)")
            try moveAddresses()
            try deployment.manage(
                "POST", "definitions", URL(filePath: "\(path)/secrets/definitions.json"))
            try makeRoles()
        }

        deinit {
            // Nobody can be told here; what is left lies in the temporary directory.
            try? servers.remove()
        }

        private static let roles = DeploymentSecrets.roles

        private var logins: [String] {
            Topology().users.map { "broker/\($0.name)" } + Self.roles.map { "database/\($0)" }
        }

        private func read(_ name: String) throws -> String {
            try String(contentsOfFile: "\(path)/secrets/\(name)", encoding: .utf8)
                .trimmingCharacters(in: .newlines)
        }

        private func write(_ name: String, _ text: String) throws {
            try text.write(toFile: "\(path)/secrets/\(name)", atomically: true, encoding: .utf8)
        }

        /// The servers are not where a deployment has them.
        private func moveAddresses() throws {
            let (amqp, management) = (servers.place(.amqp), servers.place(.management))
            let postgres = servers.place(.postgres)
            for login in logins {
                let address = try read(login)
                    .replacing("rabbitmq:5672", with: amqp)
                    .replacing("rabbitmq:15672", with: management)
                    .replacing("postgres:5432", with: postgres)
                try write(login, address)
            }
        }

        private func makeRoles() throws {
            let connection = try Connection(
                PostgresConfiguration(url: servers.superuserDatabase))
            for role in Self.roles {
                let url = URLComponents(string: try read("database/\(role)"))
                let password = try #require(url?.password)
                _ = try connection.run(
                    Statement(trusted: "CREATE ROLE \(role) LOGIN PASSWORD '\(password)'"))
            }
            for service in Topology.services {
                _ = try connection.run(
                    Statement(trusted: "CREATE DATABASE \(service) OWNER \(service)_owner"))
            }
            _ = try connection.run("CREATE DATABASE scratch OWNER scratch")
        }

        private func rotate(_ names: String...) throws -> Deployment.Finished {
            try deployment.run("nuanxin", ["secrets", "rotate", path] + names, [:])
        }

        private func isWelcome(_ login: String, _ address: String) -> Bool {
            do {
                if login.hasPrefix("database/") {
                    _ = try Connection(PostgresConfiguration(url: address))
                } else if login == "broker/administrator" {
                    return try PlainHTTP(url: address)?.send("GET", "/api/whoami").status == 200
                } else {
                    _ = try AMQPConnection(Endpoint(url: address), name: "rotation")
                }
                return true
            } catch {
                return false
            }
        }

        /// A broker that starts anew reads the definitions again.
        @Test func `Every login gets a new password for good, and connections go on`() throws {
            let before = try logins.map { ($0, try read($0)) }
            let session = try Connection(PostgresConfiguration(url: read("database/funding")))
            let client = try Client(read("broker/operator"))
            let finished = try rotate()
            try #require(finished.status == 0, "\(finished.error)")
            #expect(finished.output.contains("docker-compose restart funding"))
            try deployment.manage(
                "POST", "definitions", URL(filePath: "\(path)/secrets/definitions.json"))
            for (login, address) in before {
                #expect(!isWelcome(login, address), "\(login)")
                #expect(isWelcome(login, try read(login)), "\(login)")
            }
            _ = try session.run("SELECT 1")
            _ = try client.receive()
        }

        @Test func `What is not named keeps its password`() throws {
            let before = try logins.map(read)
            #expect(try rotate("broker/funding", "database/events_owner").status == 0)
            let after = try logins.map(read)
            let changed = zip(logins, zip(before, after)).filter { $1.0 != $1.1 }.map(\.0)
            #expect(changed == ["broker/funding", "database/events_owner"])
            #expect(try rotate("broker/nobody").error.contains("broker/nobody is none of"))
        }

        /// Once before the server was told, and once after.
        @Test func `What was cut short is finished by running it again`() throws {
            let logins = ["database/events", "database/funding", "broker/administrator"]
            for login in logins {
                let next = try read(login).replacing(/:[0-9a-f]{48}@/, with: ":0123456789abcdef@")
                try write("\(login).next", next)
            }
            let connection = try Connection(
                PostgresConfiguration(url: servers.superuserDatabase))
            _ = try connection.run("ALTER ROLE funding PASSWORD '0123456789abcdef'")
            try deployment.manage(
                "PUT", "users/administrator", nil,
                body: #"{"password":"0123456789abcdef","tags":"administrator"}"#)
            #expect(try deployment.run("nuanxin", ["init", path], [:]).error.contains("rotate"))
            let finished = try rotate("broker/events")
            try #require(finished.status == 0, "\(finished.error)")
            for login in logins {
                #expect(try read(login).contains(":0123456789abcdef@"), "\(login)")
                #expect(isWelcome(login, try read(login)), "\(login)")
                let next = "\(path)/secrets/\(login).next"
                #expect(!FileManager.default.fileExists(atPath: next))
            }
        }
    }
}
