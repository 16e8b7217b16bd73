import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// A backup of a deployment that has played a small scenario, and what its services answered.
    ///
    /// It goes from one machine to another: a run of the tests with NUANXIN_TEST_KEEP_BACKUP leaves it in the directory of
    /// that name, and one with NUANXIN_TEST_FOREIGN_BACKUP takes it from there.
    struct PlayedBackup {
        /// Answers that must be the same wherever the backup is restored.
        struct Answers: Codable, Equatable {
            /// As `nuanxin figures --json` prints them.
            let figures: String
            /// With their names, which need the master key.
            let persons: SearchAnswer
        }

        private struct Notes: Codable {
            let backup: String
            let answers: Answers
            /// A command that was decided, as it was published.
            let command: String
        }

        private static let notesName = "answers.json"

        let directory: URL
        let answers: Answers
        let command: String

        /// Reads one that was kept.
        init(keptIn place: URL) throws {
            let notes = try JSONDecoder().decode(
                Notes.self, from: Data(contentsOf: place.appending(path: Self.notesName)))
            directory = place.appending(path: notes.backup)
            (answers, command) = (notes.answers, notes.command)
        }

        /// That of this run.
        static func own() throws -> PlayedBackup { try PlayedBackup(keptIn: made.get()) }

        /// That of another machine, if this run is given one.
        static func foreign() throws -> PlayedBackup? {
            try TestServers.option("NUANXIN_TEST_FOREIGN_BACKUP").map {
                try PlayedBackup(keptIn: URL(filePath: $0))
            }
        }

        private static let made = Result {
            try keptPlace.flatMap { isKept($0) ? $0 : nil } ?? make()
        }

        private static var keptPlace: URL? {
            TestServers.option("NUANXIN_TEST_KEEP_BACKUP").map { URL(filePath: $0) }
        }

        /// Whether an earlier part of this run of the tests has made it.
        private static func isKept(_ place: URL) -> Bool {
            FileManager.default.fileExists(atPath: place.appending(path: notesName).path)
        }

        private static func make() throws -> URL {
            let deployment = try Deployment("played")
            for service in Topology.services { _ = try deployment.start(service) }
            let scenario = deployment.directory.appending(path: "scenario").path
            for arguments in [
                ["generate", "--households", "1000", "--out", scenario], ["play", scenario],
            ] { try deployment.run("scenario", arguments, deployment.toolEnvironment()).check() }
            try deployment.tool(
                ["figures", "--check", "\(scenario)/expected.json", "--wait", "60"]
            ).check()
            let answers = try Answers(of: deployment)
            deployment.stopAll()
            let place = keptPlace ?? deployment.directory.appending(path: "kept")
            try deployment.tool(["backup", place.path]).check()
            let manager = FileManager.default
            let backups = try manager.contentsOfDirectory(atPath: place.path).filter {
                manager.fileExists(
                    atPath: place.appending(path: "\($0)/\(BackupManifest.fileName)").path)
            }
            let households = try String(
                contentsOfFile: "\(scenario)/02-households.ndjson", encoding: .utf8)
            let notes = Notes(
                backup: try #require(backups.max()), answers: answers,
                command: String(try #require(households.split(separator: "\n").first)))
            try JSONEncoder().encode(notes).write(
                to: place.appending(path: notesName), options: .atomic)
            return place
        }
    }
}

extension SystemTests.PlayedBackup.Answers {
    /// Asks the services of a deployment, which must run.
    init(of deployment: Deployment) throws {
        figures = try deployment.tool(["figures", "--json"]).check().output
        let client = try BrokerQueries(
            Endpoint(url: deployment.broker("operator")), name: "backup test")
        defer { client.close() }
        let query = SearchRegistry(territory: Sample.district, limit: 10)
        switch try client.ask(query, for: SearchAnswer.self) {
        case .answered(let answer): persons = answer
        case .refused(let code, let pointer, _):
            throw Deployment.Failure(description: "search was refused: \(code) at \(pointer)")
        }
    }
}

extension Deployment.Finished {
    /// Fails the test unless the program succeeded.
    @discardableResult
    func check() throws -> Deployment.Finished {
        guard status == 0 else {
            throw Deployment.Failure(
                description: "status \(status): \(output.suffix(2_000)) \(error.suffix(2_000))")
        }
        return self
    }
}
