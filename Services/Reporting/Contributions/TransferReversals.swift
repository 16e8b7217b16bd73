import Foundation
import Messages
import Postgres
import ServiceKit

/// The messages whose postings were taken back, kept in one column of text with spaces between them.
struct CauseList: Hashable, Sendable {
    private var ids: [UUID] = []

    func contains(_ id: UUID) -> Bool { ids.contains(id) }

    mutating func insert(_ id: UUID) { ids.append(id) }
}

extension CauseList: PostgresValue {
    static var postgresType: PostgresType { .text }

    func encode(into buffer: inout [UInt8]) {
        ids.map { $0.uuidString.lowercased() }.joined(separator: " ").encode(into: &buffer)
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) throws -> CauseList {
        var list = CauseList()
        for word in try String.decode(bytes).split(separator: " ") {
            guard let id = UUID(uuidString: String(word)) else {
                throw StoredValueError(type: "list of ids")
            }
            list.insert(id)
        }
        return list
    }
}

extension Contribution {
    var isReversed: Bool { cause.map(reversed.contains) ?? false }
}

/// Takes back what a posting had contributed. The record may come to count again by another posting, such as a
/// loan that is paid out once more: a reversal is of the message that led to the posting, whichever comes first.
enum TransferReversals {
    static func register(in router: inout Router) {
        // Alone, because it looks for all that followed from the posting.
        router.on(
            TransferReversed.self,
            keys: { fact, keys in
                for record in records(of: fact) { keys.need(Contribution.self, record) }
                if let entry = entry(of: fact) { Contributions.keys(entry, &keys) }
            }, alone: true, reverse)
    }

    static func reverse(_ fact: TransferReversed, _ unit: UnitOfWork) throws {
        if let entry = entry(of: fact) { return try Contributions.take([entry], unit) }
        if isGround(fact) { try Grounds.cancel(fact.transfer.uuid, unit) }
        for record in records(of: fact) { try reverse(record, fact, unit) }
    }

    /// Whether facts of other messages follow from such a posting: a loan falls overdue after it was paid out, and
    /// catches up by a repayment.
    private static func isGround(_ fact: TransferReversed) -> Bool {
        fact.kind == .disbursement || fact.kind == .repayment
    }

    private static func reverse(
        _ record: String, _ fact: TransferReversed, _ unit: UnitOfWork
    ) throws {
        let held = try unit.find(Contribution.self, record)
        // Version 0 reserves an unknown record. Every version replaces it.
        var next =
            held
            ?? Contribution(
                entry: Entry(
                    source: .deposit, record: record, territory: fact.territory,
                    day: fact.postedOn, programme: fact.programme),
                version: 0, message: unit.message.id, counts: false)
        guard !next.reversed.contains(fact.cause) else { return }
        next.reversed.insert(fact.cause)
        if next.isReversed { next.counts = false }
        for delta in Contributions.deltas(from: held, to: next) { unit.append(delta) }
        try unit.store(next)
    }

    /// The records that the posting's fact has contributed.
    private static func records(of fact: TransferReversed) -> [String] {
        let (subject, record) = (fact.subject.wireText, fact.record.wireText)
        switch fact.kind {
        case .deposit: return ["deposit/\(record)"]
        case .donation: return ["donation/\(record)"]
        case .refund: return ["refund/\(record)"]
        // Of an approval that expired; that a loan was withdrawn was never counted.
        case .release: return ["loan/\(subject)/expired"]
        case .disbursement: return ["loan/\(subject)"]
        case .repayment: return ["repayment/\(record)"]
        case .writeOff: return ["loan/\(subject)/written_off"]
        case .grant: return ["grant/\(subject)", "grant/\(subject)/all"]
        case .grantReturn: return ["grant_return/\(record)"]
        case .premium:
            guard let basis = fact.basis else { return [] }
            return EnrolmentInsured.records(
                of: RunID(fact.subject), fact.territory, basis, by: fact.cause)
        case .premiumReturn: return PolicyTerminated.records(of: PolicyID(fact.subject))
        // Nothing was contributed, or it was a part of an allocation.
        default: return []
        }
    }

    /// One line of an allocation is taken back, not all that its fact has contributed.
    private static func entry(of fact: TransferReversed) -> Entry? {
        guard fact.kind == .allocation else { return nil }
        return Entry(
            source: .allocation, record: "reversal/\(fact.reversal)", territory: fact.territory,
            day: fact.postedOn, programme: fact.programme, times: -1,
            amount: -fact.amountFen.rawValue, isCorrection: true)
    }
}
