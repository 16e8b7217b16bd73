import Foundation
import Messages
import Postgres
import ServiceKit

/// Something printed, and how many copies of it there are.
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

/// Copies that were printed at once. It says one thing once, so its only fact is number 1.
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

/// Copies that were handed out at once. Its only fact is number 1, too.
struct Distribution: Aggregate {
    let id: DistributionID
    let material: MaterialID
    let territory: TerritoryCode
    let session: SessionID?
    let copies: Int
    let distributedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Distribution>(
        "distribution", key: "id",
        columns: [
            Column("id", { $0.id }), Column("material", { $0.material }),
            Column("territory", { $0.territory }), Column("session", optional: { $0.session }),
            Column("copies", { $0.copies }), Column("distributed_on", { $0.distributedOn }),
        ]
    ) { row in
        Distribution(
            id: try row.next(DistributionID.self), material: try row.next(MaterialID.self),
            territory: try row.next(TerritoryCode.self),
            session: try row.next(optional: SessionID.self), copies: try row.next(Int.self),
            distributedOn: try row.next(BusinessDate.self), sequence: 1)
    }
}

/// Prints leaflets and the like and hands them out, never more than were printed.
enum Materials {
    static func register(in router: inout Router) {
        router.on(
            PrintMaterial.self,
            keys: {
                $1.need(Printing.self, $0.printing.uuid)
                $1.need(Material.self, $0.material.uuid)
            }, print)
        router.on(
            DistributeMaterial.self,
            keys: { command, keys in
                keys.need(Distribution.self, command.distribution.uuid)
                keys.need(Material.self, command.material.uuid)
                if let session = command.session { keys.need(Session.self, session.uuid) }
            }, distribute)
    }

    static func print(_ command: PrintMaterial, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Printing.self, command.printing.uuid, else: .printingExists, at: "/printing")
        var material = try unit.find(Material.self, command.material.uuid) ?? Material(command)
        try material.require(command)
        material.printed += command.copies
        material.printedOn = min(material.printedOn, command.printedOn)
        try unit.store(material)
        var printing = Printing(
            id: command.printing, material: material.id, copies: command.copies,
            printedOn: command.printedOn)
        let fact = MaterialPrinted(
            printing: printing.id, material: material.id, kind: material.kind,
            programme: material.programme, territory: material.territory,
            titleZh: material.titleZh, titleEn: material.titleEn, copies: printing.copies,
            printedOn: printing.printedOn)
        return try unit.save(&printing, fact)
    }

    static func distribute(_ command: DistributeMaterial, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Distribution.self, command.distribution.uuid, else: .distributionExists,
            at: "/distribution")
        var material = try unit.require(
            Material.self, command.material.uuid, else: .unknownMaterial, at: "/material")
        try material.require(command)
        if let session = command.session { try Sessions.requireHeld(session, unit) }
        material.distributed += command.copies
        try unit.store(material)
        var distribution = Distribution(
            id: command.distribution, material: material.id, territory: command.territory,
            session: command.session, copies: command.copies,
            distributedOn: command.distributedOn)
        let fact = MaterialDistributed(
            distribution: distribution.id, material: material.id, kind: material.kind,
            programme: material.programme, territory: distribution.territory,
            session: distribution.session, copies: distribution.copies,
            distributedOn: distribution.distributedOn)
        return try unit.save(&distribution, fact)
    }

    static let migration = Migration(
        "0010_materials",
        """
        CREATE TABLE material (
            id          uuid   PRIMARY KEY,
            kind        text   NOT NULL CHECK (kind IN ('leaflet', 'booklet', 'poster', 'handbook')),
            programme   text   NOT NULL,
            territory   text   NOT NULL,
            title_zh    text   NOT NULL,
            title_en    text   NOT NULL,
            printed_on  date   NOT NULL,
            printed     bigint NOT NULL CHECK (printed > 0),
            distributed bigint NOT NULL CHECK (distributed >= 0),
            CONSTRAINT material_never_more_than_printed CHECK (distributed <= printed)
        );

        CREATE TABLE printing (
            id         uuid   PRIMARY KEY,
            material   uuid   NOT NULL REFERENCES material DEFERRABLE INITIALLY DEFERRED,
            copies     bigint NOT NULL CHECK (copies > 0),
            printed_on date   NOT NULL
        );

        CREATE TABLE distribution (
            id             uuid   PRIMARY KEY,
            material       uuid   NOT NULL REFERENCES material DEFERRABLE INITIALLY DEFERRED,
            territory      text   NOT NULL,
            session        uuid   REFERENCES session DEFERRABLE INITIALLY DEFERRED,
            copies         bigint NOT NULL CHECK (copies > 0),
            distributed_on date   NOT NULL
        );
        """)
}

extension Material {
    fileprivate init(_ command: PrintMaterial) {
        self.init(
            id: command.material, kind: command.kind, programme: command.programme,
            territory: command.territory, titleZh: command.titleZh, titleEn: command.titleEn,
            printedOn: command.printedOn)
    }

    /// Refuses a reprint that says something else of the material than the first printing.
    fileprivate func require(_ command: PrintMaterial) throws(Refusal) {
        guard kind == command.kind else { throw Refusal(.materialDiffers, at: "/kind") }
        guard programme == command.programme else {
            throw Refusal(.materialDiffers, at: "/programme")
        }
        guard territory == command.territory else {
            throw Refusal(.materialDiffers, at: "/territory")
        }
    }

    /// Refuses copies for elsewhere, from before there were any, or more than are left.
    fileprivate func require(_ command: DistributeMaterial) throws(Refusal) {
        guard territory.contains(command.territory) else {
            throw Refusal(
                .outsideMaterial, at: "/territory", expected: "a code in \(territory)")
        }
        try command.distributedOn.require(
            from: printedOn, else: .notPrintedYet, at: "/distributedOn")
        let left = printed - distributed
        guard command.copies <= left else {
            throw Refusal(.notEnoughPrinted, at: "/copies", expected: "at most \(left)")
        }
    }
}

extension RefusalCode {
    static let printingExists = RefusalCode(
        "printing_exists", "the id of a printing that was not recorded yet")
    static let materialDiffers = RefusalCode(
        "material_differs", "what the first printing has said of the material")
    static let distributionExists = RefusalCode(
        "distribution_exists", "the id of a distribution that was not recorded yet")
    static let unknownMaterial = RefusalCode("unknown_material", "the id of a printed material")
    static let outsideMaterial = RefusalCode(
        "outside_material", "a territory for which the material was printed")
    static let notPrintedYet = RefusalCode(
        "not_printed_yet", "a date that is not before the first printing")
    static let notEnoughPrinted = RefusalCode(
        "not_enough_printed", "no more copies than are left")
}
