import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Reporting

@Suite("What subscribers ask of reporting, on a real database")
struct ReportingSubscriberTests {
    private let bench: ServiceBench
    private var facts = ReportingFacts(seed: 3)

    init() throws {
        bench = try ServiceBench(Reporting.definition)
        try Epochs.begin(bench.connection, now: .now())
        try bench.take(facts.items(records: 60))
        try write()
    }

    @Test("A snapshot has every cell once, page by page, at one place, and its digest is theirs")
    func snapshot() throws {
        let state = try ReportingChecks.state(bench, "funding")
        var cells: [CellChanged] = []
        var query = RequestSnapshot(dataset: "funding", limit: 7)
        repeat {
            let page = try page(query)
            #expect(page.cells.count <= 7)
            #expect(page.epoch == state.epoch)
            #expect(page.seq == state.seq)
            #expect(page.digest == state.digest.description)
            cells += page.cells
            query.epoch = page.epoch
            query.seq = page.seq
            query.after = page.next
        } while query.after != nil
        #expect(Set(cells.map(\.key)).count == cells.count)
        #expect(Int64(cells.count) == state.cells)
        #expect(try digest(cells) == state.digest)
    }

    @Test("A snapshot stays what it was, whatever is published between its pages")
    mutating func whilePublishing() throws {
        let first = try page(RequestSnapshot(dataset: "funding", limit: 10))
        try bench.take(facts.items(records: 60))
        try write()
        var cells = first.cells
        var after = first.next
        while let place = after {
            let rest = try page(
                RequestSnapshot(
                    dataset: "funding", epoch: first.epoch, seq: first.seq, after: place,
                    limit: 500))
            #expect(rest.digest == nil, "it is not of what is published now")
            cells += rest.cells
            after = rest.next
        }
        #expect(try digest(cells).description == first.digest)
    }

    @Test("A snapshot and the range behind it give the newer snapshot")
    mutating func range() throws {
        var old = try page(RequestSnapshot(dataset: "funding", limit: 500))
        while let place = old.next {
            let more = try page(
                RequestSnapshot(
                    dataset: "funding", epoch: old.epoch, seq: old.seq, after: place, limit: 500))
            old.cells += more.cells
            old.next = more.next
        }
        try bench.take(facts.items(records: 60))
        try write()
        var cells = Dictionary(old.cells.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        var query = RequestRange(dataset: "funding", epoch: old.epoch, since: old.seq, limit: 9)
        var seq = old.seq
        while true {
            let page = try page(query)
            for cell in page.cells {
                seq += 1
                #expect(cell.seq == seq)
                cells[cell.key] = cell
            }
            guard let next = page.next else { break }
            query.since = next
        }
        let state = try ReportingChecks.state(bench, "funding")
        #expect(seq == state.seq)
        #expect(try digest(Array(cells.values)) == state.digest)
    }

    @Test("A range that is gone says so, and from where on there is one")
    mutating func gone() throws {
        let epoch = try ReportingChecks.state(bench, "funding").epoch
        try DatasetState.forget(
            before: Timestamp(microseconds: Timestamp.now().microseconds + 1_000_000),
            bench.connection)
        let state = try ReportingChecks.state(bench, "funding")
        let answer = try bench.decide(
            RequestRange(dataset: "funding", epoch: epoch, since: 1), publisher: "subscriber")
        #expect(answer.status == "rejected")
        #expect(answer.code == "range_gone")
        #expect(answer.pointer == "/data/since")
        #expect(answer.expected == "a seq from \(state.seq) to \(state.seq), or a snapshot")
        #expect(
            try page(RequestRange(dataset: "funding", epoch: epoch, since: state.seq)).cells == [])
    }

    @Test("A database that is another one begins a higher epoch, and its digest stays true")
    func epoch() throws {
        let before = try ReportingChecks.state(bench, "funding")
        #expect(try !Epochs.begin(bench.connection, now: .now()))
        _ = try bench.connection.run("UPDATE epoch SET mark = 'that of the database before'")
        #expect(try Epochs.begin(bench.connection, now: Timestamp(microseconds: 5)))
        let after = try ReportingChecks.state(bench, "funding")
        #expect(after.epoch > before.epoch, "even if the clock is behind")
        #expect(after.digest == before.digest)
        #expect(after.first == after.seq + 1)
        let answer = try bench.decide(
            RequestRange(dataset: "funding", epoch: before.epoch, since: before.seq),
            publisher: "subscriber")
        #expect(answer.code == "epoch_gone")
        #expect(answer.expected == "\(after.epoch), and a snapshot of it")
    }

    @Test("What waits to be published in another epoch is another message")
    mutating func waiting() throws {
        try bench.take(facts.items(records: 40))
        try ReportingChecks.rollUpAll(bench)
        try ReportingChecks.write(bench, now: .now())
        let before = try EditionNews.unpublished("funding", bench.connection).map(\.id)
        _ = try bench.connection.run("UPDATE epoch SET mark = 'that of the database before'")
        try Epochs.begin(bench.connection, now: .now())
        let after = try EditionNews.unpublished("funding", bench.connection).map(\.id)
        #expect(!before.isEmpty)
        #expect(before.count == after.count)
        #expect(Set(before).isDisjoint(with: after))
    }

    @Test("An unknown dataset is refused")
    func unknown() throws {
        let answer = try bench.decide(RequestSnapshot(dataset: "money"), publisher: "subscriber")
        #expect(answer.code == "unknown_dataset")
        #expect(answer.pointer == "/data/dataset")
    }

    @Test("The digest of a set does not depend on an order, and takes back what was added")
    func setDigest() {
        var (one, two) = (SetDigest(), SetDigest())
        for line in ["a", "b", "c"] { one.toggle(Array(line.utf8)) }
        for line in ["c", "x", "a", "b", "x"] { two.toggle(Array(line.utf8)) }
        #expect(one == two)
        #expect(SetDigest(one.description) == one)
        #expect(SetDigest("g") == nil)
    }

    // MARK: Help

    private func write() throws {
        try ReportingChecks.rollUpAll(bench)
        while try ReportingChecks.write(bench, now: .now()) > 0 {}
        for dataset in ["activities", "families", "funding"] {
            try ReportingChecks.publish(bench, dataset)
        }
    }

    private struct Answering: Decodable { let answer: CellPage }

    private func page(_ query: some Query) throws -> CellPage {
        let answer = try bench.decide(query, publisher: "subscriber")
        #expect(answer.status == "accepted", "\(answer.code ?? "")")
        return try Document(answer.body).data(as: Answering.self).answer
    }

    private func digest(_ cells: [CellChanged]) throws -> SetDigest {
        var digest = SetDigest()
        for cell in cells { digest.toggle(try cell.canonicalLine(MessageEncoder())) }
        return digest
    }
}
