import Foundation
import Messages
import Postgres
import ServiceKit

/// The amounts that one record adds to the figures, as a fact says.
struct Entry: Sendable {
    var source: Source
    /// The record's kind and id, such as `loan/6f…`: one contribution each.
    var record: String
    var territory: TerritoryCode
    var day: BusinessDate
    var programme: Programme?
    /// The part of the source, such as the kind of an activity; empty if the source is not divided.
    var dimension = ""
    var times: Int64 = 1
    var amount: Int64 = 0
    /// The person or household that distinct counts count once.
    var subject: UUID?
    /// The session or posting on which it depends. It counts unless that is cancelled or taken back.
    var ground: UUID?
    /// The record is over: it counts nothing.
    var isVoid = false
    /// It corrects an earlier entry.
    var isCorrection = false
    /// The version of the record that it comes from; nil for the sequence of its fact.
    var version: Int64?
    /// Whether the fact says the day of the record. If not, the day of earlier versions stays.
    var isDated = true
}

/// A fact that says what a record contributes.
protocol Contributing: Fact {
    var entry: Entry { get }
    /// The contributions of other records that the fact speaks of.
    var others: [Entry] { get }
}

extension Contributing {
    var others: [Entry] { [] }
    var entries: [Entry] { [entry] + others }
}

/// A record's newest version, kept so that a correction can take back what it replaces.
struct Contribution: Row {
    var entry: Entry
    /// The sequence of the fact it comes from, or the version of the record that the fact has.
    let version: Int64
    /// That fact's id.
    let message: UUID
    /// The message that the fact came from.
    var cause: UUID?
    /// That fact's time; nil if it came before times were kept.
    var time: Timestamp?
    /// Causes whose postings were taken back, before or after the record came.
    var reversed = CauseList()
    var counts: Bool

    var key: String { entry.record }

    static let table = Table(
        "contribution", key: "record", Contribution.init,
        Field(
            [
                Column("source", \.entry.source), Column("record", \.entry.record),
                Column("territory", \.entry.territory), Column("day", \.entry.day),
                Column("programme", \.entry.programmeName),
                Column("dimension", \.entry.dimension), Column("times", \.entry.times),
                Column("amount", \.entry.amount), Column("subject", \.entry.subject),
                Column("session", \.entry.ground), Column("is_dated", \.entry.isDated),
                Column("is_void", \.entry.isVoid),
            ], Entry.init),
        Field("version", \.version), Field("message", \.message), Field("cause", \.cause),
        Field("time", \.time), Field("reversed", \.reversed), Field("counts", \.counts))
}

extension Entry {
    /// The largest count of one record, in either direction. Sums of some thousand million of them fit `Int64`.
    static let times: ClosedRange<Int64> = -1_000_000_000...1_000_000_000
    /// The amount of one record, in either direction: at most that of one message.
    static let amounts = -Fen.range.upperBound...Fen.range.upperBound

    /// Empty for what belongs to no programme.
    var programmeName: String { programme?.rawValue ?? "" }

    fileprivate init(_ row: inout RowCursor) throws {
        self.init(
            source: try row.next(), record: try row.next(), territory: try row.next(),
            day: try row.next(), programme: Programme(try row.next(String.self)),
            dimension: try row.next(), times: try row.next(), amount: try row.next(),
            subject: try row.next(optional: UUID.self), ground: try row.next(optional: UUID.self),
            isDated: try row.next())
        isVoid = try row.next()
    }
}

extension Router {
    mutating func take<F: Contributing>(_ type: F.Type) {
        on(
            type,
            keys: { fact, keys in for entry in fact.entries { Contributions.keys(entry, &keys) } },
            { try Contributions.take($0.entries, $1) })
    }
}

enum Contributions {
    static func keys(_ entry: Entry, _ keys: inout Keys) {
        keys.need(Contribution.self, entry.record)
        if let ground = entry.ground { keys.need(Ground.self, ground) }
    }

    static func take(_ entries: [Entry], _ unit: UnitOfWork) throws {
        for entry in entries { try put(entry, unit) }
    }

    /// Replaces the version of a record by a newer one. An older version changes nothing, except that it may bring the day that
    /// the kept one does not say.
    private static func put(_ entry: Entry, _ unit: UnitOfWork) throws {
        guard Entry.times.contains(entry.times), Entry.amounts.contains(entry.amount) else {
            throw Refusal(.contributionTooLarge, at: "")
        }
        let held = try unit.find(Contribution.self, entry.record)
        var next = Contribution(
            entry: entry, version: entry.version ?? unit.message.sequence ?? 1,
            message: unit.message.id,
            cause: unit.message.causationid, time: unit.message.time,
            reversed: held?.reversed ?? CauseList(), counts: false)
        if let held, held.version >= next.version {
            guard !held.entry.isDated, entry.isDated else { return }
            next = held
            next.entry.day = entry.day
            next.entry.isDated = true
        } else if let held, !entry.isDated, held.entry.isDated {
            next.entry.day = held.entry.day
            next.entry.isDated = true
        }
        let isHeld = try Grounds.counts(entry.ground, unit)
        next.counts = isHeld && next.entry.isDated && !next.entry.isVoid && !next.isReversed
        for delta in deltas(from: held, to: next) { unit.append(delta) }
        try unit.store(next)
    }

    /// The changes when one version replaces another, by place and day.
    static func deltas(from old: Contribution?, to new: Contribution) -> [Delta] {
        var deltas: [Delta] = []
        if let old, old.counts { deltas.append(Delta(old.entry, sign: -1)) }
        if new.counts {
            deltas.append(Delta(new.entry, sign: 1, mends: old?.counts == true))
        }
        return deltas
    }
}

extension RefusalCode {
    static let contributionTooLarge = RefusalCode(
        "contribution_too_large",
        "a count of at most \(Entry.times.upperBound), an amount of at most \(Entry.amounts.upperBound)"
    )
}
