import AMQP
import Foundation
import Messages
import ServiceKit
import Support
import Testing

extension SystemTests {
    @Suite("Programs of one user, which share a queue of receipts")
    struct ReceiptReaderTests {
        private let deployment: Deployment

        init() throws {
            deployment = try Deployment("receipts", services: ["registry", "funding"])
        }

        /// A file of as many commands.
        private func commands(_ count: Int, _ name: String) throws -> String {
            var lines: [UInt8] = []
            for _ in 0..<count {
                let header = Header(id: UUID(), source: "test", type: OpenFund.type, time: .now())
                lines += try MessageEncoder().encode(header, Sample.fund(UUID()))
                lines.append(UInt8(ascii: "\n"))
            }
            let file = deployment.directory.appending(path: "\(name).ndjson")
            try Data(lines).write(to: file)
            return file.path
        }

        /// Starts the tool, which is not waited for.
        private func start(_ arguments: [String]) throws -> Process {
            let process = Process()
            process.executableURL = try Deployment.binary("nuanxin")
            process.arguments = arguments
            process.environment = try deployment.toolEnvironment()
            process.standardError = FileHandle.nullDevice
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            return process
        }

        @Test func `Those that begin at once are all answered, one after the other`() throws {
            _ = try deployment.start("funding")
            let files = try (1...4).map { try commands(50, "\($0)") }
            let programs = try files.map { try start(["publish", $0]) }
            for program in programs {
                program.waitUntilExit()
                #expect(program.terminationStatus == 0)
            }
        }

        @Test func `One that finds another reading says so when it has waited, and takes nothing`()
            throws
        {
            _ = try deployment.start("funding")
            let reader = try Client(deployment.broker("operator"))
            try reader.consume("receipts.operator")
            let file = try commands(1, "late")
            let finished = try deployment.tool(["publish", file, "--wait", "2"])
            #expect(finished.status == 2)
            #expect(finished.error.contains("another program of this user"))
            let id = UUID()
            try reader.publish(Sample.fund(UUID()), id: id)
            try reader.flush()
            try deployment.eventually("the reader is answered", within: 30) {
                try reader.receive().contains {
                    $0.properties.correlationID == id.uuidString.lowercased()
                }
            }
        }

        @Test func `Who may not ask is told at once`() throws {
            let start = ContinuousClock.now
            // A subscriber may ask for figures that are published, and no other ones.
            let finished = try deployment.tool(
                ["figures", "--territory", "350203"], user: "subscriber")
            #expect(finished.status == 2)
            #expect(
                finished.error.contains("may not send reporting.figures.get.v1"),
                "\(finished.error)")
            #expect(ContinuousClock.now - start < .seconds(20))
        }
    }
}
