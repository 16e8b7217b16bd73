import Foundation

/// `pg_dump`, `pg_restore` and `psql` of one version of PostgreSQL, as this machine has them.
struct ClientPrograms {
    /// A missing program, and the package that contains it.
    struct Missing: Error, CustomStringConvertible {
        let cause: String
        let remedy: String
        var description: String { "\(cause); \(remedy)" }

        fileprivate init(_ cause: String, package version: Int) {
            self.cause = cause
            remedy = """
                install the package postgresql-client-\(version) where this tool runs (apt.postgresql.org has it for \
                each Debian)
                """
        }
    }

    /// The major one, such as 17.
    let version: Int
    let directory: URL

    func program(_ name: String) -> URL { directory.appending(path: name) }
}

extension ClientPrograms {
    private static let names = ["pg_dump", "pg_restore", "psql"]

    /// The programs of each version, in the order of versions: from Debian's directories and from PATH.
    static func installed() -> [ClientPrograms] {
        let debian = URL(filePath: "/usr/lib/postgresql")
        let versions = try? FileManager.default.contentsOfDirectory(atPath: debian.path)
        let places =
            (versions ?? []).map { debian.appending(path: "\($0)/bin") }
            + ClientProgram.path.split(separator: ":").map { URL(filePath: String($0)) }
        let found = places.compactMap(ClientPrograms.init(in:))
        return Dictionary(found.map { ($0.version, $0) }, uniquingKeysWith: { first, _ in first })
            .values.sorted { $0.version < $1.version }
    }

    /// - Returns: nil if they are not all there.
    init?(in directory: URL) {
        let programs = Self.names.map { directory.appending(path: $0) }
        // In /usr/bin Debian has one program under all these names, which takes the version of a local server.
        guard programs.allSatisfy({ FileManager.default.isExecutableFile(atPath: $0.path) }),
            !programs.contains(where: {
                $0.resolvingSymlinksInPath().lastPathComponent == "pg_wrapper"
            }),
            let version = programs.first.flatMap(Self.version(of:))
        else { return nil }
        self.init(version: version, directory: directory)
    }

    /// From a line such as `pg_dump (PostgreSQL) 17.5 (Debian 17.5-1)`.
    private static func version(of program: URL) -> Int? {
        let output = Pipe()
        guard
            let process = try? ClientProgram(
                program, ["--version"], output: output.fileHandleForWriting)
        else { return nil }
        try? output.fileHandleForWriting.close()
        let said = (try? output.fileHandleForReading.readToEnd()) ?? nil
        guard (try? process.finish()) != nil else { return nil }
        return String(decoding: said ?? Data(), as: UTF8.self)
            .firstMatch(of: /\(PostgreSQL\) ([0-9]+)/).flatMap { Int($0.1) }
    }
}

extension [ClientPrograms] {
    /// The programs to dump a server of this version: the oldest that are not older than the server, because the most versions
    /// can read their output.
    /// - Throws: `ClientPrograms.Missing`.
    func dumping(server version: Int) throws -> ClientPrograms {
        if let found = first(where: { $0.version >= version }) { return found }
        throw ClientPrograms.Missing(
            """
            the databases are PostgreSQL \(version)'s, and \(names): none can back them up
            """, package: version)
    }

    /// The programs to read a backup: the newest, if they are not older than those that wrote it.
    /// - Throws: `ClientPrograms.Missing`.
    func restoring(_ backup: StoredBackup) throws -> ClientPrograms {
        let version =
            backup.manifest.databases.compactMap(\.programs).max() ?? ServerVersion.oldestPostgres
        if let found = last, found.version >= version { return found }
        throw ClientPrograms.Missing(
            """
            the backup was written by PostgreSQL \(version)'s programs, and \(names): none can read it
            """, package: version)
    }

    private var names: String {
        isEmpty
            ? "this machine has no client programs of PostgreSQL"
            : "the client programs of this machine are of \(map { "\($0.version)" }.joined(separator: " and "))"
    }
}
