import ArgumentParser
import ServiceKit

struct SecretsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secrets", abstract: "Look after the secrets that `nuanxin init` has made.",
        subcommands: [SecretsRotate.self])
}

/// Changes passwords while everything runs.
struct SecretsRotate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rotate",
        abstract: "Give users of the broker and roles of the databases new passwords.",
        discussion: """
            The servers take the new passwords at once; connections that stand go on. A service takes its new \
            password when it is restarted, which the command asks for at its end. Ended at any point, it goes on \
            when it is run again. Other systems' users (nuanxin publisher, subscriber) are revoked and added, \
            registry's key has `nuanxin keys rotate`, and certificates are made anew by `nuanxin init`.
            """)

    @Argument(help: "The directory of compose.yml.")
    var directory: String
    @Argument(help: "Such as broker/funding or database/funding_owner; all, if none is named.")
    var names: [String] = []

    func run() throws {
        let logins = try orExit {
            try SecretRotation(DeploymentDirectory(directory), names).run()
        }
        for login in logins { print("changed  \(login.name)") }
        let users = Set(logins.map(\.user))
        var containers = Topology.services.filter(users.contains)
        if users.contains(DeploymentForm.replicator) { containers.append("postgres-standby") }
        guard !containers.isEmpty else { return }
        print("Now restart what logs in with them, one after the other:")
        for container in containers { print("  docker-compose restart \(container)") }
    }
}
