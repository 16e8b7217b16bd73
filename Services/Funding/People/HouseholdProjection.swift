import Foundation
import Messages
import Postgres
import ServiceKit

/// What funding knows of a household. Nobody's name or number is among it.
struct Household: Row {
    let id: HouseholdID
    var territory: TerritoryCode
    /// Which of the household's facts this is from.
    var sequence: Int64
    /// When its last move was.
    var movedOn: BusinessDate?

    var key: UUID { id.uuid }

    static let table = Table<Household>(
        "household", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("territory", { $0.territory }),
            Column("sequence", { $0.sequence }), Column("moved_on", optional: { $0.movedOn }),
        ]
    ) { row in
        Household(
            id: HouseholdID(try row.next()), territory: try row.next(), sequence: try row.next(),
            movedOn: try row.next(optional: BusinessDate.self))
    }
}

/// A category of a household or of one of its members. Facts about it only ever add something
/// (asserted, then verified, then ended or revoked), so they may come in any order.
struct HouseholdCategory: Row, Equatable {
    let assertion: AssertionID
    /// The one for which it was asserted. What is said of a member counts for the household in which
    /// the member lives now.
    let household: HouseholdID
    /// The household's id or a member's.
    let subject: UUID
    let category: Messages.Category
    var isVerified: Bool
    let validFrom: BusinessDate
    /// The last day on which it holds.
    var validTo: BusinessDate?
    /// The first day on which it no longer holds; the day it began if it never held.
    var endedOn: BusinessDate?

    var key: UUID { assertion.uuid }

    static let table = Table<HouseholdCategory>(
        "household_category", key: "assertion",
        columns: [
            Column("assertion", { $0.assertion.uuid }),
            Column("household", { $0.household.uuid }), Column("subject", { $0.subject }),
            Column("category", { $0.category.rawValue }), Column("is_verified", { $0.isVerified }),
            Column("valid_from", { $0.validFrom }), Column("valid_to", optional: { $0.validTo }),
            Column("ended_on", optional: { $0.endedOn }),
        ], decode: read)

    /// From the columns of the table, in their order.
    static func read(_ row: inout RowCursor) throws -> HouseholdCategory {
        HouseholdCategory(
            assertion: AssertionID(try row.next()), household: HouseholdID(try row.next()),
            subject: try row.next(), category: try row.next(enum: Category.self),
            isVerified: try row.next(), validFrom: try row.next(),
            validTo: try row.next(optional: BusinessDate.self),
            endedOn: try row.next(optional: BusinessDate.self))
    }

    /// Whether rules count it on that day.
    func holds(on day: BusinessDate) -> Bool {
        isVerified && validFrom <= day && validTo.map { $0 >= day } ?? true
            && endedOn.map { $0 > day } ?? true
    }

    /// This with what an earlier or later fact has said.
    func merged(with held: HouseholdCategory) -> HouseholdCategory {
        var merged = self
        merged.isVerified = isVerified || held.isVerified
        merged.validTo = validTo ?? held.validTo
        merged.endedOn = [endedOn, held.endedOn].compactMap { $0 }.min()
        return merged
    }
}

/// Keeps what funding needs of registry's facts: who lives where, with whom, and as what.
enum HouseholdProjection {
    static func register(in router: inout Router) {
        router.on(
            HouseholdRegistered.self,
            keys: { fact, keys in
                keys.need(Household.self, fact.household.uuid)
                for member in fact.members { keys.need(Person.self, member.person.uuid) }
                for category in fact.categories {
                    keys.need(HouseholdCategory.self, category.assertion.uuid)
                }
            }, registered)
        router.on(
            PersonRegistered.self,
            keys: { fact, keys in
                keys.need(Person.self, fact.person.uuid)
                if let household = fact.household { keys.need(Household.self, household.uuid) }
            }, personRegistered)
        router.on(
            CategoryAsserted.self,
            keys: { $1.need(HouseholdCategory.self, $0.assertion.uuid) }, asserted)
        router.on(
            CategoryVerified.self,
            keys: { $1.need(HouseholdCategory.self, $0.assertion.uuid) }, verified)
        router.on(
            CategoryEnded.self,
            keys: { $1.need(HouseholdCategory.self, $0.assertion.uuid) }, ended)
        router.on(
            CategoryRevoked.self,
            keys: { $1.need(HouseholdCategory.self, $0.assertion.uuid) }, revoked)
    }

