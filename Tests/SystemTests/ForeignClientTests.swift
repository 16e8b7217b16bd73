import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

extension SystemTests {
    /// Clients that are none of ours: the wire contract is all they know.
    @Suite("Clients of other makers")
    struct ForeignClientTests {
        private let deployment: Deployment
        private let fund = UUID()

        /// Funding with an open fund, and a subdistrict's system that may send it donations.
        init() throws {
            deployment = try Deployment("foreign", services: ["registry", "funding"])
            _ = try deployment.start("registry")
            _ = try deployment.start("funding")
            let client = try Client(deployment.broker("operator"))
            try client.publish(
                GrantPublisher(
                    publisher: "subdistrict", territories: [Sample.district],
                    types: ["funding.donation.*"]))
            try client.publish(Sample.fund(fund))
            try client.flush()
            let connection = try funding()
            try deployment.eventually("funding knows the fund and the grant") {
                try !connection.run("SELECT FROM fund, publisher_grant").isEmpty
            }
        }

        private func funding() throws -> Connection {
            try Connection(PostgresConfiguration(url: deployment.database("funding")))
        }

        private func document(_ command: ReceiveDonation, id: UUID) throws -> String {
            let header = Header(
                id: id, source: "subdistrict", type: ReceiveDonation.type, time: .now())
            return String(
                decoding: try MessageEncoder().encode(header, command), as: UTF8.self)
        }

        // MARK: pika

        private static let pika = URL(filePath: "/usr/bin/python3")

        /// Publishes what stands in the environment and prints its receipt, or the broker's refusal.
        private static let script = """
            import os, sys, pika
            env = os.environ
            connection = pika.BlockingConnection(pika.URLParameters(env["URL"]))
            channel = connection.channel()
            channel.confirm_delivery()
            try:
                if "BODY" in env:
                    properties = pika.BasicProperties(
                        content_type="application/cloudevents+json", delivery_mode=2,
                        message_id=env["ID"], type=env["KEY"], user_id=env["USER_ID"],
                        correlation_id="pika-1", reply_to=env["REPLY_TO"])
                    channel.basic_publish(
                        "nuanxin.commands", env["KEY"], env["BODY"].encode(), properties,
                        mandatory=True)
                for method, properties, body in channel.consume(
                        env["REPLY_TO"], inactivity_timeout=30):
                    if method is None:
                        print("no receipt")
                        break
                    channel.basic_ack(method.delivery_tag)
                    print(properties.correlation_id, body.decode())
                    break
            except pika.exceptions.AMQPChannelError as error:
                print("refused", error.args[0])
            """

        /// Runs pika as the subdistrict's system.
        private func pika(_ settings: [String: String]) throws -> String {
            var environment = [
                "URL": try deployment.broker("subdistrict"), "USER_ID": "subdistrict",
                "REPLY_TO": "receipts.subdistrict", "KEY": ReceiveDonation.type,
                "PATH": "/usr/bin:/bin",
            ]
            environment.merge(settings) { _, new in new }
            let finished = try Deployment.run(Self.pika, ["-c", Self.script], environment)
            #expect(finished.status == 0, "\(finished.error)")
            return finished.output
        }

        @Test func `pika publishes a document and finds its receipt in its own queue`() throws {
            let id = UUID()
            let body = try document(Sample.donation(to: fund), id: id)
            let output = try pika(["ID": id.uuidString, "BODY": body])
            #expect(output.hasPrefix("pika-1 "))
            #expect(output.contains(#""status":"accepted""#))
            #expect(output.contains(id.uuidString.lowercased()))
            #expect(try funding().run("SELECT FROM donation").count == 1)
        }

