import ArgumentParser
import CommandLineKit
import Foundation
import ServiceKit

struct Upgrade: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show what an upgrade to this version would change in the databases.",
        discussion: """
            The command asks the services' executables beside this tool. Status 1 if the upgrade is \
            impossible: a newer version has removed something that this one needs, or a migration has \
            different text.

            `<service> migrate` alone changes the databases. Make a backup, migrate while the previous \
            version runs, then start the new version. Stop the previous version first only if a contraction \
            is listed.
            """)

    @Flag(help: "Only look. The command does nothing else.")
    var check = false
    @Option(help: "The directory of the services' executables. Default: that of this tool.")
    var binaries: String?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard check else {
            throw ValidationError("Add --check. `<service> migrate` changes the databases.")
        }
    }

    func run() throws {
        let plans = try orExit { try MigrationPlans(binaries).read() }
        try plans.show(asJSON: json)
        guard plans.allSatisfy(\.canMigrate) else { throw ExitCode(1) }
    }
}

struct Rollback: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Check whether a previous version runs on the present databases.",
        discussion: """
            To roll back, stop the services and start those of the previous version. Nothing is undone in \
            the databases, because expansions do not affect the previous version.

            The command asks the previous executables: those in --binaries, or those beside this tool if the \
            tool itself is the previous one. Status 1 if a contraction was applied since, or a migration is \
            missing. Then only `nuanxin restore` helps.
            """)

    @Option(
        help: "The directory of the previous version's executables. Default: that of this tool.")
    var binaries: String?
    @Flag(help: "Print JSON.")
    var json = false

    func run() throws {
        let plans = try orExit { try MigrationPlans(binaries).read() }
        try plans.show(asJSON: json)
        guard plans.allSatisfy(\.runs) else {
            throw ExitCode.error("this version does not run on these databases", 1)
        }
        if !json { say("\nStop the services and start these.") }
    }
}

extension [MigrationPlan] {
    fileprivate func show(asJSON isJSON: Bool) throws {
        guard isJSON else { return say(map(\.text).joined(separator: "\n")) }
        say(String(decoding: try BackupManifest.encoder.encode(self), as: UTF8.self))
    }
}
