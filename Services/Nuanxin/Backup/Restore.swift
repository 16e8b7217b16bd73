import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Replace all databases by a backup. Stop the services first.",
        discussion: """
            The command first makes a backup of the present data, beside the backup that is restored. Then \
            it replaces each database in a transaction that commits only if every table equals the manifest. \
            If the command is interrupted, run it again. It connects as the owners of the databases: \
            NUANXIN_<SERVICE>_OWNER_DB.

            Decisions after the backup are lost. Publishers must send their messages again; messages that \
            the backup has are duplicates, and the others are decided. Facts that wait in the broker are \
            dropped (NUANXIN_MANAGEMENT_URL), because their owners may not have them any more. Commands that \
            wait there stay. When the services start, they send all journals again, and consumers drop the \
            facts they have. So it does not matter that the four dumps were made at different moments. \
            Reporting starts a new epoch, and subscribers take a snapshot.

            People erased after the backup would reappear. Before anything is replaced, the command notes who \
            is erased now, in erasures.json beside the backups, and at the end it publishes their erasures again \
            as the operator (NUANXIN_AMQP_URL). Registry decides them when it starts. If the \
            databases are gone, the file knows only those erased by the last backup. See `nuanxin erase-again`.

            Reporting forgets editions published after the backup, but their readers do not. It reads them \
            from the broker's stream when it starts, and continues from there. If the stream is gone (a new \
            broker), figures about families below the district stay unchanged for past periods, or are left \
            out; `nuanxin status` and `nuanxin edition show` say so. --last-edition avoids this: it states \
            that no later edition than those of the backup was published.

            Status 1 if a table differs from the manifest; its database is then unchanged. Status 3 if the \
            broker's queues could not be emptied, or the erasures not published; run the command again.
            """)

    @Argument(help: "A backup: the directory with manifest.json.")
    var directory: String
    @Flag(help: "Do not ask for confirmation.")
    var yes = false
    @Option(
        help: "Directory for the backup of the present data. Default: beside the restored one.")
    var safetyDirectory: String?
    @Flag(help: "Make no backup of the present data, because it is unreadable.")
    var withoutSafetyCopy = false

    @Flag(help: "Do not empty the broker's queues, because no facts wait there (a new broker).")
    var keepQueues = false
    @Option(help: "The number of the last edition that the public has seen, as pages show it.")
    var lastEdition: Int64?

    func validate() throws {
        guard lastEdition ?? 0 >= 0 else {
            throw ValidationError("--last-edition must not be below 0")
        }
    }

    func run() throws {
        let databases = try orExit { try ServiceDatabases() }
        let owner = { try DatabaseAddress(databases.ownerURL($0)) }
        let backup = try orExit {
            try Self.refuseSessions(owner)
            return try StoredBackup(directory)
        }
        let programs = try orExit { try ClientPrograms.installed().restoring(backup) }
        // Checks that the broker answers before anything is changed.
        let broker = try orExit { keepQueues ? nil : try ManagementInterface(databases.settings) }
        _ = try orExit { try broker?.topology() }
        try confirm(backup)
        if !withoutSafetyCopy {
            let place =
                safetyDirectory.map { URL(filePath: $0) }
                ?? backup.directory.deletingLastPathComponent()
            let copy = try orExit { try BackupWriter(directory: place, address: owner).run() }
            say("backup of the previous data: \(copy.directory.path)")
        }
        let erased = try orExit {
            try ErasureList.update(
                in: backup.directory.deletingLastPathComponent(), from: owner)
        }
        for service in BackupWriter.order {
            try restore(service, backup, owner(service), programs)
        }
        do {
            for service in Topology.services { try broker?.empty(queue: "\(service).facts") }
        } catch {
            throw ExitCode.error(
                "the databases are restored; the broker's queues are not empty: \(error)", 3)
        }
        do {
            try EraseAgain.publish(erased, owner("registry"), databases.settings)
        } catch {
            throw ExitCode.error(
                "the databases are restored; erased persons are not erased again: \(error)", 3)
        }
        say(
            """
            Start the services. Publish again what was published since \(backup.manifest.startedAt).
            """)
        // A backup from before there were editions has none.
        if let text = try? editions(owner("reporting")) { say(text) }
    }

    /// Which editions reporting knows, and what becomes of later ones.
    private func editions(_ reporting: DatabaseAddress) throws -> String {
        let connection = try Connection(
            PostgresConfiguration(
                url: reporting.url, applicationName: ClientProgram.applicationName))
        let rows = try connection.run("SELECT coalesce(max(number), 0) FROM edition")
        let known = try rows.first?.decode(Int64.self, at: 0) ?? 0
        if let lastEdition, lastEdition <= known {
            return "Edition \(lastEdition) was the last one, and reporting knows it."
        }
        return """
            Reporting knows \(known == 0 ? "no edition" : "the editions up to \(known)"). Those after it are read off \
            the broker's stream when it starts; if they are not there, figures about families below the district stay \
            as they are. nuanxin status says which.
            """
    }

    private func restore(
        _ service: String, _ backup: StoredBackup, _ address: DatabaseAddress,
        _ programs: ClientPrograms
    ) throws {
        let stored = backup.manifest.databases.first { $0.service == service }
        guard let stored else { return }
        let differing = try orExit {
            // A service may have been started meanwhile.
            try Self.refuseSession(service, address)
            return try Restoration(
                backup: backup, database: stored, address: address, programs: programs
            ).replace(finally: afterwards(stored))
        }
        guard differing.isEmpty else {
            throw ExitCode.error(
                "\(service) is as it was: \(differing.joined(separator: ", ")) differ", 1)
        }
        say("restored \(service): \(stored.tables.count) tables, \(stored.rows) rows")
    }

    /// Statements that mark a database as restored.
    private func afterwards(_ database: BackupManifest.Database) -> [String] {
        var statements: [String] = []
        // Others take in nothing of reporting but the wish for a replay. A database that was backed up before it was
        // migrated has none of these tables.
        let hasJournal = database.tables.contains { $0.name == "replay" }
        if hasJournal, database.service != "reporting" {
            statements += [
                "DELETE FROM public.replay",
                """
                INSERT INTO public.replay (owner, destination, sent, until)
                SELECT owner, '\(ReplayDestination.everybody)', 0, max(position)
                FROM public.journal GROUP BY owner
                """,
            ]
        }
        // The others send their journals again, from databases of another moment. Reporting does not.
        if database.tables.contains(where: { $0.name == "fact_arrival" }) {
            statements.append("DELETE FROM public.fact_arrival WHERE source <> 'reporting'")
        }
        if database.tables.contains(where: { $0.name == "epoch" }) {
            let mark = lastEdition.map { "last edition \($0)" } ?? "restored"
            statements.append("UPDATE public.epoch SET mark = '\(mark)'")
        }
        return statements
    }

    // MARK: Before

    private static func refuseSessions(
        _ address: (String) throws -> DatabaseAddress
    ) throws {
        for service in Topology.services { try refuseSession(service, address(service)) }
    }

    private static func refuseSession(_ service: String, _ address: DatabaseAddress) throws {
        let connection = try Connection(
            PostgresConfiguration(
                url: address.url, applicationName: ClientProgram.applicationName,
                connectTimeout: .seconds(5)))
        // The server may not have noticed yet that our own sessions have ended. A session at work holds locks.
        let names = try connection.run(
            """
            SELECT DISTINCT coalesce(nullif(application_name, ''), 'somebody') FROM pg_stat_activity
            WHERE datname = current_database() AND usesysid IS NOT NULL
              AND application_name <> \(ClientProgram.applicationName)
            """
        ).map { try $0.decode(String.self, at: 0) }
        guard names.isEmpty else {
            throw Settings.Problem(
                "\(names.joined(separator: ", ")) works in the database of \(service): stop it first"
            )
        }
    }

    private func confirm(_ backup: StoredBackup) throws {
        guard !yes else { return }
        let name = backup.directory.lastPathComponent
        guard isatty(STDIN_FILENO) == 1 else {
            throw ExitCode.error("nobody can be asked here: say --yes", 2)
        }
        let question = """
            All databases become what they were at \(backup.manifest.startedAt).
            Type \(name) to go on: 
            """
        FileHandle.standardError.write(Data(question.utf8))
        guard readLine()?.trimmingCharacters(in: .whitespaces) == name else {
            throw ExitCode.error("nothing was changed", 2)
        }
    }
}
