import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

extension SystemTests {
    /// Messages that cost a service more than others.
    @Suite("Messages that are hard to take in")
    struct HeldMessageTests {
        private let deployment: Deployment

        init() throws { deployment = try Deployment("held", services: ["funding"]) }

        private func funding() throws -> Connection {
            try Connection(PostgresConfiguration(url: deployment.database("funding")))
        }

        // MARK: Headers

        private static let python = URL(filePath: "/usr/bin/python3")

        /// Publishes a message whose header frame is as long as a frame may be.
        private static let script = """
            import os, pika
            from pika import frame
            env = os.environ
            connection = pika.BlockingConnection(pika.URLParameters(env["URL"]))
            channel = connection.channel()
            channel.confirm_delivery()
            def properties(length):
                return pika.BasicProperties(
                    content_type="application/cloudevents+json", delivery_mode=2,
                    message_id=env["ID"], type=env["KEY"], user_id="operator",
                    reply_to="receipts.operator", headers={"long": "x" * length})
            body = env["BODY"].encode()
            rest = len(frame.Header(1, len(body), properties(0)).marshal())
            channel.basic_publish(
                "nuanxin.commands", env["KEY"], body, properties(131072 - rest))
            connection.close()
            """

        @Test func `A header that is full, and grows when it is delivered again, is taken in`()
            throws
        {
            let id = UUID()
            let header = Header(id: id, source: "test", type: OpenFund.type, time: .now())
            let body = try MessageEncoder().encode(header, Sample.fund(UUID()))
            let finished = try Deployment.run(
                Self.python, ["-c", Self.script],
                [
                    "URL": try deployment.broker("operator"), "ID": id.uuidString.lowercased(),
                    "KEY": OpenFund.type, "BODY": String(decoding: body, as: UTF8.self),
                    "PATH": "/usr/bin:/bin",
                ])
            #expect(finished.status == 0, "\(finished.error)")
            #expect(
                try Dropper(deployment.broker("admin"), "funding.commands").drop(.closing) != nil)
            _ = try deployment.start("funding")
            let client = try Client(deployment.broker("operator"))
            try client.consume("receipts.operator")
            var receipts: [String] = []
            try deployment.eventually("it is answered", within: 20) {
                receipts += try client.receive().map { String(decoding: $0.body, as: UTF8.self) }
                return !receipts.isEmpty
            }
            #expect(receipts.first?.contains(#""status":"accepted""#) == true)
        }

        // MARK: Bodies

        /// Of two publishers: one alone would be at its quota of what is kept.
        private static let publishers = ["operator", "subdistrict"]
        /// Of each. All together are more than the process may have in memory.
        private static let bodies = 60
        /// Kilobytes.
        private static let most = 120_000

        /// Kilobytes in memory.
        private func memory(of process: Process) throws -> Int {
            let status = try String(
                contentsOfFile: "/proc/\(process.processIdentifier)/status", encoding: .utf8)
            let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
            return try #require(line?.split(separator: " ").dropFirst().first.flatMap { Int($0) })
        }

        @Test
        func `While the database is away, large messages wait at the broker and not in memory`()
            throws
        {
            let proxy = try CuttingProxy(to: deployment.database("funding"))
            let settings = [
                "NUANXIN_LISTEN": "127.0.0.1:\(try TestServers.freePort())",
                "NUANXIN_FUNDING_DB": proxy.url,
            ]
            let process = try deployment.start("funding", settings)
            func ready() throws -> Deployment.Finished {
                try deployment.run("funding", ["healthcheck"], settings)
            }
            try deployment.eventually("it is ready") { try ready().status == 0 }
            // By then it takes many messages at a time.
            Thread.sleep(forTimeInterval: 2)
            proxy.freeze()
            for (number, publisher) in Self.publishers.enumerated() {
                let client = try Client(deployment.broker(publisher))
                for index in 0..<Self.bodies {
                    let byte = UInt8(number * Self.bodies + index)
                    let body = [UInt8](repeating: byte, count: 1 << 20)
                    try client.publish(body, type: ReceiveDonation.type, receipt: false)
                }
                try client.flush()
            }
            try deployment.eventually("it finds out that it has no database") {
                try ready().error.contains("[-] worker 0 database")
            }
            // Longer than a frozen consumer may be silent.
            Thread.sleep(forTimeInterval: 45)
            #expect(try ready().error.contains("[+] worker 0 queues"))
            proxy.thaw()
            let connection = try funding()
            try deployment.eventually("all are decided", within: 120, every: 1) {
                let rows = try connection.run("SELECT coalesce(sum(times), 0) FROM dead_letter")
                let all = Int64(Self.bodies * Self.publishers.count)
                return try rows.first?.decode(Int64.self, at: 0) ?? 0 >= all
            }
            #expect(try memory(of: process) < Self.most)
        }

        // MARK: Receipts

        @Test func `A publisher who does not read its receipts does not stop those of others`()
            throws
        {
            let policy = "policies/\(deployment.virtualHost)/full"
            try deployment.manage(
                "PUT", policy, nil,
                body: """
                    {"pattern": "^receipts.subdistrict$", "apply-to": "queues", "priority": 1000,
                     "definition": {"max-length": 1, "overflow": "reject-publish"}}
                    """)
            _ = try deployment.start("funding")
            let silent = try Client(deployment.broker("subdistrict"))
            func ask(_ numbers: Range<Int>) throws {
                for index in numbers {
                    try silent.publish(
                        Array("{\"n\": \(index)}".utf8), type: ReceiveDonation.type)
                }
                try silent.flush()
            }
            try ask(0..<50)
            let reading = try Client(deployment.broker("operator"))
            try reading.consume("receipts.operator")
            let fund = UUID()
            try reading.publish(Sample.fund(fund))
            try expectReceipts(1, reading, within: 20)
            for _ in 0..<20 { try reading.publish(Sample.donation(to: fund)) }
            try expectReceipts(20, reading, within: 20)
            // A quorum queue takes what is on its way when it gets full, and refuses what comes later.
            try ask(50..<60)
            let connection = try funding()
            try deployment.eventually("the silent one is waited for", within: 20) {
                try !connection.run("SELECT FROM owed_pause").isEmpty
            }
            try deployment.manage("DELETE", policy, nil)
            try silent.consume("receipts.subdistrict")
            try expectReceipts(60, silent, within: 60)
            try deployment.eventually("nobody is waited for") {
                try connection.run("SELECT FROM owed_pause").isEmpty
            }
        }

        private func expectReceipts(_ count: Int, _ client: Client, within seconds: Double) throws {
            var ids: [String] = []
            try deployment.eventually("\(client.user) has its receipts", within: seconds) {
                ids += try client.receive().compactMap(\.properties.messageID)
                return Set(ids).count == count
            }
            #expect(ids.count == count, "each once")
        }
    }
}
