import ArgumentParser
import CommandLineKit
import Foundation
import Messages
import ServiceKit

struct ScenarioGenerate: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generate",
        abstract: "Write the scenario as files of messages, one for each phase.",
        discussion: """
            The same seed, number of households and time give the same bytes. A scenario can be played as \
            long as the services accept the time of its messages (NUANXIN_INBOX_DAYS). If the same scenario \
            is already in the directory, its time is kept, so that messages already played count once.
            """)

    @Option(help: "The directory for the files. It is created if it does not exist.")
    var out: String
    @Option(help: "The seed of random numbers. Default: that of the reference scenario.")
    var seed: UInt64?
    @Option(help: "The number of households. Default: that of the reference scenario.")
    var households: Int?
    @Option(help: "The time of all messages, RFC 3339. Default: now, or that of the files.")
    var time: String?
    @Option(help: "The directory with the data of the scenario. Default: seeds.")
    var seeds: String?

    func validate() throws {
        if let households, !ScenarioGenerator.households.contains(households) {
            let range = ScenarioGenerator.households
            throw ValidationError(
                "--households must be from \(range.lowerBound) to \(range.upperBound)")
        }
        if let time, Timestamp(time) == nil {
            throw ValidationError("--time must be such as 2026-05-26T08:00:00Z")
        }
    }

    func run() throws {
        let seeds = try orExit { try ScenarioSeeds(directory: ScenarioSeeds.directory(self.seeds)) }
        let directory = URL(filePath: out, directoryHint: .isDirectory)
        var manifest = ScenarioManifest(
            seed: seed ?? seeds.reference.seed,
            households: households ?? seeds.reference.households,
            time: time.flatMap { Timestamp($0) } ?? .now())
        if time == nil, let old = try? ScenarioManifest(directory: directory) {
            manifest.keepTime(of: old)
        }
        let writer = try ScenarioWriter(directory: directory, manifest: manifest)
        // Nearly all messages register a household.
        let progress = ProgressBar("generate", total: manifest.households)
        var written = 0
        var generator = ScenarioGenerator(
            seeds: seeds, seed: manifest.seed, households: manifest.households
        ) { phase, command in
            try writer.write(phase, command)
            if phase == .households { written += 1 }
            progress.show(written)
        }
        try generator.generate()
        try writer.close(expected: generator.expectation.figures)
        progress.finish()
        print("\(writer.manifest.messages) messages in \(manifest.phases.count) phases: \(out)")
    }
}
