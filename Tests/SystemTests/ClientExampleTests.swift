import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    /// The examples that publishers begin with.
    @Suite("The clients in deploy/examples")
    struct ClientExampleTests {
        private static let examples = Project.file("deploy/examples")
        private let deployment: Deployment

        init() throws {
            deployment = try Deployment("clients", services: ["registry", "funding", "reporting"])
            _ = try deployment.start("funding")
        }

        private func environment() throws -> [String: String] {
            [
                "NUANXIN_AMQP_URL": try deployment.broker("operator"), "PATH": "/usr/bin:/bin",
                "HOME": deployment.directory.path,
            ]
        }

        /// A file with a command of its own.
        private func file(_ change: (inout JSONValue) -> Void = { _ in }) throws -> String {
            let header = Header(id: UUID(), source: "example", type: OpenFund.type, time: .now())
            let body = try MessageEncoder().encode(header, Sample.fund(UUID()))
            var document = try JSONValue(body)
            change(&document)
            let file = deployment.directory.appending(path: "\(UUID().uuidString).json")
            try Data(document.compact.utf8).write(to: file)
            return file.path
        }

        /// Runs a client with a good command, with the same again, and with one that is refused.
        private func expectAnswers(
            _ program: String, _ arguments: [String], _ more: [String: String] = [:]
        ) throws {
            let environment = try environment().merging(more) { _, new in new }
            func run(_ file: String) throws -> Deployment.Finished {
                try Deployment.run(URL(filePath: program), arguments + [file], environment)
            }
            let good = try file()
            let accepted = try run(good)
            #expect(accepted.status == 0, "\(accepted.error)")
            #expect(accepted.output.contains("accepted"))
            let again = try run(good)
            #expect(again.status == 0, "\(again.error)")
            #expect(again.output.contains("duplicate"))
            let refused = try run(file { $0["data"]?["openedOn"] = "soon" })
            #expect(refused.status == 4, "\(refused.error)")
            #expect(refused.output.contains("/data/openedOn"))
        }

        @Test func `Python, with pika`() throws {
            try expectAnswers(
                "/usr/bin/python3", [Self.examples.appending(path: "publish.py").path])
        }

        @Test func `Go, with amqp091-go`() throws {
            let program = deployment.directory.appending(path: "publish").path
            let built = try Deployment.run(
                URL(filePath: "/usr/bin/go"),
                ["build", "-o", program, Self.examples.appending(path: "publish.go").path],
                environment().merging(
                    ["GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": ""]
                ) { _, new in new })
            #expect(built.status == 0, "\(built.error)")
            try expectAnswers(program, [])
        }

        @Test func `Java, with RabbitMQ's client`() throws {
            try expectAnswers(
                "/usr/bin/java",
                [
                    "-cp", "/usr/share/java/amqp-client.jar:/usr/share/java/slf4j-api.jar",
                    Self.examples.appending(path: "Publish.java").path,
                ])
        }

        @Test func `A kiosk checks persons in, whatever is parked, rejected or sent twice`() throws
        {
            let kiosk = try KioskWorld()
            let (here, late, unknown, walkIn) = (
                kiosk.newcomer(), kiosk.newcomer(), PersonID(UUID()), kiosk.newcomer()
            )
            try kiosk.openSession(capacity: 3)
            try kiosk.register([here, late, walkIn])
            // A kiosk that was killed has left a command that was taken in before.
            try kiosk.leave(of: here)
            let first = try kiosk.run([here, late, unknown])
            #expect(first.output.contains("\(here): duplicate, accepted"), "\(first.error)")
            #expect(first.output.contains("open: 1 of 3 are here"))
            #expect(first.output.contains("\(here): is here already"))
            #expect(first.output.contains("\(late): accepted"))
            #expect(first.output.contains("\(unknown): parked (unknown_person) until 2"))
            #expect(first.status == 3)
            try kiosk.register([unknown])
            try kiosk.awaitAttendances(3)
            let second = try kiosk.run([])
            #expect(second.output.contains("open: 3 of 3 are here"), "\(second.error)")
            #expect(second.output.contains("\(unknown): "))
            #expect(second.status == 0)
            let third = try kiosk.run([walkIn])
            #expect(third.output.contains("\(walkIn): rejected: session_full"), "\(third.error)")
            #expect(third.status == 4)
        }

        @Test func `A shell reads receipts with amqp-tools`() throws {
            let client = try Client(deployment.broker("operator"))
            let id = UUID()
            try client.publish(Sample.fund(UUID()), id: id)
            try client.flush()
            let read = try Deployment.run(
                Self.examples.appending(path: "receipts.sh"), ["1"], environment())
            #expect(read.status == 0, "\(read.error)")
            #expect(read.output.contains("\"command\":\"\(id.wireText)\""))
            #expect(read.output.contains(#""status":"accepted""#))
        }

        /// The object files of a module's sources. Its directory may also hold those of sources that were deleted since.
        private static func objects(of build: URL) throws -> [String] {
            let map = try JSONDecoder().decode(
                [String: [String: String]].self,
                from: Data(contentsOf: build.appending(path: "output-file-map.json")))
            // The entry without a name is of the whole module.
            return map.filter { !$0.key.isEmpty }.values.compactMap { $0["object"] }.sorted()
        }

        /// Those of sources in C, whose modules have no such map.
        private static func allObjects(in build: URL) throws -> [String] {
            let files = FileManager.default.enumerator(at: build, includingPropertiesForKeys: nil)
            return try #require(files).compactMap { $0 as? URL }.map(\.path)
                .filter { $0.hasSuffix(".o") }.sorted()
        }

        /// Built against the modules of this build: a package of its own would build everything once more.
        @Test func `Swift, with the types of the contract`() throws {
            let binaries = try Deployment.binary("")
            let program = deployment.directory.appending(path: "first-message").path
            let shared = Project.file("Shared")
            let objects =
                try ["AMQP", "Messages", "Crypto", "CryptoBoringWrapper"].flatMap {
                    try Self.objects(of: binaries.appending(path: "\($0).build"))
                }
                + ["CCryptoBoringSSL", "CCryptoBoringSSLShims", "CXKCP", "CXKCPShims"].flatMap {
                    try Self.allObjects(in: binaries.appending(path: "\($0).build"))
                }
            let source = "swift/Sources/FirstMessage/main.swift"
            var environment = ProcessInfo.processInfo.environment.filter {
                !$0.key.hasPrefix("NUANXIN_")
            }
            let built = try Deployment.run(
                URL(filePath: "/usr/bin/env"),
                [
                    "swiftc", "-swift-version", "6",
                    "-I", binaries.appending(path: "Modules").path,
                    "-I", shared.appending(path: "CRabbitMQ").path, "-o", program,
                    Self.examples.appending(path: source).path,
                ] + objects + ["-lrabbitmq", "-lstdc++"], environment)
            #expect(built.status == 0, "\(built.error)")
            environment["NUANXIN_AMQP_URL"] = try deployment.broker("operator")
            let published = try Deployment.run(URL(filePath: program), [], environment)
            #expect(published.status == 0, "\(published.error)")
            #expect(published.output.contains(#""status":"accepted""#))
        }
    }
}
