import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support

@testable import Nuanxin

/// A reporting that publishes, and a subscriber between which everything goes wrong that a seed says.
final class SubscriberWorld {
    let deployment: Deployment
    private(set) var counts: [String: Int] = [:]
    /// The digest of the last heartbeat that proved the copy, nil if something came since.
    private(set) var verified: String?

    private var random: SeededRandom
    private let isFaulty: Bool
    private let endpoint: Endpoint
    private var reporting: Process
    private var connection: Connection
    private var publisher: Client
    private let fund = FundID(UUID())
    private let donations = (0..<12).map { _ in UUID() }
    private var sequences: [UUID: Int64] = [:]
    private var dumped: [UUID: Int64] = [:]
    private var stream: SummaryStream
    private var subscriber: Subscriber?
    private let target: String?
    private var isDeaf = false
    /// Earlier messages, to come again.
    private var past: [StreamItem] = []
    private var held: [StreamItem] = []

    private static let settings = ["NUANXIN_HEARTBEAT_SECONDS": "1"]

    /// - Parameter isFaulty: whether the stream drops, duplicates, reorders and is cut.
    init(seed: UInt64, isFaulty: Bool = true) throws {
        random = SeededRandom(seed)
        self.isFaulty = isFaulty
        deployment = try Deployment("subscribers", services: ["reporting"])
        reporting = try deployment.start("reporting", Self.settings)
        connection = try Connection(PostgresConfiguration(url: deployment.database("reporting")))
        publisher = try Client(deployment.broker("funding"))
        endpoint = try Endpoint(url: deployment.broker("subscriber"))
        stream = SummaryStream(endpoint, name: "test", from: .streamPosition("next"))
        target = seed % 2 == 0 ? nil : try TestServers.newDatabase()
        try stream.connect()
        try startSubscriber()
    }

    // MARK: Publishing

    /// Facts of donations: new ones, and corrections of some.
    func publishSome() throws {
        for _ in 0..<(5 + random.below(40)) {
            let donation = random.one(of: donations)
            let territories = ["350203", "350203006", "350203006001", "350203007"]
            let territory = random.one(of: territories)
            sequences[donation, default: 0] += 1
            try publisher.publish(
                fact: DonationReceived(
                    DonationSubject(
                        donation: DonationID(donation), fund: fund, programme: Sample.programme,
                        campaign: "one-yuan-2020", territory: Sample.value(TerritoryCode(territory))
                    ), amountFen: Fen(rawValue: Int64(100 + random.below(900))),
                    receivedOn: Sample.day.adding(days: random.below(60))),
                subject: donation, sequence: sequences[donation] ?? 1)
        }
        try publisher.flush()
    }

    /// Waits until all facts are in what is published.
    func awaitPublished() throws {
        let due = sequences.values.reduce(0, +)
        try deployment.eventually("all facts are published") {
            try Proof.redrive(connection)
            let row = try connection.run(
                """
                SELECT (SELECT coalesce(sum(version), 0)::bigint FROM contribution),
                       is_published()
                       AND NOT EXISTS (SELECT FROM dataset WHERE published < written)
                       AND EXISTS (SELECT FROM epoch WHERE number > 0)
                """
            ).first
            return try row?.decode(Int64.self, at: 0) == due
                && row?.decode(Bool.self, at: 1) == true
        }
    }

    struct Dataset: Equatable {
        let epoch: Int64
        let seq: Int64
        let digest: String
        let cells: Int64
    }

    func dataset() throws -> Dataset {
        let row = try connection.run(
            """
            SELECT e.number, d.published, d.digest, d.cells FROM epoch e, dataset d
            WHERE d.name = 'funding'
            """
        ).first
        guard let row else { throw Deployment.Failure(description: "no dataset") }
        return Dataset(
            epoch: try row.decode(Int64.self, at: 0), seq: try row.decode(Int64.self, at: 1),
            digest: try row.decode(String.self, at: 2), cells: try row.decode(Int64.self, at: 3))
    }

    // MARK: Disturbing

    func disturb() throws {
        switch random.below(8) {
        case 0:
            count("kill")
            deployment.kill(reporting)
            reporting = try deployment.start("reporting", Self.settings)
        case 1:
            count("forget")
            try forget()
        case 2:
            count("mark")
            _ = try connection.run("UPDATE epoch SET mark = 'of a database before'")
        case 3:
            count("restart")
            try startSubscriber()
        case 4:
            count("cut")
            stream.cut()
        default: break
        }
    }

