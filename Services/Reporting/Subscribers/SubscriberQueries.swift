import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers subscribers over the broker. All answers are public, so the broker's permission is enough.
enum SubscriberQueries {
    static func register(in router: inout Router) {
        router.on(RequestSnapshot.self, open: true, snapshot)
        router.on(RequestRange.self, open: true, range)
    }

    static func snapshot(_ query: RequestSnapshot, _ unit: UnitOfWork) throws -> CellPage {
        guard let state = try DatasetState.find(query.dataset, unit.query) else {
            throw Refusal(.unknownDataset, at: "/dataset")
        }
        try state.requireEpoch(query.epoch)
        let seq = query.seq ?? state.seq
        guard state.first - 1...state.seq ~= seq else {
            throw Refusal(.rangeGone, at: "/seq", expected: state.kept)
        }
        let limit = query.limit ?? CellPage.usual
        let found = try DatasetState.snapshot(
            of: state.name, at: seq, after: query.after ?? 0, limit: limit + 1, unit.query)
        return state.page(found, limit, seq: seq, digest: seq == state.seq ? state.digest : nil)
    }

    static func range(_ query: RequestRange, _ unit: UnitOfWork) throws -> CellPage {
        guard let state = try DatasetState.find(query.dataset, unit.query) else {
            throw Refusal(.unknownDataset, at: "/dataset")
        }
        try state.requireEpoch(query.epoch)
        guard query.since >= state.first - 1 else {
            throw Refusal(.rangeGone, at: "/since", expected: state.kept)
        }
        let limit = query.limit ?? CellPage.usual
        let found = try DatasetState.range(
            of: state.name, since: query.since, until: min(query.until ?? state.seq, state.seq),
            limit: limit + 1, unit.query)
        return state.page(found, limit, seq: state.seq, digest: nil)
    }
}

extension DatasetState {
    /// The range that can be asked for.
    var kept: String { "a seq from \(first - 1) to \(seq), or a snapshot" }

    /// - Parameter asked: nil for any epoch.
    fileprivate func requireEpoch(_ asked: Int64?) throws(Refusal) {
        guard epoch > 0 else { throw Refusal(.notPublished, at: "") }
        guard asked == nil || asked == epoch else {
            throw Refusal(.epochGone, at: "/epoch", expected: "\(epoch), and a snapshot of it")
        }
    }

    /// - Parameter found: one more than fits if there is another page.
    fileprivate func page(
        _ found: [Summary], _ limit: Int, seq: Int64, digest: SetDigest?
    ) -> CellPage {
        let cells = found.prefix(limit).map { $0.published(in: epoch) }
        return CellPage(
            dataset: name, epoch: epoch, seq: seq, digest: digest?.description, cells: cells,
            next: found.count > limit ? cells.last?.seq : nil)
    }
}

extension RefusalCode {
    static let unknownDataset = RefusalCode("unknown_dataset", "families, funding or activities")
    static let epochGone = RefusalCode("epoch_gone", "the epoch of the last message")
    static let rangeGone = RefusalCode("range_gone", "a range that is kept, or a snapshot")
    static let notPublished = RefusalCode(
        "not_published", "a little patience: reporting has just begun")
}
