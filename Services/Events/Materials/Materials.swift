import Messages
import ServiceKit

/// Records printed materials such as leaflets and their distribution, never more copies than were
/// printed by that day, and takes back what was not used.
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
        router.on(
            ReturnMaterial.self,
            keys: {
                $1.need(MaterialReturn.self, $0.materialReturn.uuid)
                $1.need(Distribution.self, $0.distribution.uuid)
            }, MaterialReturns.giveBack)
    }

    static func print(_ command: PrintMaterial, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Printing.self, command.printing.uuid, else: .printingExists, at: "/printing")
        var material = try unit.find(Material.self, command.material.uuid) ?? Material(command)
        try unit.requireScope(material.territory, at: "/material")
        try material.require(command)
        var printing = Printing(
            id: command.printing, material: material.id, copies: command.copies,
            printedOn: command.printedOn)
        try material.replace(nil, by: printing, at: "/copies")
        try unit.store(material)
        return try unit.save(&printing, MaterialPrinted(printing.subject(material)))
    }

    static func distribute(_ command: DistributeMaterial, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Distribution.self, command.distribution.uuid, else: .distributionExists,
            at: "/distribution")
        var material = try unit.require(
            Material.self, command.material.uuid, else: .unknownMaterial, at: "/material")
        try unit.requireScope(
            of: material.territory, serving: command.territory, at: "/material")
        try material.require(command)
        if let session = command.session { try Sessions.requireHeld(session, unit) }
        var distribution = Distribution(
            id: command.distribution, material: material.id, territory: command.territory,
            session: command.session, copies: command.copies,
            distributedOn: command.distributedOn)
        try material.replace(nil, by: distribution, at: "/copies")
        try unit.store(material)
        return try unit.save(&distribution, distribution.subject(material))
    }
}

extension Material {
    fileprivate init(_ command: PrintMaterial) {
        self.init(
            id: command.material, kind: command.kind, programme: command.programme,
            territory: command.territory, titleZh: command.titleZh, titleEn: command.titleEn,
            printedOn: command.printedOn)
    }

    /// Refuses a reprint that describes the material differently from the first printing.
    fileprivate func require(_ command: PrintMaterial) throws(Refusal) {
        guard kind == command.kind else { throw Refusal(.materialDiffers, at: "/kind") }
        guard programme == command.programme else {
            throw Refusal(.materialDiffers, at: "/programme")
        }
        guard territory == command.territory else {
            throw Refusal(.materialDiffers, at: "/territory")
        }
    }

    /// Refuses a territory outside the material's, a day before the first printing, and more copies
    /// than are left.
    fileprivate func require(_ command: DistributeMaterial) throws(Refusal) {
        try require(command.territory)
        try command.distributedOn.require(
            from: printedOn, else: .notPrintedYet, at: "/distributedOn")
        let left = stock.least(from: command.distributedOn)
        guard command.copies <= left else {
            throw Refusal(
                .notEnoughPrinted, at: "/copies", expected: "at most \(left) copies, which are left"
            )
        }
    }

    /// Refuses a territory outside the material's.
    func require(_ part: TerritoryCode) throws(Refusal) {
        guard territory.contains(part) else {
            throw Refusal(
                .outsideMaterial, at: "/territory", expected: "a code in \(territory)")
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
