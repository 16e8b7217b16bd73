import AMQP
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Nuanxin

extension SystemTests {
    @Suite("An edition, whatever happens to the process that makes it")
    struct EditionCrashTests {
        private static let rounds = 2

        @Test(arguments: CrashPoint.ofEditions)
        func `After kill -9 at a step the edition before stands, and the next one is whole`(
            point: CrashPoint
        ) throws {
            let world = try EditionWorld()
            defer { world.deployment.stopAll() }
            var random = SeededRandom(UInt64(point.rawValue.count))
            var clean = try world.start()
            try world.takeSome()
            try world.ask()
            try world.awaitEdition(1)
            for round in 1...Self.rounds {
                try world.takeSome()
                let before = try world.inForce()
                world.deployment.stop(clean)
                try world.ask()
                // Cells are sent by the dozen, and each dataset has a window.
                let passage =
                    switch point {
                    case .editionInPublishing: Int.random(in: 1...30, using: &random)
                    default: 1
                    }
                let dying = try world.start(["NUANXIN_CRASH_AT": "\(point.rawValue):\(passage)"])
                try world.deployment.eventually("it dies at \(point.rawValue)") {
                    !dying.isRunning
                }
                #expect(dying.terminationReason == .uncaughtSignal)
                #expect(dying.terminationStatus == SIGKILL)
                #expect(try world.inForce() == before, "the edition before stands")
                clean = try world.start()
                try world.awaitEdition(Int64(round + 1))
                #expect(try world.inForce() != before)
                #expect(try world.brokenDatasets() == [], "the edition is whole")
            }
            world.deployment.stop(clean)
            #expect(try world.problems(editions: Int64(Self.rounds + 1)) == [])
        }

        @Test func `Two processes make one edition, and say everything once`() throws {
            let world = try EditionWorld()
            defer { world.deployment.stopAll() }
            let processes = [try world.start(), try world.start()]
            let editions: Int64 = 4
            for number in 1...editions {
                try world.takeSome()
                for _ in 0..<number { try world.ask() }
                try world.awaitAnswered()
            }
            #expect(try world.brokenDatasets() == [])
            for process in processes { world.deployment.stop(process) }
            let made = try world.numbers()
            // Requests that come while one is made are answered by the next.
            #expect(made.count >= Int(editions))
            #expect(made == Array(1...Int64(made.count)), "numbers have gaps")
            #expect(try world.problems(editions: Int64(made.count), once: true) == [])
        }

        @Test func `When one of two processes is killed the other one goes on with the edition`()
            throws
        {
            let world = try EditionWorld()
            defer { world.deployment.stopAll() }
            let other = try world.start()
            try world.takeSome()
            world.deployment.stop(other)
            let dying = try world.start(["NUANXIN_CRASH_AT": "edition-in-publishing:20"])
            try world.ask()
            let lasting = try world.start()
            try world.awaitAnswered()
            // Whoever lasts may serve pages a moment after it has published.
            try world.deployment.eventually("the edition is whole") {
                try world.brokenDatasets() == []
            }
            for process in [dying, lasting] { world.deployment.stop(process) }
            #expect(try world.problems(editions: Int64(world.numbers().count)) == [])
        }
    }
}

/// A reporting that makes editions when it is asked to, and everything that it publishes.
private final class EditionWorld {
    private static let queue = "observed"
    private static let territories = ["350203", "350203006", "350203006001", "350203007"]

    let deployment: Deployment
    private let connection: Connection
    private let funding: Client
    private let asking: Client
    private var taken: Int64 = 0
    private var asked: Int64 = 0

