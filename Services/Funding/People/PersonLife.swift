import Foundation
import Messages
import Postgres
import ServiceKit

/// Follows persons and households through life: where they move, which two turn out to be one, who
/// dies and whose data is erased. Each fact waits until registry has said who it is about.
enum PersonLife {
    static func register(in router: inout Router) {
        router.on(
            PersonMoved.self,
            keys: { fact, keys in
                keys.need(Person.self, fact.person.uuid)
                if let household = fact.household { keys.need(Household.self, household.uuid) }
            }, personMoved)
        router.on(
            HouseholdMoved.self,
            keys: { fact, keys in
                keys.need(Household.self, fact.household.uuid)
                for member in fact.members { keys.need(Person.self, member.uuid) }
            }, householdMoved)
        // Alone, because it changes all that were merged into the one who is merged.
        router.on(
            PersonsMerged.self,
            keys: { fact, keys in
                keys.need(Person.self, fact.survivor.uuid)
                keys.need(Person.self, fact.merged.uuid)
                if let household = fact.household { keys.need(Household.self, household.uuid) }
            }, alone: true, merged)
        router.on(PersonDied.self, keys: { $1.need(Person.self, $0.person.uuid) }, died)
        router.on(
            PersonErased.self,
            keys: { fact, keys in
                for id in [fact.person] + fact.merged { keys.need(Person.self, id.uuid) }
            }, erased)
    }

    // MARK: Moves

    static func personMoved(_ fact: PersonMoved, _ unit: UnitOfWork) throws {
        var person = try unit.require(
            Person.self, fact.person.uuid, else: .unknownPerson, at: "/person")
        guard unit.message.sequence ?? 0 > person.sequence else { return }
        try settle(
            &person, in: fact.household, as: fact.role, at: fact.territory, on: fact.movedOn, unit)
        person.movedOn = fact.movedOn
        try unit.store(person)
    }

    /// Puts a person where one of the person's own facts says; or where the household is, if it has
    /// moved on that day or later. A person's facts and a household's have no common order but their
    /// days.
    static func settle(
        _ person: inout Person, in household: HouseholdID?, as role: Role?,
        at territory: TerritoryCode?, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        person.household = household
        person.role = role
        person.territory = territory
        person.sequence = unit.message.sequence ?? 0
        if let household, let home = try unit.find(Household.self, household.uuid),
            let movedOn = home.movedOn, movedOn >= day
        {
            person.territory = home.territory
        }
    }

    /// Takes those along who live there still and have not moved on their own since.
    static func householdMoved(_ fact: HouseholdMoved, _ unit: UnitOfWork) throws {
        var household = try unit.require(
            Household.self, fact.household.uuid, else: .unknownHousehold, at: "/household")
        let sequence = unit.message.sequence ?? 0
        guard sequence > household.sequence else { return }
        household.territory = fact.territory
        household.movedOn = fact.movedOn
        household.sequence = sequence
        try unit.store(household)
        for var member in try unit.find(Person.self, all: fact.members.map(\.uuid))
        where member.household == household.id {
            if let movedOn = member.movedOn, movedOn > fact.movedOn { continue }
            member.territory = fact.territory
            try unit.store(member)
        }
    }

    // MARK: Merges

    /// From then on either id means the survivor. Loans and policies keep the id under which they
    /// were made: where both persons had one, both are owed and both cover; there will be no other.
    static func merged(_ fact: PersonsMerged, _ unit: UnitOfWork) throws {
        // The survivor may have been merged again meanwhile.
        var survivor = try Persons.require(
            fact.survivor, else: .unknownPerson, at: "/survivor", unit)
        var merged = try unit.require(
            Person.self, fact.merged.uuid, else: .unknownPerson, at: "/merged")
        guard merged.mergedInto == nil, survivor.id != merged.id else { return }
        if survivor.id == fact.survivor, unit.message.sequence ?? 0 > survivor.sequence {
            try settle(
                &survivor, in: fact.household, as: fact.role, at: fact.territory,
                on: fact.mergedOn, unit)
            survivor.movedOn = fact.mergedOn
        }
        survivor.diedOn = [survivor.diedOn, merged.diedOn].compactMap { $0 }.min()
        merged.mergedInto = survivor.id
        try unit.store(survivor)
        try unit.store(merged)
        try unit.execute(
            """
            UPDATE person SET merged_into = \(survivor.key) WHERE merged_into = \(merged.key)
            """)
    }

    // MARK: The end

    static func died(_ fact: PersonDied, _ unit: UnitOfWork) throws {
        var person = try Persons.require(fact.person, else: .unknownPerson, at: "/person", unit)
        // If a death was recorded under two ids, the first day counts, as for the merge itself.
        if let diedOn = person.diedOn, diedOn <= fact.diedOn { return }
        person.diedOn = fact.diedOn
        try unit.store(person)
    }

