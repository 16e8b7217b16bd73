import Messages
import ServiceKit

/// Changes that a command makes to the registered stock: persons who live here, and households with
/// at least one such member.
///
/// A step with an earlier date than the step before it counts from the date of that step, because
/// the other territory has the person or household until then. So no territory ever counts fewer
/// than zero.
struct RegisteredStock {
    private struct TerritoryDay: Hashable {
        let territory: TerritoryCode
        let day: BusinessDate
    }

    private var sums: [TerritoryDay: StockChange] = [:]

    /// The changes, by territory and day, without those that cancel out.
    var changes: [StockChange] {
        sums.values.filter { $0.households != 0 || $0.persons != 0 }
            .sorted { ($0.territory, $0.day) < ($1.territory, $1.day) }
    }

    /// Counts a person in the territory and household after the command, and no longer in those
    /// before it. The caller stores the person, and has stored the households.
    mutating func count(
        _ before: Person, _ after: inout Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        move(before, &after, on: day)
        let left = before.state.isPresent ? before.household : nil
        let joined = after.state.isPresent ? after.household : nil
        guard left != joined else { return }
        if let left { try add(-1, to: left, on: day, unit) }
        if let joined { try add(1, to: joined, on: day, unit) }
    }

    /// The same for territories alone, without households.
    mutating func move(_ before: Person, _ after: inout Person, on day: BusinessDate) {
        let old = before.state.isPresent ? before.territory : nil
        let new = after.state.isPresent ? after.territory : nil
        guard old != new else { return }
        let day = max(day, before.countedFrom ?? before.registeredOn)
        after.countedFrom = day
        if let old { add(old, day, persons: -1) }
        if let new { add(new, day, persons: 1) }
    }

    /// Moves a household to another territory. The caller stores it.
    mutating func move(
        _ household: inout Household, to territory: TerritoryCode, on day: BusinessDate
    ) {
        if household.present > 0 {
            let day = max(day, household.countedFrom ?? household.registeredOn)
            household.countedFrom = day
            add(household.territory, day, households: -1)
            add(territory, day, households: 1)
        }
        household.territory = territory
    }

    /// Changes how many members of a household live here. The household is counted while there is
    /// one.
    mutating func add(
        _ members: Int32, to id: HouseholdID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        var household = try Households.named(id, unit)
        let wasCounted = household.present > 0
        household.present += members
        let isCounted = household.present > 0
        if wasCounted != isCounted {
            let day = max(day, household.countedFrom ?? household.registeredOn)
            household.countedFrom = day
            add(household.territory, day, households: isCounted ? 1 : -1)
        }
        try unit.store(household)
    }

    private mutating func add(
        _ territory: TerritoryCode, _ day: BusinessDate, households: Int = 0, persons: Int = 0
    ) {
        let none = StockChange(territory: territory, day: day, households: 0, persons: 0)
        let key = TerritoryDay(territory: territory, day: day)
        sums[key, default: none].households += households
        sums[key, default: none].persons += persons
    }
}
