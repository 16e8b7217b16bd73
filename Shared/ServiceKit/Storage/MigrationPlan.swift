/// Compares a database with a binary. `<service> migrate --check` prints it, and `nuanxin upgrade` and `nuanxin rollback`
/// read it.
public struct MigrationPlan: Codable, Sendable, Equatable {
    public struct Step: Codable, Sendable, Equatable {
        public let name: String
        public let isContraction: Bool
    }

    public let service: String
    /// The binary's.
    public let version: String
    /// Migrations that the database lacks, in order.
    public let pending: [Step]
    /// Migrations that the database has and the binary does not know: a newer version applied them.
    public let newer: [Step]
    /// Migrations whose text differs from the one that was applied.
    public let edited: [String]
    /// Whether the database was made by a version before the first release.
    public let isBeforeFirstRelease: Bool

    /// Why the binary refuses the database, in a sentence; nil unless it holds other tables than the binary's.
    var fault: String? {
        if isBeforeFirstRelease { return "the database \(Self.unreadable): \(Self.wayOut)" }
        guard let name = edited.first else { return nil }
        return "migration \(name) was edited after it was applied"
    }

    /// The cause and the remedy for a database from before the first release.
    public static let unreadable =
        "comes from a version before the first release, which this version cannot read"
    public static let wayOut = """
        start with a new database and publish the messages again, or keep running the version that made it
        """

    /// Whether the binary runs on the database as it is.
    public var runs: Bool { pending.isEmpty && canMigrate }

    /// Whether `migrate` would bring the database up to date.
    public var canMigrate: Bool { fault == nil && !newer.contains { $0.isContraction } }

    /// Whether the previous binaries still run on the database after `migrate`.
    public var keepsPrevious: Bool { !pending.contains { $0.isContraction } }

    public var text: String {
        var lines = ["\(service) \(version)"]
        for step in pending {
            lines.append("  to apply    \(step.name)\(step.isContraction ? " (contraction)" : "")")
        }
        for step in newer {
            lines.append("  newer       \(step.name)\(step.isContraction ? " (contraction)" : "")")
        }
        lines += edited.map { "  edited      \($0)" }
        lines.append("  \(verdict)")
        return lines.joined(separator: "\n")
    }

    private var verdict: String {
        if isBeforeFirstRelease { return "FORBIDDEN: \(fault ?? Self.unreadable)" }
        if !edited.isEmpty {
            return
                "FORBIDDEN: an applied migration has another wording here; this is another program"
        }
        if !canMigrate {
            return "FORBIDDEN: what this version needs was taken away; start a newer version"
        }
        if pending.isEmpty {
            return newer.isEmpty
                ? "up to date" : "runs as it is: the database has more than this version needs"
        }
        return keepsPrevious
            ? "run migrate: the previous version goes on running, and can be started again after it"
            : "run migrate with the previous version stopped: only a backup leads back"
    }
}

extension [MigrationPlan.Step] {
    var names: String { map(\.name).joined(separator: ", ") }
}
