import Foundation
import Messages
import Postgres
import ServiceKit

/// A kit with its current version. The bills of materials of all versions are kept.
struct Kit: Aggregate {
    let item: String
    var version: Int32
    var sequence: Int64 = 0

    var key: String { item }

    static let table = Table(
        "kit", key: "item", lock: .share, Kit.init,
        Field("item", \.item), Field("version", \.version), Field("sequence", \.sequence))
}

/// A line of the bill of materials of a version of a kit.
struct KitLine: Record {
    let kit: String
    let version: Int32
    let part: KitPart

    static let table = RecordTable<KitLine>(
        "kit_part",
        columns: [
            Column("kit", \.kit), Column("version", \.version), Column("item", \.part.item),
            Column("quantity", { Int64($0.part.quantity) }),
        ])
}

/// Turns items into kits by a bill of materials.
enum Kits {
    static func register(in router: inout Router) {
        router.on(DefineKit.self, keys: { $1.need(Kit.self, $0.kit) }, define)
        router.on(
            KitGoods.self,
            keys: {
                $1.need(Kit.self, $0.kit)
                $1.need(GoodsMovement.self, $0.kitting.uuid)
                KnownSites.keys($0.place.site, &$1)
            }, alone: true, make)
    }

    static func define(_ command: DefineKit, _ unit: UnitOfWork) throws -> Emission {
        var kit = try unit.find(Kit.self, command.kit) ?? Kit(item: command.kit, version: 0)
        let version = try Versions.requireNew(command.version, above: kit.version)
        kit.version = version
        for part in command.parts {
            unit.append(KitLine(kit: kit.item, version: version, part: part))
        }
        let fact = KitDefined(command)
        return try unit.save(&kit, fact)
    }

    static func make(_ command: KitGoods, _ unit: UnitOfWork) throws -> Emission {
        try command.place.requireScope(unit)
        try unit.requireNew(
            GoodsMovement.self, command.kitting.uuid, else: .movementExists, at: "/kitting")
        guard let kit = try unit.find(Kit.self, command.kit) else {
            // A kit has no id for which a message could wait, so the message is retried by the schedule.
            throw Wait(for: unit.message.id, else: .unknownKit, at: "/kit")
        }
        let cause = command.kitting.uuid
        var used: [KitPart] = []
        for part in try parts(of: kit, unit) {
            let (needed, tooMany) = part.quantity.multipliedReportingOverflow(by: command.quantity)
            if tooMany { throw Refusal(.stockExhausted, at: "/quantity") }
            try Stock.remove(
                needed, of: part.item, from: command.place, on: command.businessDate, for: cause,
                at: "/quantity", unit)
            used.append(KitPart(item: part.item, quantity: needed))
        }
        try Stock.add(
            command.quantity, of: kit.item, to: command.place, on: command.businessDate,
            for: cause, unit)
        var movement = GoodsMovement(
            id: cause, kind: .kitted, item: kit.item, quantity: Int64(command.quantity),
            place: command.place, programme: nil, businessDate: command.businessDate)
        let fact = GoodsKitted(
            kitting: command.kitting, kit: kit.item, version: Int(kit.version),
            quantity: command.quantity, parts: used, place: command.place,
            businessDate: command.businessDate)
        return try unit.save(&movement, fact)
    }

    private static func parts(of kit: Kit, _ unit: UnitOfWork) throws -> [KitPart] {
        let rows = try unit.query(
            """
            SELECT item, quantity FROM kit_part
            WHERE kit = \(kit.item) AND version = \(kit.version) ORDER BY item
            """)
        return try rows.map {
            KitPart(
                item: try $0.decode(String.self, at: 0), quantity: try $0.decode(Int.self, at: 1))
        }
    }
}

extension RefusalCode {
    static let unknownKit = RefusalCode("unknown_kit", "a kit that is defined")
}
