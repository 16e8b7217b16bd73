import ArgumentParser
import ServiceKit

/// The operator's tool.
@main
struct NuanxinTool: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "nuanxin",
        abstract: "Publish to Nuanxin, read its figures, and operate its services.",
        discussion: """
            Settings are environment variables NUANXIN_*. A variable with _FILE at its end names a file that holds \
            the secret instead.

            Reports on a service's own tables are commands of that service: see `funding ledger --help` and \
            `reporting protection --help`.
            """,
        version: version,
        groupedSubcommands: [
            CommandGroup(
                name: "Messages",
                subcommands: [
                    Publish.self, Validate.self, Trace.self, Replay.self, Texts.self,
                    ContractCommand.self,
                ]),
            CommandGroup(
                name: "Records",
                subcommands: [HistoryCommand.self, TasksCommand.self, QueryCommand.self]),
            CommandGroup(
                name: "Import", subcommands: [Import.self, DistrictCommand.self]),
            CommandGroup(name: "Dead letters", subcommands: [Dead.self]),
            CommandGroup(
                name: "Figures and editions",
                subcommands: [
                    Figures.self, Explain.self, EditionCommand.self, PlanCommand.self,
                    BulletinCommand.self, Tail.self, Subscribe.self, Rebuild.self,
                ]),
            CommandGroup(
                name: "Deployment",
                subcommands: [
                    Init.self, SecretsCommand.self, KeysCommand.self, TopologyCommand.self,
                    PublisherCommand.self, SubscriberCommand.self,
                ]),
            CommandGroup(
                name: "Backup and upgrade",
                subcommands: [
                    Backup.self, Restore.self, EraseAgain.self, Upgrade.self, Rollback.self,
                ]),
            CommandGroup(
                name: "Health", subcommands: [Status.self, Doctor.self, SupportBundle.self]),
        ])
}