    init() throws {
        deployment = try Deployment("editions", services: ["reporting"])
        connection = try Connection(PostgresConfiguration(url: deployment.database("reporting")))
        funding = try Client(deployment.broker("funding"))
        asking = try Client(deployment.broker("operator"))
        let host = deployment.virtualHost
        try deployment.manage(
            "PUT", "queues/\(host)/\(Self.queue)", nil,
            body: #"{"durable":true,"arguments":{"x-queue-type":"quorum"}}"#)
        try deployment.manage(
            "POST", "bindings/\(host)/e/nuanxin.summaries/q/\(Self.queue)", nil,
            body: ##"{"routing_key":"#"}"##)
    }

    func start(_ extra: [String: String] = [:]) throws -> Process {
        let settings = ["NUANXIN_EDITION_SECONDS": "0"]
        return try deployment.start("reporting", settings.merging(extra) { _, new in new })
    }

    /// Donations and deposits in some places and on some days, until they are counted.
    func takeSome() throws {
        for number in 0..<12 {
            let (donation, fund) = (UUID(), FundID(UUID()))
            let territory = Sample.value(
                TerritoryCode(Self.territories[number % Self.territories.count]))
            try funding.publish(
                fact: DonationReceived(
                    DonationSubject(
                        donation: DonationID(donation), fund: fund, programme: Sample.programme,
                        campaign: "one-yuan-2020", territory: territory), amountFen: .yuan(1),
                    receivedOn: Sample.day.adding(days: number)),
                subject: donation, sequence: 1)
        }
        try funding.flush()
        taken += 12
        try deployment.eventually("what came in is counted") {
            try count("SELECT count(*) FROM contribution") == taken
        }
    }

    /// Asks for an edition, whether somebody listens or not.
    func ask() throws {
        try asking.publish(PublishEdition(reason: "a test"))
        try asking.flush()
        asked += 1
    }

    func awaitEdition(_ number: Int64) throws {
        try deployment.eventually("edition \(number) is in force") {
            try last("number") == number
        }
    }

    /// Waits until an edition is in force that answers all that was asked.
    func awaitAnswered() throws {
        try deployment.eventually("an edition answers \(asked) requests") {
            try last("request") == asked
        }
    }

    /// A column of the edition in force.
    private func last(_ column: String) throws -> Int64 {
        try count(
            Statement(
                trusted: """
                    SELECT coalesce(max(\(column)), 0) FROM edition
                    WHERE published_at IS NOT NULL
                    """, []))
    }

    private func count(_ statement: Statement) throws -> Int64 {
        try connection.run(statement).first?.decode(Int64.self, at: 0) ?? 0
    }

    func numbers() throws -> [Int64] {
        try connection.run("SELECT number FROM edition ORDER BY number").map {
            try $0.decode(Int64.self, at: 0)
        }
    }

    /// The datasets and the edition as readers and subscribers see them.
    func inForce() throws -> [String] {
        let rows = try connection.run(
            """
            SELECT name || ' ' || published || ' ' || cells || ' ' || digest FROM dataset
            UNION ALL
            SELECT 'edition ' || coalesce(max(number), 0) FROM edition
            WHERE published_at IS NOT NULL
            ORDER BY 1
            """)
        return try rows.map { try $0.decode(String.self, at: 0) }
    }

    /// Datasets whose cells over HTTP are not what is said of them, or not all that was written.
    func brokenDatasets() throws -> [String] {
        let address = try deployment.http("reporting")
        let rows = try connection.run(
            "SELECT name, digest, cells, published = written FROM dataset ORDER BY name")
        return try rows.compactMap { row in
            var row = row.cursor()
            let name = try row.next(String.self)
            let digest = try row.next(String.self)
            let count = try row.next(Int64.self)
            let isWhole = try row.next(Bool.self)
            let answer = try Deployment.run(
                URL(filePath: "/usr/bin/curl"),
                ["-sS", "-f", "\(address)/v1/datasets/\(name)/snapshot"],
                ["PATH": "/usr/bin:/bin"])
            let cells = try answer.output.split(separator: "\n").dropFirst().map {
                try JSONDecoder().decode(CellChanged.self, from: Data($0.utf8))
            }
            let store = try FileStore(nil, dataset: name)
            try store.apply(
                cells, SubscriberPosition(dataset: name, epoch: 1, seq: 1, offset: nil))
            let isRight =
                isWhole && Int64(cells.count) == count && store.digest().description == digest
            return isRight ? nil : name
        }
    }

    // MARK: What subscribers have met

    /// Problems of everything that was published, in words. Call it when no process runs any more.
    /// - Parameter once: whether nothing may have come twice.
    func problems(editions: Int64, once: Bool = false) throws -> [String] {
        var found: [String] = []
        var cells: [String: [Int64: [UInt8]]] = [:]
        var said: [Int64: [UInt8]] = [:]
        for delivery in try deliveries() {
            let document = try Document(delivery.body)
            switch document.type {
            case CellChanged.type:
                let cell = try document.data(as: CellChanged.self)
                let before = cells[cell.dataset, default: [:]].updateValue(
                    delivery.body, forKey: cell.seq)
                if let before, once || before != delivery.body {
                    found.append("\(cell.dataset) \(cell.seq) came twice, or as another")
                }
                if said[cell.edition ?? 0] != nil, before == nil {
                    found.append("a cell of edition \(cell.edition ?? 0) came after its end")
                }
            case EditionPublished.type:
                let edition = try document.data(as: EditionPublished.self)
                let before = said.updateValue(delivery.body, forKey: edition.edition)
                if let before, once || before != delivery.body {
                    found.append("edition \(edition.edition) was said twice, or as another")
                }
                for position in edition.positions {
                    let seqs = cells[position.dataset, default: [:]].keys.sorted()
                    if seqs != Array(1..<(position.seq + 1)) {
                        found.append("edition \(edition.edition) was said before its cells were")
                    }
                }
            default: break
            }
        }
        if said.keys.sorted() != Array(1...editions) {
            found.append("said were the editions \(said.keys.sorted())")
        }
        return found
    }

    private func deliveries() throws -> [Delivery] {
        let client = try Client(deployment.broker("admin"))
        try client.consume(Self.queue)
        var all: [Delivery] = []
        var quiet = 0
        while quiet < 10 {
            let some = try client.receive()
            quiet = some.isEmpty ? quiet + 1 : 0
            all += some
        }
        return all
    }
}
