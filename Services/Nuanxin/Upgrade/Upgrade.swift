import ArgumentParser
import Foundation
import ServiceKit

struct Upgrade: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say what an upgrade to this version would change in the databases.",
        discussion: """
            Asks the services' executables beside this tool. Status 1 if something forbids the upgrade: what this version \
            needs was taken away by a newer one, or a migration has another wording. Databases are changed by \
            `<service> migrate` alone: make a backup, run it while the previous version goes on, then start this one. \
            Only before a contraction the previous version must stop.
            """)

    @Flag(help: "Only look, which is all that this command does.")
    var check = false
    @Option(help: "The directory of the services' executables. Default: that of this tool.")
    var binaries: String?
    @Flag(help: "Print JSON.")
    var json = false

    func validate() throws {
        guard check else {
            throw ValidationError("Say --check. Databases are changed by `<service> migrate`.")
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
        abstract: "Say whether a previous version runs on the databases as they are.",
        discussion: """
            A rollback is to stop the services and to start those of the previous version: nothing is undone in the databases, \
            because expansions do not hurt it. Asks the previous executables: those of --binaries, or those beside this \
            tool if it is the previous one. Status 1 if a contraction was applied since, or a migration is missing: then only \
            `nuanxin restore` leads back.
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
            FileHandle.standardError.write(
                Data("error: this version does not run on these databases\n".utf8))
            throw ExitCode(1)
        }
        if !json { print("\nStop the services and start these.") }
    }
}

extension [MigrationPlan] {
    fileprivate func show(asJSON isJSON: Bool) throws {
        guard isJSON else { return print(map(\.text).joined(separator: "\n")) }
        print(String(decoding: try BackupManifest.encoder.encode(self), as: UTF8.self))
    }
}
