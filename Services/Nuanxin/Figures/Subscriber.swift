import Foundation
import Messages
import ServiceKit

/// Where a subscriber is in the stream of a dataset.
struct SubscriberPosition: Codable, Equatable {
    var dataset: String
    var epoch: Int64
    var seq: Int64
    /// The next offset in the stream; nil if nothing was read yet.
    var offset: Int64?
}

/// Where a subscriber keeps the cells of a dataset, and its position with them.
protocol SubscriberStore: AnyObject {
    /// Nil while nothing is stored.
    var position: SubscriberPosition? { get }
    /// Replaces everything by a snapshot, atomically.
    func replace(_ position: SubscriberPosition, _ nextPage: () throws -> [CellChanged]?) throws
    /// Replaces cells and moves the position, atomically.
    func apply(_ cells: [CellChanged], _ position: SubscriberPosition) throws
    /// Covers all cells that are kept.
    func digest() throws -> SetDigest
    /// Makes applied changes durable.
    func flush() throws
}

/// The source of cells that a subscriber lacks.
protocol SubscriberSource: AnyObject {
    func snapshot(_ request: RequestSnapshot) throws -> BrokerQueries.Answer<CellPage>
    func range(_ request: RequestRange) throws -> BrokerQueries.Answer<CellPage>
    /// Releases the source until the next request.
    func rest()
}

/// Keeps the cells of a dataset equal to those that reporting publishes, even if messages are lost or repeated. It drops
/// duplicates and requests missing cells. It starts again from a snapshot if the range is gone, if the epoch changes, or if
/// its digest differs from that of a heartbeat.
final class Subscriber {
    enum Event: Equatable {
        case snapshot(epoch: Int64, seq: Int64)
        case gap(since: Int64, until: Int64)
        case gone(code: String)
        case epoch(Int64)
        case verified(epoch: Int64, seq: Int64, digest: String)
        case differs(seq: Int64)
        case applied([CellChanged])
    }

    struct Refused: Error, CustomStringConvertible {
        let code: String
        let expected: String
        var description: String { "reporting refused: \(code), expected \(expected)" }
    }

    let dataset: String
    private let store: any SubscriberStore
    private let source: any SubscriberSource
    private let report: (Event) -> Void
    private var position: SubscriberPosition?
    /// Applied to `position`, and not yet stored.
    private var pending: [CellChanged] = []

    init(
        _ dataset: String, _ store: any SubscriberStore, _ source: any SubscriberSource,
        _ report: @escaping (Event) -> Void
    ) {
        self.dataset = dataset
        self.store = store
        self.source = source
        self.report = report
        position = store.position
    }

    /// Takes a snapshot if nothing of this epoch is stored. Start reading the stream before this call.
    /// - Returns: the last `seq` published at that moment.
    @discardableResult
    func begin() throws -> Int64 {
        defer { source.rest() }
        let place = position
        let found = try place == nil ? nil : page(RequestSnapshot(dataset: dataset, limit: 1))
        guard let found, found.epoch == place?.epoch else {
            try takeSnapshot()
            return position?.seq ?? 0
        }
        return found.seq
    }

    /// Applies messages of the stream, and stores the result.
    /// - Parameter offset: the next offset in the stream.
    func take(_ items: [StreamItem], offset: Int64?) throws {
        let ours = items.filter { $0.dataset == dataset }
        // The last heartbeat proves everything that earlier ones do.
        let last = ours.lastIndex { if case .heartbeat = $0 { true } else { false } }
        for (index, item) in ours.enumerated() { try take(item, proves: index == last) }
        if let offset, var place = position {
            place.offset = offset
            position = place
        }
        try store(always: !items.isEmpty)
        source.rest()
    }

    /// Makes applied messages durable.
    func finish() throws { try store.flush() }