        @Test func `pika is told what is wrong with a document`() throws {
            let output = try pika(["ID": UUID().uuidString, "BODY": #"{"specversion": "1.0"}"#])
            #expect(output.contains(#""status":"rejected""#))
            #expect(output.contains(#""code":"missing_field""#))
            #expect(output.contains(#""pointer":"/id""#))
        }

        @Test func `pika may not read the queue of another publisher`() throws {
            #expect(try pika(["REPLY_TO": "receipts.operator"]).hasPrefix("refused 403"))
        }

        @Test func `pika may not publish a type that its user was not given`() throws {
            let settings = ["ID": "x", "BODY": "{}", "KEY": GrantPublisher.type]
            #expect(try pika(settings).hasPrefix("refused 403"))
        }

        @Test func `pika may not say that it is somebody else`() throws {
            let settings = ["ID": "x", "BODY": "{}", "USER_ID": "operator"]
            #expect(try pika(settings).hasPrefix("refused 406"))
        }

        @Test func `pika may not have its receipt written into a queue of others`() throws {
            let id = UUID()
            let body = try document(Sample.donation(to: fund), id: id)
            let output = try pika([
                "ID": id.uuidString, "BODY": body, "REPLY_TO": "receipts.operator",
            ])
            #expect(output.hasPrefix("refused 403"), "it cannot even wait there")
            let connection = try funding()
            try deployment.eventually("it is dead") {
                try !connection.run(
                    "SELECT FROM dead_letter WHERE code = 'reply_to_foreign'"
                ).isEmpty
            }
            #expect(try connection.run("SELECT FROM donation").isEmpty)
        }

        /// Publishes a document with the header that asks for a copy, and waits for nothing.
        private static let copying = """
            import os, pika
            env = os.environ
            connection = pika.BlockingConnection(pika.URLParameters(env["URL"]))
            channel = connection.channel()
            channel.confirm_delivery()
            channel.basic_publish("nuanxin.commands", env["KEY"], b"{}", pika.BasicProperties(
                delivery_mode=2, user_id=env["USER_ID"],
                headers={env["HEADER"]: ["registry.household.get.v1"]}))
            connection.close()
            """

        /// The broker asks for the permission of the routing key alone.
        @Test(arguments: ["CC", "BCC"])
        func `copies under the routing key of another service are dropped and counted once`(
            header: String
        ) throws {
            let finished = try Deployment.run(
                Self.pika, ["-c", Self.copying],
                [
                    "URL": try deployment.broker("subdistrict"), "USER_ID": "subdistrict",
                    "KEY": ReceiveDonation.type, "HEADER": header, "PATH": "/usr/bin:/bin",
                ])
            #expect(finished.status == 0, "\(finished.error)")
            let metrics = try deployment.http("registry") + "/metrics"
            try deployment.eventually("registry counts the copy") {
                try Deployment.run(
                    URL(filePath: "/usr/bin/curl"), ["-sS", metrics], ["PATH": "/usr/bin:/bin"]
                ).output.contains("nuanxin_outcomes_total{outcome=\"copy\"} 1")
            }
            let registry = try Connection(
                PostgresConfiguration(url: deployment.database("registry")))
            #expect(try registry.run("SELECT FROM dead_letter").isEmpty)
        }

        @Test func `NUL in pika's properties stops nothing`() throws {
            let settings = ["ID": "x", "BODY": "{", "KEY": ReceiveDonation.type]
            let script = Self.script.replacing("\"pika-1\"", with: "\"pika\\0-1\"")
            var environment = [
                "URL": try deployment.broker("subdistrict"), "USER_ID": "subdistrict",
                "REPLY_TO": "receipts.subdistrict", "PATH": "/usr/bin:/bin",
            ]
            environment.merge(settings) { _, new in new }
            let finished = try Deployment.run(Self.pika, ["-c", script], environment)
            #expect(finished.output.contains("not_json"), "\(finished.error)")
        }

        // MARK: amqp-tools

        /// Debian's amqp-tools, as the subdistrict's system.
        private func tool(_ name: String, _ arguments: [String]) throws -> Deployment.Finished {
            try Deployment.run(
                URL(filePath: "/usr/bin/\(name)"),
                ["--url=\(try deployment.broker("subdistrict"))"] + arguments,
                ["PATH": "/usr/bin:/bin"])
        }

        @Test func `amqp-publish cannot say who it is: its message is dead with that reason`()
            throws
        {
            let id = UUID()
            let body = try document(Sample.donation(to: fund), id: id)
            let published = try tool(
                "amqp-publish",
                [
                    "--exchange=nuanxin.commands", "--routing-key=\(ReceiveDonation.type)",
                    "--content-type=application/cloudevents+json", "--persistent",
                    "--reply-to=receipts.subdistrict", "--body=\(body)",
                ])
            #expect(published.status == 0, "\(published.error)")
            let connection = try funding()
            try deployment.eventually("it is dead") {
                try connection.run("SELECT code FROM dead_letter").first?
                    .decode(String.self, at: 0) == "user_id_missing"
            }
            #expect(try connection.run("SELECT FROM donation").isEmpty)
        }

        @Test func `amqp-consume reads receipts`() throws {
            let client = try Client(deployment.broker("subdistrict"))
            let id = UUID()
            try client.publish(Sample.donation(to: fund), id: id)
            try client.flush()
            let consumed = try tool(
                "amqp-consume", ["--queue=receipts.subdistrict", "--count=1", "/bin/cat"])
            #expect(consumed.status == 0, "\(consumed.error)")
            #expect(consumed.output.contains(#""status":"accepted""#))
            #expect(consumed.output.contains(id.uuidString.lowercased()))
        }
    }
}

extension SystemTests {
    /// A subscriber without our code makes a copy of the figures from the stream.
    @Suite("Subscribers of other makers")
    struct ForeignSubscriberTests {
        /// Prints the stream's offset and the document of each message from an offset on, until it is quiet.
        private static let script = """
            import json, os, pika
            env = os.environ
            offset = int(env["OFFSET"]) if env["OFFSET"].isdigit() else env["OFFSET"]
            channel = pika.BlockingConnection(pika.URLParameters(env["URL"])).channel()
            channel.basic_qos(prefetch_count=100)
            for method, properties, body in channel.consume(
                    "nuanxin.summaries", arguments={"x-stream-offset": offset},
                    inactivity_timeout=2):
                if method is None:
                    break
                channel.basic_ack(method.delivery_tag)
                data = json.loads(body)["data"]
                if properties.type != "reporting.cell.changed.v2":
                    continue
                print(properties.headers["x-stream-offset"], data["dataset"], data["seq"])
            """

