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

    var key: UUID { id.uuid }

    static let table = Table<Material>(
        "material", key: "id",
        columns: [
            Column("id", { $0.id }), Column("kind", { $0.kind.rawValue }),
            Column("programme", { $0.programme }), Column("territory", { $0.territory }),
            Column("title_zh", { $0.titleZh }), Column("title_en", { $0.titleEn }),
            Column("printed_on", { $0.printedOn }), Column("printed", { $0.printed }),
            Column("distributed", { $0.distributed }),
        ]
    ) { row in
        Material(
            id: try row.next(MaterialID.self), kind: try row.next(enum: MaterialKind.self),
            programme: try row.next(Programme.self), territory: try row.next(TerritoryCode.self),
            titleZh: try row.next(String.self), titleEn: try row.next(String.self),
            printedOn: try row.next(BusinessDate.self), printed: try row.next(Int.self),
            distributed: try row.next(Int.self))
    }
}

/// Copies that were printed at once. It has one fact, with sequence 1.
struct Printing: Aggregate {
    let id: PrintingID
    let material: MaterialID
    let copies: Int
    let printedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Printing>(
        "printing", key: "id",
        columns: [
            Column("id", { $0.id }), Column("material", { $0.material }),
            Column("copies", { $0.copies }), Column("printed_on", { $0.printedOn }),
        ]
    ) { row in
        Printing(
            id: try row.next(PrintingID.self), material: try row.next(MaterialID.self),
            copies: try row.next(Int.self), printedOn: try row.next(BusinessDate.self),
            sequence: 1)
    }
}

/// Copies that were distributed at once, and how many of them were returned. Its first fact says
/// that they were distributed; each return adds one.
struct Distribution: Aggregate {
    let id: DistributionID
    let material: MaterialID
    let territory: TerritoryCode
    let session: SessionID?
    let copies: Int
    let distributedOn: BusinessDate
    var returned = 0
    var sequence: Int64 = 0

    var key: UUID { id.uuid }
    /// Distributed and not returned.
    var left: Int { copies - returned }

    static let table = Table<Distribution>(
        "distribution", key: "id",
        columns: [
            Column("id", { $0.id }), Column("material", { $0.material }),
            Column("territory", { $0.territory }), Column("session", optional: { $0.session }),
            Column("copies", { $0.copies }), Column("distributed_on", { $0.distributedOn }),
            Column("returned", { $0.returned }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Distribution(
            id: try row.next(DistributionID.self), material: try row.next(MaterialID.self),
            territory: try row.next(TerritoryCode.self),
            session: try row.next(optional: SessionID.self), copies: try row.next(Int.self),
            distributedOn: try row.next(BusinessDate.self), returned: try row.next(Int.self),
            sequence: try row.next(Int64.self))
    }
}

/// Copies of a distribution that came back, and why. The row makes sure that its id counts once.
struct MaterialReturn: Row {
    let id: MaterialReturnID
    let distribution: DistributionID
    let copies: Int
    let returnedOn: BusinessDate
    let reason: String

    var key: UUID { id.uuid }

    static let table = Table<MaterialReturn>(
        "material_return", key: "id",
        columns: [
            Column("id", { $0.id }), Column("distribution", { $0.distribution }),
            Column("copies", { $0.copies }), Column("returned_on", { $0.returnedOn }),
            Column("reason", { $0.reason }),
        ]
    ) { row in
        MaterialReturn(
            id: try row.next(MaterialReturnID.self),
            distribution: try row.next(DistributionID.self), copies: try row.next(Int.self),
            returnedOn: try row.next(BusinessDate.self), reason: try row.next(String.self))
    }
}
