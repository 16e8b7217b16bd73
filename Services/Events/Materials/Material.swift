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

    static let table = Table(
        "material", key: "id", Material.init,
        Field("id", \.id), Field("kind", \.kind), Field("programme", \.programme),
        Field("territory", \.territory), Field("title_zh", \.titleZh), Field("title_en", \.titleEn),
        Field("printed_on", \.printedOn), Field("printed", \.printed),
        Field("distributed", \.distributed))
}

/// Copies that were printed at once. It has one fact, with sequence 1.
struct Printing: Aggregate {
    let id: PrintingID
    let material: MaterialID
    let copies: Int
    let printedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "printing", key: "id", Printing.init,
        Field("id", \.id), Field("material", \.material), Field("copies", \.copies),
        Field("printed_on", \.printedOn), Field(always: 1))
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

    static let table = Table(
        "distribution", key: "id", Distribution.init,
        Field("id", \.id), Field("material", \.material), Field("territory", \.territory),
        Field("session", \.session), Field("copies", \.copies),
        Field("distributed_on", \.distributedOn), Field("returned", \.returned),
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
