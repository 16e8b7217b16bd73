import Foundation
import Postgres
import Support
import Testing

extension SystemTests {
    @Suite("Figures made anew from the journals")
    struct RebuildTests {
        private let deployment: Deployment
        private let reporting: Connection

        init() throws {
            deployment = try Deployment("rebuild")
            reporting = try Connection(
                PostgresConfiguration(url: deployment.ownerDatabase("reporting")))
        }

        @Test
        func
            `A service that is down, or killed as it sends, makes a rebuild wait; nothing public changes`()
            throws
        {
            defer { deployment.stopAll() }
            for service in ["registry", "events", "reporting"] { _ = try deployment.start(service) }
            let funding = try deployment.start("funding")
            let fund = UUID()
            let client = try Client(deployment.broker("operator"))
            try client.publish(Sample.fund(fund), id: fund)
            for _ in 1...20 { try client.publish(Sample.donation(to: fund)) }
            try client.flush()
            try deployment.eventually("twenty donations are published") {
                try donations() == "20"
            }
            deployment.kill(funding)

            let waiting = try deployment.tool(["rebuild", "--reason", "a test", "--wait", "4"])
            #expect(waiting.status == 3)
            #expect(waiting.error.contains("waits for the journals of funding"))
            let status = try deployment.tool(["status"])
            #expect(status.output.contains("waits for the journals of funding"))
            let asked = try deployment.tool([
                "edition", "publish", "--reason", "a test", "--wait", "4",
            ])
            #expect(asked.status == 3)
            #expect(try donations() == "20")

            let dying = try deployment.start(
                "funding", ["NUANXIN_CRASH_AT": "replay-in-sending:10"])
            try deployment.eventually("it dies while it sends its journal again") {
                !dying.isRunning
            }
            #expect(dying.terminationReason == .uncaughtSignal)
            let half = try deployment.tool(["status"])
            #expect(half.output.contains("waits for the journals of funding"))
            #expect(try donations() == "20")

            _ = try deployment.start("funding")
            try deployment.eventually("figures are whole again") {
                try reporting.run("SELECT 1 FROM rebuild WHERE finished_at IS NULL").isEmpty
            }
            let edition = try deployment.tool(["edition", "publish", "--reason", "a test"])
            #expect(edition.status == 0, "\(edition.error)")
            #expect(try donations() == "20")
            #expect(
                try reporting.run("SELECT 1 FROM summary WHERE reason = 'method'").isEmpty)
        }

        /// As they are public.
        private func donations() throws -> String? {
            let rows = try reporting.run(
                """
                SELECT s.figures[array_position(s.measures, 'donations')]::text
                FROM summary s JOIN dataset d ON d.name = s.dataset
                WHERE s.territory = '350203' AND s.span = 'all'
                  AND s.programme = 'one-yuan-donation' AND s.seq <= d.published
                ORDER BY s.seq DESC LIMIT 1
                """)
            return try rows.first?.decode(optional: String.self, at: 0)
        }
    }
}
