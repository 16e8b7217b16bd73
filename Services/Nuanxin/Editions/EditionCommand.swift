import ArgumentParser

struct EditionCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edition",
        abstract: "Look at editions of the public figures, and have one made.",
        discussion: "Reads reporting's database. Times are those of Asia/Shanghai.",
        subcommands: [
            EditionList.self, EditionShow.self, EditionPublish.self, EditionCompare.self,
            EditionCheck.self,
        ])
}
