import ArgumentParser
import Foundation
import Messages
import Postgres
import Support

/// Commands decided a second by one service: donations, already queued, until the broker has confirmed
/// the last fact.
struct Throughput: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Donations a second, beside the broker's ceiling.")

    @OptionGroup var output: Output
    @Option(help: "Commands.") var count = 60_000
    @Option(help: "Workers of the service.") var workers = 2
    @Option(help: "Funds the donations go to.") var funds = 100
    @Option(help: "Runs; the median is printed.") var runs = 3

    func run() throws {
        var rates: [Double] = []
        var ceilings: [Double] = []
        var unfinished: [Unfinished] = []
        for run in 1...max(runs, 1) {
            do {
                let ceiling = try Ceiling(
                    deployment: Deployment("ceiling", services: [])
                ).measure(count)
                let rate = try measure()
                output.note("ceiling \(Int(ceiling))/s, decided \(Int(rate))/s")
                ceilings.append(ceiling)
                rates.append(rate)
            } catch {
                unfinished.append(Unfinished(description: "run \(run): \(error)"))
                output.note("did not finish: \(error)")
            }
        }
        if !rates.isEmpty {
            let rate = rates.sorted()[rates.count / 2]
            let ceiling = ceilings.sorted()[ceilings.count / 2]
            output.print(
                "throughput",
                [
                    "decided_per_s": rate.rounded(), "ceiling_per_s": ceiling.rounded(),
                    "ratio": rate / ceiling, "workers": Double(workers), "count": Double(count),
                    "runs": Double(rates.count),
                ])
        }
        if let first = unfinished.first { throw first }
    }

    private func measure() throws -> Double {
        let deployment = try Deployment("throughput", services: ["funding"])
        defer { deployment.stopAll() }
        let client = try Client(deployment.broker("operator"))
        let ids = (0..<funds).map { _ in FundID(UUID()) }
        let donations = try Donations(funds: ids)
        let first = try deployment.start("funding")
        for id in ids { try client.publish(donations.open(id), receipt: false) }
        try client.flush()
        let database = try Connection(PostgresConfiguration(url: deployment.database("funding")))
        func published() throws -> Int64 {
            try database.run("SELECT COALESCE(sum(published), 0)::bigint FROM journal_owner").first?
                .decode(Int64.self, at: 0) ?? 0
        }
        try deployment.eventually("the funds are open", within: Patience.start) {
            try published() == funds
        }
        deployment.stop(first)
        for _ in 0..<count { try client.publish(donations.next(), receipt: false) }
        try client.flush()
        return try time(deployment, published)
    }

    /// From the first confirmed facts to the last one, so that the start of the process is left out.
    private func time(_ deployment: Deployment, _ published: () throws -> Int64) throws -> Double {
        _ = try deployment.start("funding", ["NUANXIN_WORKERS": "\(workers)"])
        let target = Int64(count + funds)
        var start: (instant: ContinuousClock.Instant, published: Int64)?
        let deadline = Deadline(Patience.work)
        while true {
            let done = try published()
            let now = ContinuousClock.now
            if start == nil, done > Int64(funds) { start = (now, done) }
            if done >= target, let start {
                return Double(target - start.published) / (now - start.instant).seconds
            }
            try deadline.check("\(target) facts confirmed, of which there are \(done)")
            Thread.sleep(forTimeInterval: 0.02)
        }
    }
}

/// The commands of the donation benchmarks.
struct Donations {
    private let funds: [FundID]
    private let territory: TerritoryCode
    private let programme: Programme
    private let day: BusinessDate

    init(funds: [FundID]) throws {
        guard let territory = TerritoryCode("350203006001"),
            let programme = Programme("one-yuan-donation"), let day = BusinessDate("2020-01-01")
        else { throw Deployment.Failure(description: "a constant is wrong") }
        self.funds = funds
        self.territory = territory
        self.programme = programme
        self.day = day
    }

    func open(_ fund: FundID) -> OpenFund {
        OpenFund(
            fund: fund, kind: .donation, programme: programme, territory: territory,
            nameZh: "测试", nameEn: "Test", openedOn: day)
    }

    func next() -> ReceiveDonation {
        ReceiveDonation(
            donation: DonationID(UUID()), fund: funds[Int.random(in: 0..<funds.count)],
            campaign: "one-yuan-2020", donor: DonorID(UUID()), territory: territory,
            amountFen: Fen(Int64.random(in: 1...100_000)), receivedOn: day,
            note: String(repeating: "x", count: 100))
    }
}
