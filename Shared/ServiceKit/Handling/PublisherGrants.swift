internal import Messages

/// The projection of registry's grants, in every other service.
enum PublisherGrants {
    static func granted(_ fact: PublisherGranted, _ unit: UnitOfWork) throws {
        try take(
            fact.publisher, fact.types.joined(separator: " "),
            fact.territories.map(\.rawValue).joined(separator: " "), isGranted: true, unit)
    }

    static func revoked(_ fact: PublisherRevoked, _ unit: UnitOfWork) throws {
        try take(fact.publisher, "", "", isGranted: false, unit)
    }

    private static func take(
        _ publisher: String, _ types: String, _ territories: String, isGranted: Bool,
        _ unit: UnitOfWork
    ) throws {
        let sequence = unit.message.sequence ?? 0
        if let held = try unit.find(PublisherGrant.self, publisher), held.sequence >= sequence {
            return
        }
        unit.wake(DerivedID.grant(of: publisher))
        try unit.store(
            PublisherGrant(
                name: publisher, types: types, territories: territories, isGranted: isGranted,
                sequence: sequence, takenAt: unit.now))
    }
}
