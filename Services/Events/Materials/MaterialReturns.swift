import Messages
import ServiceKit

/// Takes unused copies of a distribution back. They can be distributed again.
enum MaterialReturns {
    static func giveBack(_ command: ReturnMaterial, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            MaterialReturn.self, command.materialReturn.uuid, else: .materialReturnExists,
            at: "/materialReturn")
        var distribution = try unit.require(
            Distribution.self, command.distribution.uuid, else: .unknownDistribution,
            at: "/distribution")
        try unit.requireScope(distribution.territory, at: "/distribution")
        try distribution.require(command)
        var material = try unit.require(
            Material.self, distribution.material.uuid, else: .unknownMaterial,
            at: "/distribution")
        let before = distribution
        distribution.returned += command.copies
        distribution.returns.add(command.copies, on: command.returnedOn)
        try material.replace(before, by: distribution, at: "/copies")
        try unit.store(material)
        try unit.store(
            MaterialReturn(
                id: command.materialReturn, distribution: distribution.id, copies: command.copies,
                returnedOn: command.returnedOn))
        unit.keep(command.reason, "reason", of: command.materialReturn.uuid)
        let fact = MaterialReturned(
            materialReturn: command.materialReturn, distribution: distribution.id,
            material: material.id, kind: material.kind, programme: material.programme,
            territory: distribution.territory, session: distribution.session,
            copies: command.copies, leftCopies: distribution.left,
            distributedOn: distribution.distributedOn, returnedOn: command.returnedOn)
        return try unit.save(&distribution, fact)
    }
}

extension Distribution {
    /// Refuses a day before the distribution, and more copies than are out.
    fileprivate func require(_ command: ReturnMaterial) throws(Refusal) {
        try command.returnedOn.require(
            from: distributedOn, else: .dateTooEarly, at: "/returnedOn")
        guard command.copies <= left else {
            throw Refusal(
                .moreThanDistributed, at: "/copies",
                expected: "at most \(left) copies, which are out")
        }
    }
}

extension RefusalCode {
    static let materialReturnExists = RefusalCode(
        "material_return_exists", "the id of a return that was not recorded yet")
    static let unknownDistribution = RefusalCode(
        "unknown_distribution", "the id of a recorded distribution")
    static let moreThanDistributed = RefusalCode(
        "more_than_distributed", "at most what was distributed and not returned")
}
