import ArgumentParser
import CommandLineKit
import ServiceKit

struct SecretsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Change passwords that `nuanxin init` has created.",
        subcommands: [SecretsRotate.self])
}

/// Changes passwords while everything runs.
struct SecretsRotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Change passwords of broker users and database roles.",
        discussion: """
            You can change passwords without downtime. The servers take the new passwords at once, and open \
            connections stay. A service takes its new password when it restarts; the command says at its end \
            which ones to restart. If the command is interrupted, run it again.

            To change the password of another system, revoke its user and add it again (`nuanxin publisher`, \
            `nuanxin subscriber`). `nuanxin keys rotate` changes registry's key. `nuanxin init` renews \
            certificates.
            """)

    @Argument(help: "The directory of compose.yml.")
    var directory: String
    @Argument(help: "Passwords such as broker/funding or database/funding_owner. Default: all.")
    var names: [String] = []

    func run() throws {
        let logins = try orExit {
            try SecretRotation(DeploymentDirectory(directory), names).run()
        }
        for login in logins { say("changed  \(login.name)") }
        let users = Set(logins.map(\.user))
        var containers = Topology.services.filter(users.contains)
        if users.contains(DeploymentForm.replicator) { containers.append("postgres-standby") }
        guard !containers.isEmpty else { return }
        say("Now restart these containers, one after the other:")
        for container in containers { say("  docker-compose restart \(container)") }
    }
}
