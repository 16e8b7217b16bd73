/// How a database and a binary stand to each other: `<service> migrate --check` says it, and `nuanxin upgrade` and
/// `nuanxin rollback` read it.
public struct MigrationPlan: Codable, Sendable, Equatable {
    public struct Step: Codable, Sendable, Equatable {
        public let name: String
        public let isContraction: Bool
    }

    public let service: String
    /// The binary's.
    public let version: String
    /// What the database lacks, in order.
    public let pending: [Step]
    /// What the database has and the binary does not know: a newer one was here.
    public let newer: [Step]
    /// What the database got in another wording.
    public let edited: [String]

    /// Whether the binary runs on the database as it is.
    public var runs: Bool { pending.isEmpty && canMigrate }

    /// Whether `migrate` would bring the database up to date.
    public var canMigrate: Bool { edited.isEmpty && !newer.contains { $0.isContraction } }

    /// Whether binaries that do not know what is pending still run on the database when it has that.
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
