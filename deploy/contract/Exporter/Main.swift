import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

/// Generates `deploy/contract` from the Swift types. Developers run it; no image contains it.
@main
struct ContractExport: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "contract-export",
        abstract: "Write the contract's files, from the types in this build.",
        discussion: """
            Run it in the project's directory. It keeps in earlier/ what a schema said before today. Within a \
            version only optional fields may be added. If anything else has changed, it writes nothing, says what, \
            and ends with status 4.
            """)

    @Argument(help: "The directory, such as deploy/contract.")
    var directory: String

    /// The day in UTC.
    private static func today() -> BusinessDate {
        BusinessDate(day: Int32(Date().timeIntervalSince1970 / 86_400))
    }

    func run() throws {
        let directory = URL(filePath: directory, directoryHint: .isDirectory)
        let violations = try orExit {
            let files = try ContractFiles(directory, today: Self.today())
            if files.violations.isEmpty { try files.write() }
            return files.violations
        }
        for violation in violations { writeError(violation) }
        if !violations.isEmpty { throw ExitCode(4) }
    }
}
