import Foundation
import Support
import Testing

extension SystemTests {
    /// Data as a machine with other servers has left them.
    @Suite("Servers and data of another version")
    struct ServerDataTests {
        private let directory = FileManager.default.temporaryDirectory.appending(
            path: TestServers.uniqueName("nuanxin-data"))
        private static let script = Project.file("deploy/servers")

        private func write(_ text: String, to path: String) throws {
            let file = directory.appending(path: path)
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }

        private func start() throws -> Deployment.Finished {
            defer { try? FileManager.default.removeItem(at: directory) }
            return try Deployment.run(
                Self.script, ["start", directory.path], ["PATH": "/usr/sbin:/usr/bin:/bin"])
        }

        @Test func `Both servers refuse them, and say what is to be done`() throws {
            try write("9.6\n", to: "postgres/data/PG_VERSION")
            try write("include 'nuanxin.conf'\n", to: "postgres/data/postgresql.conf")
            try write("3.7.8\n", to: "rabbitmq/mnesia/version")
            let refused = try start()
            #expect(refused.status == 1)
            let lines = refused.error.split(separator: "\n")
            #expect(lines.count == 2, "\(refused.error)")
            #expect(
                lines.first?.contains("data in \(directory.path)/rabbitmq are of RabbitMQ 3.7.8")
                    == true)
            #expect(
                lines.first?.contains("or start anew and lose all data and keys: ") == true
            )
            #expect(
                lines.last?.contains("in \(directory.path)/postgres are of PostgreSQL 9.6") == true)
            #expect(lines.last?.contains("Install the package postgresql-9.6") == true)
        }

        @Test func `A broker's log tells the version of data from before it was kept`() throws {
            try write(
                """
                2026-11-01 08:00:00.000000+00:00 [info] <0.216.0>  Starting RabbitMQ 9.10.1 on Erlang 31.1 [jit]
                2026-11-02 08:00:00.000000+00:00 [info] <0.216.0>  Starting RabbitMQ 9.2.0 on Erlang 30.1 [jit]

                """, to: "rabbitmq/log/nuanxin@localhost.log")
            let refused = try start()
            #expect(refused.status == 1)
            #expect(
                refused.error.contains("are of RabbitMQ 9.10.1, which RabbitMQ"), "\(refused.error)"
            )
        }

        @Test(
            arguments: [
                ("3.10.8", "3.10.25", true), ("3.11.1", "3.10.8", true),
                ("3.12.0", "3.10.8", false),
                ("3.10.8", "3.11.1", false), ("4.0.5", "3.10.8", false), ("4.0.5", "3.13.7", true),
                ("4.2.1", "4.0.5", true), ("4.0.5", "4.1.0", false), ("3.10.8", "4.0.5", false),
                ("4.0.5", "4.0.9", true),
            ])
        func `A broker takes over what its makers say it can`(
            new: String, old: String, expected: Bool
        ) throws {
            let node = Self.script.deletingLastPathComponent().appending(path: "rabbitmq/node.sh")
            let asked = try Deployment.run(
                URL(filePath: "/bin/bash"),
                ["-c", #". "$0" && takes_over "$1" "$2""#, node.path, new, old],
                ["PATH": "/usr/bin:/bin"])
            #expect((asked.status == 0) == expected, "\(asked.error)")
        }
    }
}
