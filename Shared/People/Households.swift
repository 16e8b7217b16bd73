import Foundation
public import Messages
public import ServiceKit

/// Answers who lives in a household on a day, and which categories it has then.
public enum Households {
    /// A member of a household, under the id that counts now.
    public struct Member {
        public let person: Person
        public let stay: Stay
    }

    /// The members on that day. Who has died remains a member.
    public static func members(
        of household: HouseholdID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Member] {
        var members: [Member] = []
        let named = try Mentions.of(household.uuid, unit).persons
        for row in try unit.find(Person.self, all: named) {
            guard let stay = row.stay(on: day), stay.household == household,
                let person = try Persons.find(row.id, unit),
                !members.contains(where: { $0.person.id == person.id })
            else { continue }
            members.append(Member(person: person, stay: stay))
        }
        return members
    }

    /// The ids of all who ever had a stay there.
    public static func everMembers(
        of household: HouseholdID, _ unit: UnitOfWork
    ) throws -> [PersonID] {
        try Mentions.of(household.uuid, unit).persons.map { PersonID($0) }
    }

    /// The day from which on nobody has been there who is alive and was not erased, or on which it was dissolved. Nil if somebody
    /// is there, or nobody ever was. Only what is known last counts, whatever the day, so the answer does not depend on the
    /// order in which facts arrive.
    public static func emptiedOn(_ id: HouseholdID, _ unit: UnitOfWork) throws -> BusinessDate? {
        guard let household = try unit.find(Household.self, named: id.uuid) else { return nil }
        if let day = household.dissolvedOn { return day }
        var last: BusinessDate?
        for row in try unit.find(Person.self, all: Mentions.of(id.uuid, unit).persons)
        where row.stays.contains(where: { $0.household == id }) {
            guard let day = row.goneFrom(id) else { return nil }
            last = max(last ?? day, day)
        }
        return last
    }

    /// The categories that hold for it on that day: its own, and those of its members, who bring them along wherever they
    /// live. One about a person who is not known yet counts for the household for which it was asserted.
    public static func categories(
        of household: HouseholdID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [CategoryAssertion] {
        let named = try Mentions.of(household.uuid, unit).assertions
        let own = try unit.find(CategoryAssertion.self, all: named).filter {
            try $0.holds(on: day)
                && ($0.subject == household.uuid || unit.find(Person.self, $0.subject) == nil)
        }
        let brought = try members(of: household, on: day, unit).flatMap {
            try Persons.categories(of: $0.person, on: day, unit)
        }
        return own + brought
    }
}