    static func registered(_ fact: HouseholdRegistered, _ unit: UnitOfWork) throws {
        let sequence = unit.message.sequence ?? 0
        if let held = try unit.find(Household.self, fact.household.uuid),
            held.sequence >= sequence
        {
            return
        }
        try unit.store(
            Household(id: fact.household, territory: fact.territory, sequence: sequence))
        for member in fact.members { try join(fact, member, unit) }
        for category in fact.categories {
            try merge(
                HouseholdCategory(
                    assertion: category.assertion, household: fact.household,
                    subject: category.subject, category: category.category,
                    isVerified: category.verified, validFrom: category.validFrom,
                    validTo: category.validTo),
                unit)
        }
    }

    /// A member is new, or was registered before without a household and has not moved since.
    private static func join(
        _ fact: HouseholdRegistered, _ member: MemberFact, _ unit: UnitOfWork
    ) throws {
        var person =
            try unit.find(Person.self, member.person.uuid)
            ?? Person(
                id: member.person, birthDate: member.birthDate, sex: member.sex, sequence: 0)
        guard person.household == nil, person.movedOn.map({ $0 < fact.registeredOn }) ?? true
        else { return }
        person.household = fact.household
        person.role = member.role
        person.territory = fact.territory
        try unit.store(person)
    }

    static func personRegistered(_ fact: PersonRegistered, _ unit: UnitOfWork) throws {
        let sequence = unit.message.sequence ?? 0
        let held = try unit.find(Person.self, fact.person.uuid)
        if let held, held.sequence >= sequence { return }
        var person =
            held
            ?? Person(id: fact.person, birthDate: fact.birthDate, sex: fact.sex, sequence: 0)
        if fact.household == nil, person.household != nil {
            // The household, which the person joined later, was faster.
            person.sequence = sequence
        } else {
            try PersonLife.settle(
                &person, in: fact.household, as: fact.role, at: fact.territory,
                on: fact.registeredOn, unit)
        }
        try unit.store(person)
    }

    static func asserted(_ fact: CategoryAsserted, _ unit: UnitOfWork) throws {
        try merge(
            HouseholdCategory(
                assertion: fact.assertion, household: fact.household, subject: fact.subject,
                category: fact.category, isVerified: false, validFrom: fact.validFrom,
                validTo: fact.validTo),
            unit)
    }

    static func verified(_ fact: CategoryVerified, _ unit: UnitOfWork) throws {
        try merge(
            HouseholdCategory(
                assertion: fact.assertion, household: fact.household, subject: fact.subject,
                category: fact.category, isVerified: true, validFrom: fact.validFrom,
                validTo: fact.validTo),
            unit)
    }

    static func ended(_ fact: CategoryEnded, _ unit: UnitOfWork) throws {
        try merge(
            HouseholdCategory(
                assertion: fact.assertion, household: fact.household, subject: fact.subject,
                category: fact.category, isVerified: false, validFrom: fact.validFrom,
                endedOn: fact.endedOn),
            unit)
    }

    /// It has never held, whenever that was found out.
    static func revoked(_ fact: CategoryRevoked, _ unit: UnitOfWork) throws {
        try merge(
            HouseholdCategory(
                assertion: fact.assertion, household: fact.household, subject: fact.subject,
                category: fact.category, isVerified: false, validFrom: fact.validFrom,
                endedOn: fact.validFrom),
            unit)
    }

    private static func merge(_ news: HouseholdCategory, _ unit: UnitOfWork) throws {
        guard let held = try unit.find(HouseholdCategory.self, news.key) else {
            return try unit.store(news)
        }
        let merged = news.merged(with: held)
        if merged != held { try unit.store(merged) }
    }

    static let migration = Migration(
        "0004_household_projection",
        """
        -- Copies of what registry has published, without indexes but the keys: they are written by
        -- messages and read as a whole.
        CREATE TABLE household (
            id        uuid   PRIMARY KEY,
            territory text   COLLATE "C" NOT NULL,
            sequence  bigint NOT NULL
        );

        CREATE TABLE person (
            id         uuid   PRIMARY KEY,
            household  uuid,
            role       text   CHECK (role IN ('head', 'spouse', 'child', 'parent')),
            birth_date date   NOT NULL,
            sex        text   NOT NULL CHECK (sex IN ('male', 'female')),
            territory  text   COLLATE "C" NOT NULL,
            sequence   bigint NOT NULL
        );

        CREATE TABLE household_category (
            assertion   uuid    PRIMARY KEY,
            household   uuid    NOT NULL,
            subject     uuid    NOT NULL,
            category    text    NOT NULL,
            is_verified boolean NOT NULL,
            valid_from  date    NOT NULL,
            valid_to    date,
            ended_on    date
        );
        """)
}