    private func take(_ item: StreamItem, proves: Bool) throws {
        guard let place = position else { return try takeSnapshot() }
        if item.epoch < place.epoch { return }
        if item.epoch > place.epoch {
            report(.epoch(item.epoch))
            try takeSnapshot()
        }
        switch item {
        case .cell(let cell):
            try fill(until: cell.seq - 1)
            // Cells that are still missing are requested again with the next message.
            if cell.epoch == position?.epoch, cell.seq == (position?.seq ?? 0) + 1 { add(cell) }
        case .heartbeat(let heartbeat):
            try fill(until: heartbeat.seq)
            guard proves, heartbeat.epoch == position?.epoch, heartbeat.seq == position?.seq
            else { return }
            try verify(heartbeat)
        }
    }

    private func add(_ cell: CellChanged) {
        pending.append(cell)
        position?.seq = cell.seq
    }

    private func store(always: Bool = false) throws {
        guard let position, always || !pending.isEmpty else { return }
        try store.apply(pending, position)
        if !pending.isEmpty { report(.applied(pending)) }
        pending.removeAll(keepingCapacity: true)
    }

    private func verify(_ heartbeat: HeartbeatSent) throws {
        try store()
        guard try store.digest().description == heartbeat.digest else {
            report(.differs(seq: heartbeat.seq))
            return try takeSnapshot()
        }
        report(
            .verified(epoch: heartbeat.epoch, seq: heartbeat.seq, digest: heartbeat.digest))
    }

    // MARK: What is lacking

    private func fill(until: Int64) throws {
        guard let start = position, start.seq < until else { return }
        report(.gap(since: start.seq, until: until))
        while let place = position, place.seq < until {
            let request = RequestRange(
                dataset: dataset, epoch: place.epoch, since: place.seq, until: until,
                limit: CellPage.largest)
            switch try source.range(request) {
            case .answered(let page):
                for cell in page.cells where cell.seq == (position?.seq ?? 0) + 1 { add(cell) }
                try store()
                // Nothing more is published yet.
                if position == place { return }
            case .refused(let code, _, let expected):
                guard ["range_gone", "epoch_gone"].contains(code) else {
                    throw Refused(code: code, expected: expected)
                }
                report(.gone(code: code))
                return try takeSnapshot()
            }
        }
    }

    private func takeSnapshot() throws {
        pending.removeAll()
        // The epoch or the position may be gone before the snapshot is complete.
        while try !replace() {}
    }

    /// - Returns: false if another try is due.
    private func replace() throws -> Bool {
        guard let first = try page(RequestSnapshot(dataset: dataset, limit: CellPage.largest))
        else {
            Thread.sleep(forTimeInterval: 0.5)
            return false
        }
        var next: CellPage? = first
        let place = SubscriberPosition(
            dataset: dataset, epoch: first.epoch, seq: first.seq, offset: position?.offset)
        do {
            try store.replace(place) {
                guard let page = next else { return nil }
                next = nil
                if let after = page.next {
                    next = try self.page(
                        RequestSnapshot(
                            dataset: dataset, epoch: first.epoch, seq: first.seq, after: after,
                            limit: CellPage.largest))
                    if next == nil { throw Interrupted() }
                }
                report(.applied(page.cells))
                return page.cells
            }
        } catch is Interrupted {
            return false
        }
        position = place
        report(.snapshot(epoch: place.epoch, seq: place.seq))
        return true
    }

    private struct Interrupted: Error {}

    private func page(_ request: RequestSnapshot) throws -> CellPage? {
        switch try source.snapshot(request) {
        case .answered(let page): return page
        case .refused(let code, _, let expected):
            guard ["range_gone", "epoch_gone", "not_published"].contains(code) else {
                throw Refused(code: code, expected: expected)
            }
            return nil
        }
    }
}

/// Asks over the broker.
final class BrokerSource: SubscriberSource {
    private let queries: BrokerQueries

    init(_ queries: BrokerQueries) { self.queries = queries }

    func snapshot(_ request: RequestSnapshot) throws -> BrokerQueries.Answer<CellPage> {
        try queries.ask(request, for: CellPage.self)
    }

    func range(_ request: RequestRange) throws -> BrokerQueries.Answer<CellPage> {
        try queries.ask(request, for: CellPage.self)
    }

    func rest() { queries.close() }
}
