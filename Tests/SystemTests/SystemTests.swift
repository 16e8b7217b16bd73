import Foundation
import Messages
import Support
import Testing

/// Real processes on real servers. One test at a time: they measure time and kill what they started.
@Suite(.serialized)
enum SystemTests {}

/// Made-up values for messages.
enum Sample {
    static let programme = value(Programme("one-yuan-donation"))
    static let district = value(TerritoryCode("350203"))
    static let day = value(BusinessDate("2020-05-26"))

    /// Constants of the tests that a mistyping would make nil.
    static func value<T>(_ value: T?) -> T {
        guard let value else { preconditionFailure("a sample is invalid") }
        return value
    }

    static func fund(_ id: UUID) -> OpenFund {
        OpenFund(
            fund: FundID(id), kind: .donation, programme: programme, territory: district,
            nameZh: "一元捐", nameEn: "One-Yuan Donation", openedOn: day)
    }

    static func donation(_ id: UUID = UUID(), to fund: UUID) -> ReceiveDonation {
        ReceiveDonation(
            donation: DonationID(id), fund: FundID(fund), campaign: "one-yuan-2020",
            territory: district, amountFen: Fen(rawValue: 100), receivedOn: day)
    }
}

/// Funding under load, with everything that is needed to prove afterwards that nothing went wrong.
struct Trial {
    let deployment: Deployment
    let fund = UUID()
    let proof: Proof

    /// Starts a deployment with an open fund and no service running.
    init(_ name: String, on servers: ServerSet? = nil) throws {
        deployment = try Deployment(name, services: ["funding"], on: servers)
        proof = try Proof(deployment, fund: fund)
        let client = try Client(deployment.broker("operator"))
        try client.publish(Sample.fund(fund), id: fund)
        try client.flush()
    }

    func start(_ extra: [String: String] = [:]) throws -> Process {
        try deployment.start("funding", extra)
    }

    func load(_ pace: Loader.Pace = .steady) throws -> Loader {
        try Loader(deployment.broker("operator"), fund: fund, pace: pace)
    }

    /// Stops the load, lets one clean process finish, stops that too and expects that everything holds.
    func expectProof(
        _ loader: Loader, running: [Process] = [], atLeast count: Int = 1,
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let tally = try loader.finish()
        let last = running.isEmpty ? [try start()] : running
        do {
            try proof.awaitRest(tally)
        } catch {
            Issue.record("\(error)", sourceLocation: sourceLocation)
        }
        for process in last { deployment.stop(process) }
        let violations = try proof.violations(tally)
        #expect(violations == [], sourceLocation: sourceLocation)
        #expect(tally.confirmed == tally.published, sourceLocation: sourceLocation)
        #expect(tally.confirmed.count >= count, sourceLocation: sourceLocation)
        if !violations.isEmpty { print(logTail()) }
    }

    /// The end of the services' log, for whoever reads of a failure.
    func logTail() -> String {
        let file = deployment.directory.appending(path: "funding.log")
        return (try? String(contentsOf: file, encoding: .utf8)).map { String($0.suffix(4_000)) }
            ?? ""
    }
}
