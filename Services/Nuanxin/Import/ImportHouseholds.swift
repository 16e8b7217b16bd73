import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Import data from other systems.", subcommands: [ImportHouseholds.self])
}

struct ImportHouseholds: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "households",
        abstract: "Register the households of a CSV file.",
        discussion: """
            Each line is a person. Lines of one household follow each other. The first line names the columns:

              household      the key that the file uses for the household, or its UUID
              territory      the code of its community
              registered_on  YYYY-MM-DD
              role           head, spouse, child or parent
              name
              resident_id    18 characters
              person         (optional) the file's key of the person, or a UUID
              phone          (optional)
              categories     (optional) such as only_child@2019-01-01;low_income@2019-01-01..2020-12-31
                             A question mark at the end means not verified. The prefix person: means that it \
            is the person's and not the household's.
              evidence       (optional) the evidence for the categories

            Ids follow from the keys and the file's name, so a second run registers nothing twice. \
            FILE.progress stores the progress. FILE.rejected.csv lists the rejected lines with line, column, code \
            and reason.

            Status 4 if a line was rejected, 3 if receipts are missing. Then run the command again.
            """)

    @Argument(help: "A CSV file (RFC 4180, UTF-8).")
    var file: String
    @Option(help: "The origin of the keys. Default: the file's name.")
    var source: String?
    @OptionGroup var options: SendingOptions

    func run() throws {
        let days = try orExit { try Settings().number(.inboxDays) }
        let name = source ?? URL(filePath: file).lastPathComponent
        let run = try orExit { try HouseholdImport(file, source: name, inboxDays: days) }
        if !run.isComplete {
            let publisher = try options.publisher()
            _ = try Sending(publisher, options).run(run)
            try run.finish(publisher)
        }
        say(run.summary)
        if run.progress.rejected > 0 { throw ExitCode(4) }
        if run.missing > 0 { throw ExitCode(3) }
    }
}
