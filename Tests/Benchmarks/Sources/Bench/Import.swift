import ArgumentParser
import Foundation
import Messages
import Postgres
import Support

/// The operator's import of a CSV file into a running registry, as one would do it.
struct Import: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Seconds to import households from a CSV file.")

    @OptionGroup var output: Output
    @Option(help: "Households.") var households = 68_000

    func run() throws {
        let deployment = try Deployment("import", services: ["registry"])
        defer { deployment.stopAll() }
        let scenario = deployment.directory.appending(path: "scenario")
        try deployment.run(
            "scenario",
            [
                "generate", "--households", "\(households)", "--out", scenario.path, "--seeds",
                FileManager.default.currentDirectoryPath + "/seeds",
            ], [:]
        ).check()
        let file = deployment.directory.appending(path: "households.csv")
        let territory = deployment.directory.appending(path: "territory.ndjson")
        try firstLine(scenario.appending(path: "01-foundations.ndjson")).write(to: territory)
        let count = try writeCSV(scenario.appending(path: "02-households.ndjson"), to: file)
        _ = try deployment.start("registry")
        try deployment.tool(["publish", territory.path]).check()
        let taken = try seconds {
            try deployment.tool(["import", "households", file.path]).check()
        }
        output.print(
            "import",
            [
                "households": Double(count), "seconds": taken,
                "households_per_s": Double(count) / taken,
            ])
    }

    /// The edition of the territory, with its end of line.
    private func firstLine(_ file: URL) throws -> Data {
        Data(try Data(contentsOf: file).prefix { $0 != UInt8(ascii: "\n") } + [UInt8(ascii: "\n")])
    }

    /// The scenario's households as another system would write them, a line for each person.
    /// - Returns: how many households.
    private func writeCSV(_ messages: URL, to file: URL) throws -> Int {
        let catalogue = Catalogue(Catalogue.all)
        var text = "household,territory,registered_on,role,name,resident_id,phone,categories\n"
        var count = 0
        for line in try Data(contentsOf: messages).split(separator: UInt8(ascii: "\n")) {
            guard let command = try catalogue.decode(line).payload as? RegisterHousehold else {
                continue
            }
            count += 1
            let categories = command.categories.filter { $0.subject == command.household.uuid }
                .map { "\($0.category.rawValue)@\($0.validFrom)\($0.verified ? "" : "?")" }
                .joined(separator: ";")
            for member in command.members {
                let fields = [
                    "\(command.household)", "\(command.territory)", "\(command.registeredOn)",
                    member.role.rawValue, member.name, member.residentId?.wireText ?? "",
                    member.phone ?? "",
                    categories,
                ]
                text += fields.joined(separator: ",") + "\n"
            }
        }
        try Data(text.utf8).write(to: file)
        return count
    }
}

extension Deployment.Finished {
    func check() throws {
        guard status == 0 else {
            throw Deployment.Failure(description: "status \(status): \(error.suffix(2_000))")
        }
    }
}
