import Messages
import ServiceKit

/// What a command changes of those who are registered: persons who live here, and households of which one does.
///
/// A step that is dated before the one before it counts from the day of that one on: until then the other place has
/// counted. So no place ever counts fewer than nobody.
struct RegisteredStock {
    private struct Place: Hashable {
        let territory: TerritoryCode
        let day: BusinessDate
    }

    private var sums: [Place: StockChange] = [:]

    /// What changed, without what cancels out.
    var changes: [StockChange] {
        sums.values.filter { $0.households != 0 || $0.persons != 0 }
            .sorted { ($0.territory, $0.day) < ($1.territory, $1.day) }
    }

    /// Counts a person where the person is now, and no longer where the person was. The caller stores the person, and has
    /// stored the households.
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

    /// The same, but for households.
    mutating func move(_ before: Person, _ after: inout Person, on day: BusinessDate) {
        let old = before.state.isPresent ? before.territory : nil
        let new = after.state.isPresent ? after.territory : nil
        guard old != new else { return }
        let day = max(day, before.countedFrom ?? before.registeredOn)
        after.countedFrom = day
        if let old { add(old, day, persons: -1) }
        if let new { add(new, day, persons: 1) }
    }

    /// A household lives elsewhere. The caller stores it.
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

    /// So many more members of a household live here.
    mutating func add(
        _ members: Int32, to id: HouseholdID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        var household = try Households.named(id, unit)
        let wasCounted = household.present > 0
        // A version that did not count them may have registered the household while this one was put in its place.
        household.present = max(0, household.present + members)
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
        sums[Place(territory: territory, day: day), default: none].households += households
        sums[Place(territory: territory, day: day), default: none].persons += persons
    }

    static let migration = Migration(
        "0030_registered_stock",
        """
        ALTER TABLE person ADD COLUMN counted_from date;
        COMMENT ON COLUMN person.counted_from
            IS 'since when the person counts where the person is; null: since the registration';
        ALTER TABLE household
            ADD COLUMN present      integer NOT NULL DEFAULT 0 CHECK (present >= 0),
            ADD COLUMN counted_from date;
        COMMENT ON COLUMN household.present IS 'members who live here; without one it does not count';
        UPDATE household AS h SET present = m.present
        FROM (SELECT household, count(*) AS present FROM person
              WHERE household IS NOT NULL AND state IN ('provisional', 'verified')
              GROUP BY household) AS m
        WHERE h.id = m.household;
        """)
}
