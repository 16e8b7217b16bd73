import ArgumentParser
import CommandLineKit
import Postgres
import ServiceKit

struct WordsCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "words",
        abstract:
            "List campaigns, occasions and items that are not public because nobody has named them.",
        discussion: """
            The command reads the database NUANXIN_REPORTING_DB. Publishers write these words, so they may hold a \
            person's name: the output is for staff only. Name a word with reporting.word.define.v1, kind part, and \
            the next edition shows its figures.
            """)

    @OptionGroup var options: ReportOptions

    func run() throws {
        let words = try options.read("reporting") { connection in
            try OpenedParts.waiting { try connection.run($0) }
        }
        try options.show(words, Self.text(words))
    }

    static func text(_ words: [OpenedParts.Waiting]) -> String {
        guard !words.isEmpty else { return "no word waits for a name" }
        var table = TextTable([("dimension", .left), ("word", .left), ("cells", .right)])
        for word in words {
            table.add([word.dimension, ForeignText.visible(word.part), "\(word.cells)"])
        }
        return table.text
    }
}
