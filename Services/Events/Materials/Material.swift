import Foundation
import Messages
import Postgres
import ServiceKit

/// A printed material, with the numbers of copies printed, and distributed and not returned.
struct Material: Row {
    let id: MaterialID
    let kind: MaterialKind
    let programme: Programme
    let territory: TerritoryCode
    let titleZh: String
    let titleEn: String
    /// The day from which there are copies.
    var printedOn: BusinessDate
    var printed = 0
    var distributed = 0
    /// Copies printed, distributed and returned on each day.
    var stock = DailyStock()

    var key: UUID { id.uuid }

    /// Puts a printing in the place of what was said of it before.
    mutating func replace(
        _ old: Printing?, by new: Printing, at pointer: String
    ) throws(Refusal) {
        printed += new.counted - (old?.counted ?? 0)
        if !new.isVoid { printedOn = min(printedOn, new.printedOn) }
        try replace(old?.changes, by: new.changes, at: pointer)
    }

    /// Puts a distribution in the place of what was said of it before.
    mutating func replace(
        _ old: Distribution?, by new: Distribution, at pointer: String
    ) throws(Refusal) {
        distributed += new.left - (old?.left ?? 0)
        try replace(old?.changes, by: new.changes, at: pointer)
    }

    /// Refuses what would hand out copies that were not there on some day.
    private mutating func replace(
        _ old: DailyStock?, by new: DailyStock, at pointer: String
    ) throws(Refusal) {
        if let old { stock.add(old, times: -1) }
        stock.add(new)
        guard stock.least >= 0 else {
            throw Refusal(
                .notEnoughPrinted, at: pointer,
                expected: "\(-stock.least) copies fewer handed out, or more printed by then")
        }
    }

    static let table = Table(
        "material", key: "id", Material.init,
        Field("id", \.id), Field("kind", \.kind), Field("programme", \.programme),
        Field("territory", \.territory), Field("title_zh", \.titleZh), Field("title_en", \.titleEn),
        Field("printed_on", \.printedOn), Field("printed", \.printed),
        Field("distributed", \.distributed), Field("stock", \.stock))
}

/// Copies that were printed at once.
struct Printing: Aggregate, Equatable {
    let id: PrintingID
    let material: MaterialID
    var copies: Int
    var printedOn: BusinessDate
    /// Whether a correction has said that it was none.
    var isVoid = false
    var sequence: Int64 = 0

    var key: UUID { id.uuid }
    fileprivate var counted: Int { isVoid ? 0 : copies }

    fileprivate var changes: DailyStock {
        var changes = DailyStock()
        changes.add(counted, on: printedOn)
        return changes
    }

    static let table = Table(
        "printing", key: "id", Printing.init,
        Field("id", \.id), Field("material", \.material), Field("copies", \.copies),
        Field("printed_on", \.printedOn), Field("is_void", \.isVoid),
        Field("sequence", \.sequence))
}

/// Copies that were distributed at once, and how many of them were returned. Its first fact says
/// that they were distributed; each return and each correction adds one.
struct Distribution: Aggregate, Equatable {
    let id: DistributionID
    let material: MaterialID
    var territory: TerritoryCode
    var session: SessionID?
    var copies: Int
    var distributedOn: BusinessDate
    var returned = 0
    /// The copies that were returned, by day.
    var returns = DailyStock()
    /// Whether a correction has said that it was none, nor its returns.
    var isVoid = false
    var sequence: Int64 = 0

    var key: UUID { id.uuid }
    /// Distributed and not returned.
    var left: Int { isVoid ? 0 : copies - returned }

    fileprivate var changes: DailyStock {
        guard !isVoid else { return DailyStock() }
        var changes = returns
        changes.add(-copies, on: distributedOn)
        return changes
    }

    static let table = Table(
        "distribution", key: "id", Distribution.init,
        Field("id", \.id), Field("material", \.material), Field("territory", \.territory),
        Field("session", \.session), Field("copies", \.copies),
        Field("distributed_on", \.distributedOn), Field("returned", \.returned),
        Field("returns", \.returns), Field("is_void", \.isVoid),
        Field("sequence", \.sequence))
}

/// Copies of a distribution that came back. The row makes sure that its id counts once.
struct MaterialReturn: Row {
    let id: MaterialReturnID
    let distribution: DistributionID
    let copies: Int
    let returnedOn: BusinessDate

    var key: UUID { id.uuid }

    static let table = Table(
        "material_return", key: "id", MaterialReturn.init,
        Field("id", \.id), Field("distribution", \.distribution), Field("copies", \.copies),
        Field("returned_on", \.returnedOn))
}

// MARK: Facts

extension Printing {
    /// All that is recorded of it.
    func subject(_ material: Material) -> PrintMaterial {
        PrintMaterial(
            printing: id, material: material.id, kind: material.kind,
            programme: material.programme, territory: material.territory,
            titleZh: material.titleZh, titleEn: material.titleEn, copies: copies,
            printedOn: printedOn)
    }
}

extension Distribution {
    /// All that is recorded of it.
    func subject(_ material: Material) -> MaterialDistributed {
        MaterialDistributed(
            distribution: id, material: material.id, kind: material.kind,
            programme: material.programme, territory: territory, session: session,
            copies: copies, distributedOn: distributedOn)
    }
}