        private func read(from offset: String, _ deployment: Deployment) throws -> [[Substring]] {
            let finished = try Deployment.run(
                URL(filePath: "/usr/bin/python3"), ["-c", Self.script],
                [
                    "URL": try deployment.broker("subscriber"), "OFFSET": offset,
                    "PATH": "/usr/bin:/bin",
                ])
            #expect(finished.status == 0, "\(finished.error)")
            return finished.output.split(separator: "\n").map { $0.split(separator: " ") }
        }

        @Test func `pika reads the summaries from an offset of its choice, without a gap`() throws {
            let deployment = try Deployment("stream", services: ["funding", "reporting"])
            defer { deployment.stopAll() }
            for service in ["funding", "reporting"] { _ = try deployment.start(service) }
            let fund = UUID()
            let client = try Client(deployment.broker("operator"))
            try client.publish(Sample.fund(fund))
            for _ in 0..<3 { try client.publish(Sample.donation(to: fund)) }
            try client.flush()
            let connection = try Connection(
                PostgresConfiguration(url: deployment.database("reporting")))
            try deployment.eventually("the donations are in a published summary") {
                try !connection.run(
                    """
                    SELECT FROM summary s JOIN dataset d ON d.name = s.dataset
                    WHERE s.span = 'all' AND s.figures @> ARRAY[3::bigint]
                      AND d.published = d.written
                    """
                ).isEmpty
            }
            let all = try read(from: "first", deployment)
            try #require(all.count >= 5, "a cell for each span at least")
            try #require(all.allSatisfy { $0.count == 3 }, "\(all)")
            #expect(all.map { $0[1] }.allSatisfy { $0 == "funding" })
            #expect(all.map { $0[2] } == (1...all.count).map { "\($0)" })
            let third = String(all[2][0])
            let later = try read(from: third, deployment)
            #expect(later.map(\.first) == all.dropFirst(2).map(\.first))
        }
    }
}
