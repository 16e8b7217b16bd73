import Foundation
import Postgres
import ServiceKit

/// Gives users of the broker and roles of the databases new passwords, in four steps:
///
/// 1. the new address is written beside the old one;
/// 2. the files that the servers read at their start are rewritten;
/// 3. the server gets the new password;
/// 4. the new address replaces the old one.
///
/// An interrupted rotation is finished by the next run. A new address beside an old one marks a rotation in progress. Steps
/// 2 and 3 can be repeated. This tool tries the old password and then the new one. Open connections stay.
struct SecretRotation {
    /// A login whose password changes, by its file's place under `secrets`.
    struct Login: Equatable {
        enum Server { case broker, database }

        let server: Server
        let user: String

        var name: String { "\(server == .broker ? "broker" : "database")/\(user)" }
        fileprivate var file: String { "secrets/\(name)" }
        fileprivate var next: String { SecretRotation.next(file) }
        /// The standby reads it, as a user of its own.
        fileprivate var access: DeploymentDirectory.Access {
            user == DeploymentForm.replicator ? .server : .secret
        }
    }

    /// The file of the new address until the server has its password.
    static func next(_ file: String) -> String { "\(file).next" }

    private let directory: DeploymentDirectory
    private let virtualHost: String
    private let all: [Login]
    private let chosen: [Login]

    /// - Parameter names: such as `broker/funding`; none means all.
    init(_ directory: DeploymentDirectory, _ names: [String], virtualHost: String = "/") throws {
        self.directory = directory
        self.virtualHost = virtualHost
        let roles = DeploymentSecrets.roles + [DeploymentForm.replicator]
        // The administrator comes last among the broker's users, because its login changes the others.
        let all =
            roles.map { Login(server: .database, user: $0) }
            + DeploymentSecrets.users.map { Login(server: .broker, user: $0) }
        self.all = all.filter { directory.has($0.file) }
        guard !self.all.isEmpty else {
            throw Settings.Problem("there are no secrets in \(directory.path)")
        }
        let known = self.all.map(\.name)
        if let unknown = names.first(where: { !known.contains($0) }) {
            throw Settings.Problem("\(unknown) is none of \(known.joined(separator: ", "))")
        }
        chosen = self.all.filter { login in
            names.isEmpty || names.contains(login.name) || directory.has(login.next)
        }
    }

    /// - Returns: the logins whose passwords have changed.
    func run() throws -> [Login] {
        for login in chosen {
            let address = try address(login.file).with(
                password: Secrets.random(Secrets.passwordBytes))
            _ = try directory.file(login.next, login.access) { address }
        }
        try writeServerFiles()
        for login in chosen {
            switch login.server {
            case .broker: try tellBroker(login)
            case .database: try tellDatabase(login)
            }
            try directory.move(login.next, to: login.file)
        }
        return chosen
    }

    private func address(_ file: String) throws -> SecretAddress {
        guard let text = try directory.read(file), let address = SecretAddress(text) else {
            throw Settings.Problem("\(file) holds no address with a password")
        }
        return address
    }

    /// Otherwise a restarted server would have the old passwords again.
    private func writeServerFiles() throws {
        var (broker, database): ([String: String], [String: String]) = ([:], [:])
        for login in all {
            let isChosen = chosen.contains(login)
            let password = try address(isChosen ? login.next : login.file).password
            switch login.server {
            case .broker: broker[login.user] = password
            case .database: database[login.user] = password
            }
        }
        func isAffected(_ server: Login.Server) -> Bool { chosen.contains { $0.server == server } }
        if isAffected(.broker) {
            let definitions = try ServerFiles.definitions(broker)
            try directory.replace(DeploymentSecrets.definitions, .open, definitions)
        }
        if isAffected(.database) {
            let script = ServerFiles.databases(database)
            try directory.replace(DeploymentSecrets.databases, .open, script)
        }
        if let password = database[DeploymentForm.replicator] {
            let script = ServerFiles.replication(password)
            try directory.replace(DeploymentSecrets.replication, .open, script)
        }
    }

    // MARK: Servers

    private func tellBroker(_ login: Login) throws {
        let password = try address(login.next).password
        try administrator().add(login.user, of: Topology(), password: password)
    }

    private func administrator() throws -> ManagementInterface {
        let login = Login(server: .broker, user: "administrator")
        for file in [login.file, login.next] where directory.has(file) {
            let broker = try ManagementInterface(
                url: address(file).text, virtualHost: virtualHost)
            if try broker.isWelcome() { return broker }
        }
        throw Settings.Problem(
            "the broker refuses its administrator: restart it, so that it reads "
                + "\(DeploymentSecrets.definitions), and run this again")
    }

    private func tellDatabase(_ login: Login) throws {
        let verifier = ServerFiles.verifier(try address(login.next).password)
        // A verifier is of base64's letters, and the role is one of ours: neither can end the text it stands in.
        let statement = Statement(trusted: "ALTER ROLE \(login.user) PASSWORD '\(verifier)'")
        _ = try connection(login).run(statement)
    }

    /// As the role itself, which may change its own password.
    private func connection(_ login: Login) throws -> Connection {
        do {
            return try connection(login.file)
        } catch let error as PostgresError
            where error.message.contains("password authentication failed")
        {
            return try connection(login.next)
        }
    }

    private func connection(_ file: String) throws -> Connection {
        try Connection(
            PostgresConfiguration(
                url: address(file).text, applicationName: "nuanxin-secrets",
                connectTimeout: .seconds(5)))
    }
}
