import ArgumentParser
import ServiceKit

/// The operator's tool.
@main
struct NuanxinTool: ParsableCommand {
    static let version = "0.1.0"

    static let configuration = CommandConfiguration(
        commandName: "nuanxin",
        abstract: "Publish to Nuanxin, ask for its figures, and look after its services.",
        discussion: """
            Settings come from environment variables NUANXIN_*; a secret may stand in a file instead, \
            named by the same variable with _FILE.
            """,
        version: version,
        subcommands: [
            Publish.self, Import.self, Figures.self, Explain.self, Tail.self, Subscribe.self,
            Status.self, Dead.self, Rebuild.self, KeysCommand.self, TopologyCommand.self,
            Scenario.self, LedgerCommand.self, EditionCommand.self, PlanCommand.self,
            BulletinCommand.self, DistrictCommand.self, ProtectionCommand.self,
            ContractCommand.self, Validate.self, Trace.self, Init.self,
            SecretsCommand.self, PublisherCommand.self, SubscriberCommand.self, Doctor.self,
            Backup.self, Restore.self, Upgrade.self, Rollback.self, SupportBundle.self,
        ])
}
