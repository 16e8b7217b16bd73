import Messages
import ServiceKit

/// The service that knows who and where: territories, households and their members, what they are
/// recognised as, members, consents, sites, commendations, and what each publisher may send.
///
/// Only registry ever holds a name, a resident id or a phone number.
enum Registry {
    static func definition(_ keyring: Keyring) -> ServiceDefinition {
        service(router(keyring), [KeyRotation.job(keyring)])
    }

    /// The schema without handlers: for `migrate` and `--help`, which work without the key.
    static let withoutKey = service(Router(), [])

    private static func service(_ router: Router, _ jobs: [Job]) -> ServiceDefinition {
        ServiceDefinition(
            name: "registry", version: "0.1.0", facts: [],
            migrations: [
                Territory.migration, Household.migration, Person.migration,
                CategoryAssertion.migration, Site.migration, Commendation.migration,
                DataKey.migration, Person.lifeMigration, CategoryAssertion.revocationMigration,
                Site.closingMigration, Commendation.withdrawalMigration, Consent.migration,
                Membership.migration, Territory.successionMigration, ReadAccess.migration,
                KeyRotation.migration, Membership.applicationMigration, CouncilSeat.migration,
                RegisteredStock.migration,
            ],
            constraints: constraints, jobs: jobs, router: router)
    }

    private static func router(_ keyring: Keyring) -> Router {
        var router = Router()
        TerritoryEditions.register(in: &router)
        Households.register(in: &router, keyring)
        Persons.register(in: &router, keyring)
        Categories.register(in: &router, keyring)
        Members.register(in: &router)
        Consents.register(in: &router)
        Sites.register(in: &router)
        Commendations.register(in: &router)
        Publishers.register(in: &router)
        Erasure.register(in: &router, keyring)
        Queries.register(in: &router, keyring)
        return router
    }

    /// What the database says when two workers race, or when the rules in code have a hole. Where several
    /// commands can run into a constraint, the pointer is the whole of `data`.
    private static let constraints: [String: (code: RefusalCode, pointer: String)] = [
        "household_pkey": (.householdExists, "/household"),
        "household_territory_fkey": (.unknownTerritory, "/territory"),
        "person_pkey": (.personExists, ""),
        "person_household_fkey": (.unknownHousehold, "/household"),
        "resident_pkey": (.residentExists, ""),
        "data_key_pkey": (.personExists, ""),
        "consent_person_fkey": (.unknownPerson, "/person"),
        "membership_pkey": (.memberExists, "/member"),
        "membership_active_once": (.alreadyEnrolled, ""),
        "membership_person_fkey": (.unknownPerson, "/person"),
        "membership_territory_fkey": (.unknownTerritory, "/territory"),
        "category_assertion_pkey": (.assertionExists, ""),
        "category_assertion_open_once": (.categoryOverlaps, ""),
        "category_assertion_household_fkey": (.unknownHousehold, "/household"),
        "site_pkey": (.siteExists, "/site"),
        "site_territory_fkey": (.unknownTerritory, "/territory"),
        "commendation_pkey": (.commendationExists, "/commendation"),
        "commendation_recipient_fkey": (.unknownPerson, "/recipient"),
        "commendation_territory_fkey": (.unknownTerritory, "/territory"),
    ]
}
