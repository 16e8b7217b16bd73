import ArgumentParser
import Foundation
import Messages
import Postgres
import ServiceKit

struct Restore: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put a backup in the place of all databases. Services must be stopped.",
        discussion: """
            First makes a backup of what is there, beside the one that is restored. Then each database becomes \
            what it was, in a transaction that commits only when every table equals the manifest; if this \
            ends before its end, run it again. The owners of the databases do it: NUANXIN_<SERVICE>_OWNER_DB.

            What was decided after the backup is lost. Whoever published it publishes it again: what the backup \
            knows is a duplicate, what it does not is decided anew. Facts that wait in the broker are dropped, for their \
            owners may have forgotten them (NUANXIN_MANAGEMENT_URL); commands that wait there stay, and are decided. Once \
            the services run, all journals are sent again, and who has a fact drops it. So it does not matter that the dumps \
            are of four moments. Reporting begins another epoch, and subscribers take a snapshot. Who was erased after the \
            backup is there again, and must be erased again.

            Editions that were published after the backup are forgotten, but not by their readers. Reporting reads them off \
            the broker's stream when it starts, and goes on from there. If they are not there, because the broker is a new one, \
            figures about families below the district stay as they are for periods that are over, or are left out; \
            nuanxin status and nuanxin edition show say so. With --last-edition nobody need fear that: it says that \
            there is no later edition than those of the backup.

            Status 1 if a table differs from the manifest, and then its database is as it was; 3 if the broker's \
            queues could not be emptied: run it again.
            """)

    @Argument(help: "A backup: the directory with manifest.json.")
    var directory: String
    @Flag(help: "Do not ask.")
    var yes = false
    @Option(
        help: "Where the backup of what is there goes. Default: beside the one that is restored.")
    var safetyDirectory: String?
    @Flag(help: "Make none, because what is there cannot be read any more.")
    var withoutSafetyCopy = false

    @Flag(help: "Leave the broker alone, because no fact waits there: it is a new one, say.")
    var keepQueues = false
    @Option(help: "The number of the last edition that the public has seen, as pages say it.")
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
        // Before anything is changed: can it be asked at all?
        let broker = try orExit { keepQueues ? nil : try ManagementInterface(databases.settings) }
        _ = try orExit { try broker?.topology() }
        try confirm(backup)
        if !withoutSafetyCopy {
            let place =
                safetyDirectory.map { URL(filePath: $0) }
                ?? backup.directory.deletingLastPathComponent()
            let copy = try orExit { try BackupWriter(directory: place, address: owner).run() }
            print("what was there: \(copy.directory.path)")
        }
        for service in BackupWriter.order {
            try restore(service, backup, owner(service), programs)
        }
        do {
            for service in Topology.services { try broker?.empty(queue: "\(service).facts") }
        } catch {
            throw Self.stop(
                "the databases are restored; the broker's queues are not empty: \(error)", 3)
        }
        print(
            """
            Start the services. What was published since \(backup.manifest.startedAt) is to be published again.
            """)
        // A backup from before there were editions has none.
        if let text = try? editions(owner("reporting")) { print(text) }
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
            // A service that was started meanwhile.
            try Self.refuseSession(service, address)
            return try Restoration(
                backup: backup, database: stored, address: address, programs: programs
            ).replace(finally: afterwards(stored))
        }
        guard differing.isEmpty else {
            throw Self.stop(
                "\(service) is as it was: \(differing.joined(separator: ", ")) differ", 1)
        }
        print("restored \(service): \(stored.tables.count) tables, \(stored.rows) rows")
    }

    /// Statements that make a database that was restored known as one.
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
        // The server may not have noticed yet that our own sessions have ended; one that works on holds locks.
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
            throw Self.stop("nobody can be asked here: say --yes", 2)
        }
        let question = """
            All databases become what they were at \(backup.manifest.startedAt).
            Type \(name) to go on: 
            """
        FileHandle.standardError.write(Data(question.utf8))
        guard readLine()?.trimmingCharacters(in: .whitespaces) == name else {
            throw Self.stop("nothing was changed", 2)
        }
    }

    private static func stop(_ text: String, _ status: Int32) -> ExitCode {
        FileHandle.standardError.write(Data("error: \(text)\n".utf8))
        return ExitCode(status)
    }
}
