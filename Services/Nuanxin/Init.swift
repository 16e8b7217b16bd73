import ArgumentParser
import Foundation
import ServiceKit

/// Makes the secrets of a deployment with compose files, and what its servers must know to check them.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the secrets of a deployment, in the directory of its compose.yml.",
        discussion: """
            Each user of the broker and of the databases gets a password of its own, in a file that its owner \
            alone may read. The servers get files that hold no password, only what checks one. What is there \
            is kept; run again, it makes what is missing.
            """)

    @Argument(help: "The directory of compose.yml.")
    var directory: String

    func run() throws {
        let made = try orExit {
            var secrets = DeploymentSecrets(try DeploymentDirectory(directory))
            return try secrets.make()
        }
        for (name, isNew) in made { print("\(isNew ? "made" : "kept")  \(name)") }
        let count = made.count { $0.isNew }
        print(count == 0 ? "Everything was there." : "\(count) files made in \(directory).")
    }
}

/// All secrets of a deployment, and the two files for its servers that follow from them.
struct DeploymentSecrets {
    private static let definitions = "secrets/definitions.json"
    private static let databases = "secrets/databases.sql"
    private static let superuser = "secrets/superuser"

    private let directory: DeploymentDirectory
    private var made: [(name: String, isNew: Bool)] = []

    init(_ directory: DeploymentDirectory) { self.directory = directory }

    /// - Returns: every file, and whether it was made now.
    mutating func make() throws -> [(name: String, isNew: Bool)] {
        // Backups belong to whom the containers run as.
        for name in ["secrets", "secrets/broker", "secrets/database", "backups"] {
            try directory.makeDirectory(name)
        }
        let (topology, owner) = (Topology(), directory.owner)
        let users = topology.users.map(\.name)
        let roles = Topology.services.flatMap { [$0, "\($0)_owner"] } + ["scratch"]
        try refuseStale(Self.definitions, users.map(Self.brokerFile))
        try refuseStale(Self.databases, roles.map(Self.databaseFile))
        let brokerPasswords = try passwords(users, in: Self.brokerFile) { user, password in
            user == "administrator"
                ? "http://\(user):\(password)@rabbitmq:15672"
                : "amqp://\(user):\(password)@rabbitmq:5672/%2F"
        }
        let rolePasswords = try passwords(roles, in: Self.databaseFile) { role, password in
            let database = role.split(separator: "_")[0]
            return "postgresql://\(role):\(password)@postgres:5432/\(database)"
        }
        try keep("secrets/registry-key", .secret) { Secrets.random(Secrets.registryKeyBytes) }
        try keep(Self.definitions, .open) {
            let data = try topology.definitions { brokerPasswords[$0] }
            return String(decoding: data, as: UTF8.self)
        }
        try keep(Self.databases, .open) { Self.script(rolePasswords) }
        // Nobody logs in as the superuser over the network: a password that nobody knows.
        try keep(Self.superuser, .open) { Self.verifier(Secrets.random(Secrets.passwordBytes)) }
        try keep(".env", .open) {
            """
            # Written by nuanxin init, read by compose: as whom the containers run, who can read the secrets.
            RUN_AS=\(owner.user):\(owner.group)
            """
        }
        return made
    }

    // MARK: Files

    @discardableResult
    private mutating func keep(
        _ name: String, _ access: DeploymentDirectory.Access, _ content: () throws -> String
    ) throws -> String {
        let file = try directory.file(name, access, content)
        made.append((name, file.isNew))
        return file.content
    }

    /// Addresses with a password, in a file for each user; the passwords come back.
    private mutating func passwords(
        _ users: [String], in file: (String) -> String,
        address: (_ user: String, _ password: String) -> String
    ) throws -> [String: String] {
        var passwords: [String: String] = [:]
        for user in users {
            let name = file(user)
            let text = try keep(name, .secret) {
                address(user, Secrets.random(Secrets.passwordBytes))
            }
            guard let found = URLComponents(string: text)?.password, !found.isEmpty else {
                throw Settings.Problem("\(name) holds no address with a password")
            }
            passwords[user] = found
        }
        return passwords
    }

    /// A file that follows from secrets and is there before all of them would not know the new ones; looked at before
    /// anything is made, so that trying again finds the same.
    private func refuseStale(_ name: String, _ sources: [String]) throws {
        guard directory.has(name), let missing = sources.first(where: { !directory.has($0) }) else {
            return
        }
        throw Settings.Problem(
            "\(name) is there and \(missing) is not: delete \(name) and run nuanxin init again")
    }

    private static func brokerFile(_ user: String) -> String { "secrets/broker/\(user)" }

    private static func databaseFile(_ role: String) -> String { "secrets/database/\(role)" }

    /// Sets one variable for each password and has service.sql and scratch.sql do the rest.
    private static func script(_ passwords: [String: String]) -> String {
        var lines = [
            "-- Written by nuanxin init. No password stands here, only what PostgreSQL keeps of one."
        ]
        for service in Topology.services {
            let owner = verifier(passwords["\(service)_owner"] ?? "")
            let runtime = verifier(passwords[service] ?? "")
            lines += [
                "\\set service \(service)", "\\set owner_password '\(owner)'",
                "\\set runtime_password '\(runtime)'", "\\i /etc/nuanxin/service.sql",
                "\\connect postgres",
            ]
        }
        let scratch = verifier(passwords["scratch"] ?? "")
        lines += ["\\set scratch_password '\(scratch)'", "\\i /etc/nuanxin/scratch.sql"]
        return lines.joined(separator: "\n")
    }

    private static func verifier(_ password: String) -> String {
        ScramVerifier.text(password, salt: Secrets.bytes(ScramVerifier.saltLength))
    }
}
