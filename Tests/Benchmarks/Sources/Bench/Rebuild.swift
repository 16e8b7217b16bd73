import ArgumentParser
import Foundation
import Messages
import Postgres
import Support

/// Reporting rebuilt from nothing: facts a second, from the command until all are taken in again.
struct Rebuild: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Facts a second when reporting is rebuilt from a journal.")

    @OptionGroup var output: Output
    @Option(help: "Facts in the journal.") var count = 60_000

    func run() throws {
        let deployment = try Deployment("rebuild", services: ["funding", "reporting"])
        defer { deployment.stopAll() }
        _ = try deployment.start("funding")
        _ = try deployment.start("reporting")
        let client = try Client(deployment.broker("operator"))
        let fund = FundID(UUID())
        let donations = try Donations(funds: [fund])
        try client.publish(donations.open(fund), receipt: false)
        for _ in 0..<count { try client.publish(donations.next(), receipt: false) }
        try client.flush()
        let reporting = try Connection(PostgresConfiguration(url: deployment.database("reporting")))
        func known() throws -> Int64 {
            try reporting.run(
                "SELECT count(*) FROM contribution WHERE source = 'donation'"
            ).first?.decode(Int64.self, at: 0) ?? 0
        }
        try deployment.eventually("reporting has all facts", within: Patience.work) {
            try known() == count
        }
        output.note("\(count) facts taken in; rebuilding")
        let taken = try seconds {
            try client.publish(RebuildCells(reason: "benchmark"), receipt: false)
            try client.flush()
            try deployment.eventually("reporting begins anew", within: Patience.start) {
                try known() < count
            }
            // To count them costs the database as much as some hundred facts.
            try deployment.eventually(
                "reporting has all facts again", within: Patience.work, every: 0.25
            ) { try known() == count }
        }
        output.print(
            "rebuild",
            ["facts": Double(count), "seconds": taken, "facts_per_s": Double(count) / taken])
    }
}
