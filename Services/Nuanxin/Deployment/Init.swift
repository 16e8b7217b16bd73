import ArgumentParser
import ServiceKit

/// Makes the secrets of a deployment with compose files, and what its servers must know to check them.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Make the secrets of a deployment, in the directory of its compose.yml.",
        discussion: """
            Each user of the broker and of the databases gets a password of its own, in a file that its owner \
            alone may read. The servers get files that hold no password, only what checks one. What is there \
            is kept; run again, it makes what is missing.

            --tls and --cluster choose the overlays: COMPOSE_FILE in .env, the addresses in the secrets (whose \
            passwords stay), and the keys that the overlays need. Without them the deployment stays as it is.

            With --tls, keep secrets/tls/authority.key elsewhere, offline: who has it can pass for each server. \
            It is needed again when a certificate is renewed: delete it (secrets/tls/postgres.pem, say) and \
            run init.
            """)

    @Argument(help: "The directory of compose.yml.")
    var directory: String
    @Flag(inversion: .prefixedNo, help: "Whether all connections are encrypted.")
    var tls: Bool?
    @Flag(
        inversion: .prefixedNo,
        help: "Whether there are three brokers, a standby of the databases, and services twice.")
    var cluster: Bool?

    func run() throws {
        let files = try orExit {
            var secrets = DeploymentSecrets(
                try DeploymentDirectory(directory), tls: tls, cluster: cluster)
            return try secrets.make()
        }
        for file in files { print("\(file.change.rawValue)  \(file.name)") }
        let count = files.count { $0.change != .kept }
        print(count == 0 ? "Everything was there." : "\(count) files written in \(directory).")
    }
}