    /// The fact takes no birth date back, and registry keeps it too: families are judged as before.
    static func erased(_ fact: PersonErased, _ unit: UnitOfWork) throws {
        for id in [fact.person] + fact.merged {
            var person = try unit.require(
                Person.self, id.uuid, else: .unknownPerson, at: "/person")
            guard !person.isErased else { continue }
            person.isErased = true
            try unit.store(person)
        }
    }

    static let migration = Migration(
        "0040_person_life",
        """
        ALTER TABLE household ADD COLUMN moved_on date;
        ALTER TABLE person ALTER COLUMN territory DROP NOT NULL;
        ALTER TABLE person
            ADD COLUMN moved_on    date,
            ADD COLUMN died_on     date,
            ADD COLUMN merged_into uuid CHECK (merged_into <> id),
            ADD COLUMN is_erased   boolean NOT NULL DEFAULT false;
        CREATE INDEX person_merged_into ON person (merged_into) WHERE merged_into IS NOT NULL;
        CREATE INDEX household_category_subject ON household_category (subject);

        -- All ids of the person whom an id means.
        CREATE FUNCTION same_person(any_id uuid) RETURNS SETOF uuid
        LANGUAGE sql STABLE ROWS 2 AS $$
            WITH survivor AS (
                SELECT coalesce(p.merged_into, p.id) AS id FROM person AS p WHERE p.id = any_id)
            SELECT s.id FROM survivor AS s
            UNION ALL
            SELECT p.id FROM survivor AS s JOIN person AS p ON p.merged_into = s.id
        $$;

        -- What was verified, and of which household it counts now: what was found of a person goes
        -- where the person goes.
        CREATE VIEW recognition AS
        SELECT CASE WHEN s.id IS NULL THEN c.household ELSE s.household END AS household,
               coalesce(s.id, c.subject) AS subject, s.id IS NOT NULL AS is_of_person, s.role,
               c.category, c.valid_from, c.valid_to, c.ended_on
        FROM household_category AS c
        LEFT JOIN person AS o ON o.id = c.subject
        LEFT JOIN person AS s ON s.id = coalesce(o.merged_into, o.id)
        WHERE c.is_verified;

        -- The unique index of the same name holds it for one id. Where two persons who turn out to
        -- be one have an open loan each, both stay; no other is opened.
        CREATE FUNCTION check_one_open_loan() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            IF EXISTS (
                SELECT FROM loan AS l
                WHERE l.fund = NEW.fund AND l.id <> NEW.id
                  AND l.borrower = ANY (ARRAY(SELECT same_person(NEW.borrower)))
                  AND l.state IN ('applied', 'endorsed', 'approved', 'active', 'overdue'))
            THEN
                RAISE EXCEPTION 'the borrower has an open loan of this fund'
                    USING ERRCODE = 'unique_violation',
                          CONSTRAINT = 'loan_one_open_per_borrower', TABLE = 'loan';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER loan_opened AFTER INSERT ON loan FOR EACH ROW
        WHEN (NEW.state IN ('applied', 'endorsed', 'approved', 'active', 'overdue'))
        EXECUTE FUNCTION check_one_open_loan();
        CREATE TRIGGER loan_reopened AFTER UPDATE OF state ON loan FOR EACH ROW
        WHEN (NEW.state IN ('applied', 'endorsed', 'approved', 'active', 'overdue')
              AND OLD.state NOT IN ('applied', 'endorsed', 'approved', 'active', 'overdue'))
        EXECUTE FUNCTION check_one_open_loan();

        -- The exclusion constraint of the same name holds it for one id. The product's row makes two
        -- runs that are settled at once meet.
        CREATE FUNCTION check_person_covered_once() RETURNS trigger
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        BEGIN
            PERFORM FROM product WHERE id IN (SELECT product FROM added)
            ORDER BY id FOR NO KEY UPDATE;
            IF EXISTS (
                WITH ids AS (
                    SELECT merged_into AS person, id FROM person WHERE merged_into IS NOT NULL
                    UNION SELECT merged_into, merged_into FROM person
                    WHERE merged_into IS NOT NULL)
                SELECT FROM ids AS i
                JOIN added AS a ON a.insured = i.id
                JOIN ids AS o ON o.person = i.person AND o.id <> i.id
                JOIN policy AS p ON p.insured = o.id AND p.product = a.product
                WHERE a.state <> 'refused' AND p.state <> 'refused' AND p.cover && a.cover)
            THEN
                RAISE EXCEPTION 'a person has a policy of this product for that time'
                    USING ERRCODE = 'exclusion_violation',
                          CONSTRAINT = 'policy_cover_never_overlaps', TABLE = 'policy';
            END IF;
            RETURN NULL;
        END $$;

        CREATE TRIGGER policy_covers_person_once AFTER INSERT ON policy
        REFERENCING NEW TABLE AS added
        FOR EACH STATEMENT EXECUTE FUNCTION check_person_covered_once();
        """)
}
