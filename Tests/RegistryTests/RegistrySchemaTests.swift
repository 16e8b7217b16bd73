import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// The constraints of registry's schema, on a real database.
@Suite struct RegistrySchemaTests {
    private let bench: ServiceBench

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        try bench.decide(RegistrySamples.loadTerritory())
    }

    @Test(arguments: [
        ("paper_pkey", "INSERT INTO paper SELECT hash, gen_random_uuid() FROM paper"),
        ("paper_free_is_not_retired", "UPDATE paper SET person = NULL, retired = true"),
        ("person_pkey", "INSERT INTO person SELECT * FROM person"),
        (
            "person_member_has_role", "UPDATE person SET role = NULL"
        ),
        ("person_household_fkey", "UPDATE person SET household = gen_random_uuid()"),
        ("household_territory_fkey", "UPDATE household SET territory = '350203012901'"),
        (
            "category_assertion_open_once",
            """
            INSERT INTO category_assertion (id, household, subject, category, valid_from, version, sequence)
            SELECT gen_random_uuid(), household, subject, category, '2030-01-01', 1, 1
            FROM category_assertion
            """
        ),
        ("category_assertion_check", "UPDATE category_assertion SET ended_on = '1990-01-01'"),
        (
            "category_revoked_was_verified",
            "UPDATE category_assertion SET verified_on = NULL, revoked_on = '2020-01-01'"
        ),
        (
            "person_merged_into_another",
            """
            UPDATE person SET merged_into = id, merged_by = id, merged_on = now(),
                household = NULL, role = NULL
            """
        ),
        (
            "person_merged_has_no_household",
            """
            UPDATE person SET merged_into = gen_random_uuid(), merged_by = gen_random_uuid(),
                merged_on = now()
            """
        ),
        (
            "person_merge_is_whole",
            """
            UPDATE person SET merged_into = gen_random_uuid(), household = NULL, role = NULL
            """
        ),
        ("person_erased_is_not_found", "UPDATE person SET erased_on = now()"),
        ("person_stays", "UPDATE person SET stays = ''"),
        ("household_places", "UPDATE household SET places = ''"),
        (
            "membership_cause_of_an_end",
            """
            INSERT INTO membership (id, person, role, territory, enrolled_on, ended_by, sequence)
            SELECT gen_random_uuid(), id, 'member', territory, '2020-01-01', 'death', 1 FROM person
            """
        ),
        ("data_key_is_whole", "UPDATE data_key SET wrapped = NULL"),
        (
            "membership_active_once",
            """
            INSERT INTO membership (id, person, role, territory, enrolled_on, sequence)
            SELECT gen_random_uuid(), id, 'member', territory, '2020-01-01', 1
            FROM person, generate_series(1, 2)
            """
        ),
        (
            "membership_applied_or_enrolled",
            """
            INSERT INTO membership (id, person, role, territory, sequence)
            SELECT gen_random_uuid(), id, 'member', territory, 1 FROM person
            """
        ),
        (
            "membership_office_has_level",
            """
            INSERT INTO membership (id, person, role, territory, enrolled_on, sequence)
            SELECT gen_random_uuid(), id, 'officer', territory, '2020-01-01', 1 FROM person
            """
        ),
    ])
    func `the schema keeps the rules where code has a hole`(
        constraint: String, change: String
    ) throws {
        let household = HouseholdID(UUID())
        try bench.decide(
            RegistrySamples.household(
                household, members: [RegistrySamples.member(1)],
                categories: [RegistrySamples.category(of: household.uuid)]))
        let error = #expect(throws: PostgresError.self) {
            try bench.connection.run(Statement(trusted: change))
        }
        #expect(error?.constraint?.hasPrefix(constraint) == true, "\(error?.constraint ?? "")")
    }
}
