import ArgumentParser

struct EditionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edition",
        abstract: "List, compare and publish editions of the public figures.",
        discussion: "The command reads reporting's database. Times are in Asia/Shanghai.",
        subcommands: [
            EditionList.self, EditionShow.self, EditionPublish.self, EditionCompare.self,
            EditionCheck.self,
        ])
}
