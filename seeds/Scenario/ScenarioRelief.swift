import CommandLineKit
import Messages

struct ReliefSeeds: Decodable {
    struct Duty: Decodable {
        let territory: TerritoryCode
        let staff: Int
        let registeredOn: BusinessDate
        let lanePosts: Int
        let compounds: Int
        let offeredOn: BusinessDate
        let firstOn: BusinessDate
        let days: Int
        /// Shifts of each household that volunteers.
        let householdShifts: [Int]
    }
    let programme: Programme
    let receivedOn: BusinessDate
    let issuedOn: BusinessDate
    /// Families supplied with masks; the last ones are counted only.
    let families: Int
    let namedFamilies: Int
    let masksEach: Int
    let kits: Int
    let duty: Duty
}

/// Epidemic relief: masks and health kits for special families.
extension ScenarioGenerator {
    private static let mask = "mask"
    private static let kit = "health-kit"
    private static let kitParts = [
        KitPart(item: mask, quantity: 10), KitPart(item: "thermometer", quantity: 1),
        KitPart(item: "sanitizer", quantity: 1),
    ]

    mutating func relieve() throws {
        let seed = seeds.reference.relief
        let families = Array(population.specialFamilies.prefix(seed.namedFamilies))
        try issueMasks(seed, to: families)
        try issueKits(seed, to: families)
        try standGuard(seed.duty, seed.programme)
    }

    private mutating func receive(
        _ item: String, _ quantity: Int, _ territory: TerritoryCode, _ seed: ReliefSeeds
    ) throws {
        try emit(
            .preparations,
            ReceiveGoods(
                receipt: id(), item: item, quantity: quantity, place: Place(territory: territory),
                programme: seed.programme, businessDate: seed.receivedOn))
    }

    /// - Parameter families: that are only counted, where nobody is named.
    private mutating func issue(
        _ item: String, _ quantity: Int, from place: TerritoryCode,
        to family: ScenarioPopulation.Family?, families: Int?, in phase: ScenarioPhase,
        _ seed: ReliefSeeds
    ) throws {
        let day = seed.issuedOn.adding(days: random.below(20))
        let territory = family?.territory ?? place
        for (measure, value) in [("goods_issued", quantity), ("families_supplied", families ?? 1)] {
            expectation.add(
                measure, Int64(value), programme: seed.programme, dimension: item, in: territory,
                on: day)
        }
        try emit(
            phase,
            IssueGoods(
                issue: id(), item: item, quantity: quantity, place: Place(territory: place),
                recipient: family.map {
                    GoodsRecipient(kind: .household, id: $0.household.uuid)
                }, programme: seed.programme, familiesSupplied: families, businessDate: day))
    }

    /// From the stock of each subdistrict: to families by name, and to others that it only counted.
    private mutating func issueMasks(
        _ seed: ReliefSeeds, to families: [ScenarioPopulation.Family]
    ) throws {
        let subdistricts = seeds.territory.units.map(\.code).filter { $0.level == .subdistrict }
        for subdistrict in subdistricts {
            try receive(Self.mask, seed.families * seed.masksEach, subdistrict, seed)
        }
        for family in families {
            let place = family.territory.ancestor(at: .subdistrict) ?? family.territory
            try issue(
                Self.mask, seed.masksEach, from: place, to: family, families: nil,
                in: .applications, seed)
        }
        let rest = seed.families - families.count
        for (index, subdistrict) in subdistricts.enumerated() {
            let count = rest / subdistricts.count + (index < rest % subdistricts.count ? 1 : 0)
            guard count > 0 else { continue }
            try issue(
                Self.mask, count * seed.masksEach, from: subdistrict, to: nil, families: count,
                in: .applications, seed)
        }
    }

    /// Kits are made at the district of what it has received.
    private mutating func issueKits(
        _ seed: ReliefSeeds, to families: [ScenarioPopulation.Family]
    ) throws {
        let district = seeds.reference.district
        try emit(.foundations, DefineKit(kit: Self.kit, version: 1, parts: Self.kitParts))
        for part in Self.kitParts {
            try receive(part.item, part.quantity * seed.kits, district, seed)
        }
        try emit(
            .applications,
            KitGoods(
                kitting: id(), kit: Self.kit, quantity: seed.kits,
                place: Place(territory: district), businessDate: seed.receivedOn))
        for family in families.prefix(seed.kits) {
            try issue(
                Self.kit, 1, from: district, to: family, families: nil, in: .endorsements, seed)
        }
        let rest = seed.kits - families.count
        guard rest > 0 else { return }
        try issue(
            Self.kit, rest, from: district, to: nil, families: rest, in: .endorsements, seed)
    }
}
