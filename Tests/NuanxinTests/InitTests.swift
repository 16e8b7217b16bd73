import Crypto
import Foundation
import ServiceKit
import Testing

@testable import Nuanxin

@Suite("The secrets of a deployment")
struct InitTests: MakesSecrets {
    let path = FileManager.default.temporaryDirectory
        .appending(path: "init-\(UUID().uuidString)").path

    private func read(_ name: String) throws -> String {
        try String(contentsOfFile: "\(path)/\(name)", encoding: .utf8)
    }

    @Test func `Each user of the broker and the databases has a password of its own`() throws {
        try inDirectory {
            let names = try make().map(\.name)
            let addresses = names.filter { $0.contains("/broker/") || $0.contains("/database/") }
            let passwords = try addresses.map {
                try #require(
                    URLComponents(string: read($0).trimmingCharacters(in: .newlines))?.password)
            }
            #expect(addresses.count == Topology().users.count + 2 * Topology.services.count + 1)
            #expect(Set(passwords).count == passwords.count)
            #expect(passwords.allSatisfy { $0.count == 48 })
        }
    }

    @Test func `Only their owner may read secrets, and servers read no password`() throws {
        try inDirectory {
            let names = try make().map(\.name)
            let servers = [
                "secrets/definitions.json", "secrets/databases.sql", "secrets/superuser",
            ]
            for name in names where name != ".env" && !servers.contains(name) {
                let mode = try FileManager.default.attributesOfItem(atPath: "\(path)/\(name)")[
                    .posixPermissions]
                #expect(mode as? Int == 0o600, "\(name)")
                let url = URLComponents(string: try read(name).trimmingCharacters(in: .newlines))
                guard let password = url?.password else { continue }
                for server in servers { #expect(try !read(server).contains(password)) }
            }
        }
    }

    @Test func `Run again, it makes what is missing and changes nothing else`() throws {
        try inDirectory {
            let names = try make().map(\.name)
            let before = try names.map(read)
            #expect(try make().allSatisfy { $0.change == .kept })
            #expect(try names.map(read) == before)
            try FileManager.default.removeItem(atPath: "\(path)/secrets/definitions.json")
            let made = try make().filter { $0.change == .made }
            #expect(made.map(\.name) == ["secrets/definitions.json"])
        }
    }

    @Test func `A lost password is not made anew behind the servers' back`() throws {
        try inDirectory {
            try make()
            try FileManager.default.removeItem(atPath: "\(path)/secrets/broker/funding")
            for _ in 0..<2 {
                #expect(throws: Settings.Problem.self) { try make() }
                #expect(!FileManager.default.fileExists(atPath: "\(path)/secrets/broker/funding"))
            }
        }
    }

    @Test func `Services take the secrets that were made`() throws {
        try inDirectory {
            try make()
            let settings = try Settings([
                "NUANXIN_AMQP_URL_FILE": "\(path)/secrets/broker/funding",
                "NUANXIN_FUNDING_DB_FILE": "\(path)/secrets/database/funding",
                "NUANXIN_REGISTRY_KEY_FILE": "\(path)/secrets/registry-key",
            ])
            #expect(try settings.required(.amqpURL).hasPrefix("amqp://funding:"))
            #expect(try settings.required(.fundingDatabase).hasSuffix("@postgres:5432/funding"))
            #expect(try settings.required(.registryKey).count == 64)
        }
    }

    /// The example of RFC 7677: its server's signature follows from the server key.
    @Test func `A verifier is what RFC 7677 says`() throws {
        let salt = try #require(Data(base64Encoded: "W22ZaJ0SNY7soEsUEjb6gQ=="))
        let text = ScramVerifier.text("pencil", salt: Array(salt))
        #expect(text.hasPrefix("SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"))
        let key = try #require(text.split(separator: ":").last)
        let server = SymmetricKey(data: try #require(Data(base64Encoded: String(key))))
        let nonce = "rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
        let exchange =
            "n=user,r=rOprNGfwEbeRWgbNEkqO,r=\(nonce),s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096,c=biws,r=\(nonce)"
        let signature = HMAC<SHA256>.authenticationCode(for: Data(exchange.utf8), using: server)
        #expect(
            Data(signature).base64EncodedString() == "6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    }
}
