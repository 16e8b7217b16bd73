import AMQP
import Foundation
import Support
import Testing

extension SystemTests {
    /// Everything that services publish, kept in a file.
    struct Capture {
        private let deployment: Deployment
        private let client: Client
        private static let queue = "captured"

        /// Binds a queue to facts and receipts. Call it before anything is published.
        init(_ deployment: Deployment) throws {
            self.deployment = deployment
            let host = deployment.virtualHost
            try deployment.manage(
                "PUT", "queues/\(host)/\(Self.queue)", nil,
                body: #"{"durable":true,"arguments":{"x-queue-type":"quorum"}}"#)
            for exchange in ["facts", "receipts", "summaries"] {
                try deployment.manage(
                    "POST", "bindings/\(host)/e/nuanxin.\(exchange)/q/\(Self.queue)", nil,
                    body: ##"{"routing_key":"#"}"##)
            }
            client = try Client(deployment.broker("admin"))
        }

        /// Waits until nothing more comes, and has jsonschema, the CloudEvents SDK and our own tool read it all.
        func expectContract(
            atLeast least: Int = 50, sourceLocation: SourceLocation = #_sourceLocation
        ) throws {
            try client.consume(Self.queue)
            var (all, facts) = (Data(), Data())
            var (count, quiet) = (0, 0)
            while quiet < 30 {
                let deliveries = try client.receive()
                quiet = deliveries.isEmpty ? quiet + 1 : 0
                count += deliveries.count
                for delivery in deliveries {
                    let line = Data(delivery.body + [UInt8(ascii: "\n")])
                    all += line
                    if delivery.properties.type?.contains(".receipt.") == false { facts += line }
                }
            }
            #expect(count >= least, sourceLocation: sourceLocation)
            let file = deployment.directory.appending(path: "captured.ndjson")
            try all.write(to: file)
            let checked = try Deployment.run(
                PythonTools.python(),
                [ContractToolTests.script.path, ContractToolTests.contract.path, file.path],
                ["PATH": "/usr/bin:/bin", "PYTHONUTF8": "1"])
            #expect(
                checked.status == 0, "\(checked.output.prefix(4_000)) \(checked.error)",
                sourceLocation: sourceLocation)
            try facts.write(to: file)
            let ours = try deployment.tool(["validate", "--facts", file.path])
            #expect(
                ours.status == 0, "\(ours.output.prefix(4_000))", sourceLocation: sourceLocation)
        }
    }
}
