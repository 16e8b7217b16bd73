import CommandLineKit
import Foundation
import Messages

/// The contents of a scenario's directory: the files of its phases, in their order.
struct ScenarioManifest: Codable {
    struct Phase: Codable {
        let file: String
        var messages: Int
    }

    static let fileName = "scenario.json"

    let seed: UInt64
    let households: Int
    /// Of all messages: when they were made.
    private(set) var time: Timestamp
    var phases: [Phase]

    var messages: Int { phases.reduce(0) { $0 + $1.messages } }

    init(seed: UInt64, households: Int, time: Timestamp) {
        self.seed = seed
        self.households = households
        self.time = time
        phases = ScenarioPhase.allCases.map { Phase(file: $0.fileName, messages: 0) }
    }

    init(directory: URL) throws {
        let file = directory.appending(path: Self.fileName)
        do {
            self = try JSONDecoder().decode(Self.self, from: Data(contentsOf: file))
        } catch {
            throw FileProblem(
                "\(file.path) is no scenario; make one with: scenario generate")
        }
    }

    /// Microseconds for which a scenario's time is kept: well within what services accept.
    private static let freshness: Int64 = 20 * 86_400_000_000

    /// Messages that may have been played must stay the same to the byte.
    mutating func keepTime(of old: ScenarioManifest) {
        guard old.seed == seed, old.households == households,
            time.microseconds - old.time.microseconds < Self.freshness
        else { return }
        time = old.time
    }

    func write(to directory: URL) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
        try encoder.encode(self).write(
            to: directory.appending(path: Self.fileName), options: .atomic)
    }
}

/// Writes the phases of a scenario as files of CloudEvents documents, one a line.
final class ScenarioWriter {
    static let expectedFileName = "expected.json"
    private static let source = "nuanxin/scenario"

    private let directory: URL
    private var files: [BufferedFile] = []
    private let encoder = MessageEncoder()
    private var ids: ScenarioIDs
    private(set) var manifest: ScenarioManifest

    init(directory: URL, manifest: ScenarioManifest) throws {
        self.directory = directory
        self.manifest = manifest
        // Other ids than those inside the messages.
        ids = ScenarioIDs(seed: ~manifest.seed)
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        // A directory without a manifest holds no whole scenario.
        try? FileManager.default.removeItem(
            at: directory.appending(path: ScenarioManifest.fileName))
        files = try manifest.phases.map {
            try BufferedFile(directory.appending(path: $0.file))
        }
    }

    func write(_ phase: ScenarioPhase, _ command: any Command) throws {
        let header = Header(
            id: ids.next(), source: Self.source, type: type(of: command).type,
            time: manifest.time)
        let file = files[phase.rawValue - 1]
        try file.write(encoder.encode(header, command))
        try file.write(CollectionOfOne(UInt8(ascii: "\n")))
        manifest.phases[phase.rawValue - 1].messages += 1
    }

    /// - Parameter expected: the figures that the scenario must come to.
    func close(expected: ExpectedFigures) throws {
        for file in files { try file.close() }
        try expected.write(to: directory.appending(path: Self.expectedFileName))
        try manifest.write(to: directory)
    }
}
