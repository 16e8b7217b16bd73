public import ArgumentParser
internal import Foundation
internal import Postgres

/// The command line of a service: `run`, `migrate`, `healthcheck`, `--help`, `--version`, and its own reports.
public struct ServiceCommand {
    private let definition: ServiceDefinition
    private let reports: [any ParsableCommand.Type]

    /// Set once by `main`, before the command line is parsed; ArgumentParser makes commands by type. Unsafe, and
    /// safe here: nothing else runs before that one write, and nothing writes afterwards.
    nonisolated(unsafe) private static var current: ServiceCommand?

    private static func definition() throws -> ServiceDefinition {
        guard let current else { throw Settings.Problem("no service is defined") }
        return current.definition
    }

    /// - Parameter reports: subcommands over the service's own tables.
    public init(
        _ definition: ServiceDefinition, subcommands reports: [any ParsableCommand.Type] = []
    ) {
        (self.definition, self.reports) = (definition, reports)
    }

    /// Parses the command line and does what it says; ends the process with status 2 for wrong settings.
    public func main() async {
        Self.current = self
        await Root.main()
    }

    private struct Root: AsyncParsableCommand {
        static var configuration: CommandConfiguration {
            CommandConfiguration(
                commandName: ServiceCommand.current?.definition.name,
                abstract:
                    "A service of Nuanxin. Settings come from environment variables NUANXIN_*.",
                version: ServiceCommand.current?.definition.version ?? "",
                subcommands: [Run.self, Migrate.self, Check.self]
                    + (ServiceCommand.current?.reports ?? []))
        }
    }

    private struct Run: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take messages until SIGTERM or SIGINT.")

        func run() async throws {
            let definition = try ServiceCommand.definition()
            let settings = try orExit {
                try ServiceSettings(
                    Settings(), service: definition.name, numbers: definition.settings)
            }
            try await ServiceProcess(definition: definition, settings: settings).run()
        }
    }

    private struct Migrate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Bring the database up to date (NUANXIN_MIGRATOR_DB).",
            discussion: """
                --check changes nothing; status 1 if this version can neither run on the database nor migrate it.
                """)

        @Flag(help: "Say what would be done, and whether older binaries run on the result.")
        var check = false
        @Flag(help: "Print JSON, with --check.")
        var json = false

        func run() async throws {
            let definition = try ServiceCommand.definition()
            let url = try orExit { try Settings().required(.migratorDatabase) }
            let connection = try orExit {
                try Connection(
                    PostgresConfiguration(url: url, applicationName: "\(definition.name)-migrate"))
            }
            guard !check else { return try show(Migrator(definition).plan(on: connection)) }
            let applied = try Migrator(definition).run(on: connection)
            for name in applied { print("applied \(name)") }
            if applied.isEmpty { print("up to date") }
        }

        private func show(_ plan: MigrationPlan) throws {
            if json {
                let data = try JSONEncoder().encode(plan)
                print(String(decoding: data, as: UTF8.self))
            } else {
                print(plan.text)
            }
            guard plan.canMigrate else { throw ExitCode(1) }
        }
    }

    private struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "healthcheck",
            abstract: "Ask the running service at NUANXIN_LISTEN whether it is ready (/readyz).",
            discussion: "Status 0 if it is, 1 if it is not or does not answer.")

        func run() async throws {
            let check = try orExit { try Healthcheck(Settings()) }
            do {
                print(try check.run(), terminator: "")
            } catch {
                FileHandle.standardError.write(
                    Data("error: \(ForeignText.visible("\(error)", lines: true))\n".utf8))
                throw ExitCode(1)
            }
        }
    }
}

/// Runs `body`; a problem of the settings or of the way to a server ends the process with status 2 and
/// one line that says what is wrong.
public func orExit<T>(_ body: () throws -> T) throws -> T {
    do {
        return try body()
    } catch {
        FileHandle.standardError.write(
            Data("error: \(ForeignText.visible("\(error)", lines: true))\n".utf8))
        throw ExitCode(2)
    }
}
