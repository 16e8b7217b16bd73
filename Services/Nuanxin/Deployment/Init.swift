import ArgumentParser
import CommandLineKit
import ServiceKit

/// Makes the secrets of a deployment with compose files, and the files by which its servers verify them.
struct Init: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Create the secrets of a deployment in the directory of its compose.yml.",
        discussion: """
            Each broker user and each database role gets a password of its own, in a file that only the \
            owner can read. The servers get files without passwords, which only verify them. Run the command \
            again to create what is missing. It keeps everything that exists.

            --tls and --cluster choose the overlays. They set COMPOSE_FILE in .env, the addresses in the \
            secrets (passwords stay), and the keys that the overlays need. Without these options the \
            deployment stays as it is.

            With --tls, move secrets/tls/authority.key to a safe place offline: whoever has it can \
            impersonate every server. You need it to renew a certificate: delete the certificate (such as \
            secrets/tls/postgres.pem) and run init.
            """)

    @Argument(help: "The directory of compose.yml.")
    var directory: String
    @Flag(inversion: .prefixedNo, help: "Encrypt all connections.")
    var tls: Bool?
    @Flag(
        inversion: .prefixedNo,
        help: "Run three brokers, a standby of the databases, and every service twice.")
    var cluster: Bool?

    func run() throws {
        let files = try orExit {
            var secrets = DeploymentSecrets(
                try DeploymentDirectory(directory), tls: tls, cluster: cluster)
            return try secrets.make()
        }
        for file in files { say("\(file.change.rawValue)  \(file.name)") }
        let count = files.count { $0.change != .kept }
        say(count == 0 ? "Nothing was missing." : "\(count) files written in \(directory).")
    }
}
