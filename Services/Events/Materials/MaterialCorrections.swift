import Messages
import ServiceKit

/// Puts printings and distributions right. On no day are more copies handed out than were printed by then. A void record is made
/// good by a correction, which says all that holds.
enum MaterialCorrections {
    static func register(in router: inout Router) {
        router.on(VoidPrinting.self, keys: { keys($0.printing, $0, &$1) }, void)
        router.on(CorrectPrinting.self, keys: { keys($0.printing, $0, &$1) }, correct)
        router.on(VoidDistribution.self, keys: { keys($0.distribution, $0, &$1) }, void)
        router.on(
            CorrectDistribution.self,
            keys: { command, needed in
                keys(command.distribution, command, &needed)
                if let session = command.session { needed.need(Session.self, session.uuid) }
            }, correct)
    }

    @Sendable private static func keys(
        _ printing: PrintingID, _ command: some Correcting, _ keys: inout Keys
    ) {
        keys.need(Printing.self, printing.uuid)
        Corrections.keys(command, &keys)
    }

    @Sendable private static func keys(
        _ distribution: DistributionID, _ command: some Correcting, _ keys: inout Keys
    ) {
        keys.need(Distribution.self, distribution.uuid)
        Corrections.keys(command, &keys)
    }

    // MARK: Printings

    static func void(_ command: VoidPrinting, _ unit: UnitOfWork) throws -> Emission {
        var (printing, material) = try require(command.printing, unit)
        guard !printing.isVoid else { throw Refusal(.alreadyVoid, at: "/printing") }
        let before = printing
        printing.isVoid = true
        try material.replace(before, by: printing, at: "/printing")
        let mark = try Corrections.mark(command, over: [material.territory], unit)
        try unit.store(material)
        return try unit.save(&printing, PrintingVoided(before.subject(material), mark))
    }

    static func correct(_ command: CorrectPrinting, _ unit: UnitOfWork) throws -> Emission {
        var (printing, material) = try require(command.printing, unit)
        let before = printing
        (printing.copies, printing.printedOn) = (command.copies, command.printedOn)
        printing.isVoid = false
        guard printing != before else { throw Refusal(.nothingChanges, at: "/printing") }
        try material.replace(before, by: printing, at: "/copies")
        let mark = try Corrections.mark(command, over: [material.territory], unit)
        try unit.store(material)
        return try unit.save(&printing, PrintingCorrected(printing.subject(material), mark))
    }

    private static func require(
        _ id: PrintingID, _ unit: UnitOfWork
    ) throws -> (Printing, Material) {
        let printing = try unit.require(
            Printing.self, id.uuid, else: .unknownPrinting, at: "/printing")
        let material = try unit.require(
            Material.self, printing.material.uuid, else: .unknownMaterial, at: "/printing")
        try unit.requireScope(material.territory, at: "/printing")
        return (printing, material)
    }

    // MARK: Distributions

    static func void(_ command: VoidDistribution, _ unit: UnitOfWork) throws -> Emission {
        var (distribution, material) = try require(command.distribution, unit)
        guard !distribution.isVoid else { throw Refusal(.alreadyVoid, at: "/distribution") }
        let before = distribution
        distribution.isVoid = true
        try material.replace(before, by: distribution, at: "/distribution")
        let mark = try Corrections.mark(command, over: [distribution.territory], unit)
        try unit.store(material)
        return try unit.save(
            &distribution, DistributionVoided(before.subject(material), mark))
    }

    static func correct(_ command: CorrectDistribution, _ unit: UnitOfWork) throws -> Emission {
        var (distribution, material) = try require(command.distribution, unit)
        let before = distribution
        try material.require(command.territory)
        if let session = command.session { try Sessions.requireHeld(session, unit) }
        (distribution.territory, distribution.session) = (command.territory, command.session)
        (distribution.copies, distribution.distributedOn) = (command.copies, command.distributedOn)
        distribution.isVoid = false
        guard distribution != before else { throw Refusal(.nothingChanges, at: "/distribution") }
        try distribution.requireReturned()
        try material.replace(before, by: distribution, at: "/copies")
        let mark = try Corrections.mark(
            command, over: [before.territory, distribution.territory], unit)
        try unit.store(material)
        let fact = DistributionCorrected(
            distribution.subject(material), leftCopies: distribution.left, mark)
        return try unit.save(&distribution, fact)
    }

    private static func require(
        _ id: DistributionID, _ unit: UnitOfWork
    ) throws -> (Distribution, Material) {
        let distribution = try unit.require(
            Distribution.self, id.uuid, else: .unknownDistribution, at: "/distribution")
        try unit.requireScope(distribution.territory, at: "/distribution")
        let material = try unit.require(
            Material.self, distribution.material.uuid, else: .unknownMaterial,
            at: "/distribution")
        return (distribution, material)
    }
}

extension Distribution {
    /// Refuses fewer copies than were returned, and a day after the first return.
    fileprivate func requireReturned() throws(Refusal) {
        guard copies >= returned else {
            throw Refusal(
                .fewerThanReturned, at: "/copies", expected: "at least \(returned)")
        }
        if let day = returns.firstDay, distributedOn > day {
            throw Refusal(
                .fewerThanReturned, at: "/distributedOn",
                expected: "a date up to \(day), when copies were returned")
        }
    }
}

extension RefusalCode {
    static let unknownPrinting = RefusalCode("unknown_printing", "the id of a recorded printing")
    static let fewerThanReturned = RefusalCode(
        "fewer_than_returned", "at least the copies that were returned, handed out before")
}