    /// Forgets what was replaced, as if it were old.
    func forget() throws {
        _ = try connection.run("UPDATE dataset SET first = published + 1")
        _ = try connection.run(
            """
            DELETE FROM summary s USING dataset d
            WHERE d.name = s.dataset AND s.superseded_by < d.first
            """)
    }

    func dump() throws -> String {
        dumped = sequences
        let file = path("dump")
        try run("pg_dump", ["-Fc", "-f", file, try deployment.database("reporting")])
        return file
    }

    /// Puts the dump in the place of the database, with reporting stopped meanwhile.
    func restore(_ file: String) throws {
        deployment.stop(reporting)
        connection.close()
        // Messages after the dump are lost.
        sequences = dumped
        let url = try deployment.database("reporting")
        try run("pg_restore", ["--clean", "--if-exists", "-d", url, file])
        connection = try Connection(PostgresConfiguration(url: url))
        reporting = try deployment.start("reporting", Self.settings)
    }

    private func run(_ program: String, _ arguments: [String]) throws {
        let finished = try Deployment.run(
            URL(filePath: "/usr/bin/\(program)"), arguments, ["PATH": "/usr/bin:/bin"])
        guard finished.status == 0 else {
            throw Deployment.Failure(description: "\(program): \(finished.error)")
        }
    }

    // MARK: Subscribing

    private func newStore() throws -> any SubscriberStore {
        try target.map { try PostgresStore($0, dataset: "funding") }
            ?? FileStore(path("cells"), dataset: "funding")
    }

    /// A subscriber that knows only what is stored, as after a kill.
    private func startSubscriber() throws {
        let source = BrokerSource(BrokerQueries(endpoint, name: "test"))
        let new = Subscriber("funding", try newStore(), source) { [unowned self] in note($0) }
        try new.begin()
        subscriber = new
    }

    private func note(_ event: Subscriber.Event) {
        switch event {
        case .snapshot: count("snapshot")
        case .gap: count("gap")
        case .gone: count("gone")
        case .epoch: count("epoch")
        case .differs: count("differs")
        case .verified(_, _, let digest):
            count("verified")
            verified = digest
            return
        case .applied: break
        }
        verified = nil
    }

    private func count(_ what: String) { counts[what, default: 0] += 1 }

    /// Lets everything pass by unheard, until `hear`.
    func deafen() { isDeaf = true }
    func hear() { isDeaf = false }

    func listen(for seconds: Double) throws {
        let end = Date().addingTimeInterval(seconds)
        while Date() < end { try step() }
    }

    /// Listens until the copy is proven equal to all that was published.
    func settle() throws {
        try awaitPublished()
        try deployment.eventually("the copy is proven") {
            try step()
            return try verified != nil && verified == dataset().digest
        }
    }

    private func step() throws {
        let deliveries = try stream.next()
        let items = deliveries.compactMap(StreamItem.init)
        if isDeaf { return }
        // The offset is that of a stream that loses nothing, so what is dropped does not come again.
        let offset = deliveries.last?.properties.streamOffset.map { $0 + 1 }
        try subscriber?.take(isFaulty ? disturbed(items) : items, offset: offset)
    }

    /// Drops some, brings some twice, some later, and some of long ago; in another order.
    private func disturbed(_ items: [StreamItem]) -> [StreamItem] {
        past = Array((past + items).suffix(500))
        var result = held
        held = []
        for item in items {
            switch random.below(10) {
            case 0, 1: continue
            case 2, 3: result += [item, item]
            case 4: held.append(item)
            default: result.append(item)
            }
        }
        for _ in 0..<random.below(3) where !past.isEmpty {
            result.append(random.one(of: past))
        }
        for index in result.indices.dropFirst() where random.below(3) == 0 {
            result.swapAt(index, random.below(index + 1))
        }
        if random.below(30) == 0 { stream.cut() }
        return result
    }

    /// The digest of what a new process would find.
    func storedAnew() throws -> String {
        try subscriber?.finish()
        return try newStore().digest().description
    }

    // MARK: Addresses

    func path(_ name: String) -> String { deployment.directory.appending(path: name).path }

    /// Of reporting's HTTP server, as it has logged it last.
    func address() throws -> String { try deployment.http("reporting") }
}
