import Messages
import ServiceKit

/// The service of people and places: territories, households and persons, recognised categories,
/// memberships, consents, sites, commendations, and the grants of publishers.
///
/// No other service holds a name, a paper or a phone number.
enum Registry {
    static func definition(_ keyring: Keyring) -> ServiceDefinition {
        service(
            router(keyring),
            [KeyRotation.job(keyring), KeySweep.job, RegistryTasks.job, LifeRounds.job])
    }

    /// The schema without handlers: for `migrate` and `--help`, which work without the key.
    static let withoutKey = service(Router(), [])

    private static func service(_ router: Router, _ jobs: [Job]) -> ServiceDefinition {
        ServiceDefinition(
            name: "registry", version: "0.1.0",
            migrations: [
                Territories.migration, Households.migration,
                Persons.migration, Categories.migration, Members.migration, Consents.migration,
                Sites.migration, Commendations.migration, Keyring.migration,
                ReadAccess.migration("0011_queries"), RecordID.migration, RegistryTasks.migration,
                Handovers.migration, Doubles.migration, Households.merges,
            ],
            constraints: constraints, jobs: jobs, router: router, takesUnroutable: true)
    }

    private static func router(_ keyring: Keyring) -> Router {
        var router = Router(successions: Territories.successions)
        TerritoryEditions.register(in: &router)
        Households.register(in: &router, keyring)
        Persons.register(in: &router, keyring)
        PersonCorrections.register(in: &router, keyring)
        PaperCommands.register(in: &router, keyring)
        Categories.register(in: &router, keyring)
        Members.register(in: &router)
        Consents.register(in: &router)
        Sites.register(in: &router)
        Commendations.register(in: &router)
        Publishers.register(in: &router)
        Erasure.register(in: &router, keyring)
        Handovers.register(in: &router)
        Queries.register(in: &router, keyring)
        RecordQueries.register(in: &router, keyring)
        RegistryTasks.register(in: &router)
        return router
    }

    /// Refusals for violated constraints: two workers raced, or a handler missed a rule. The
    /// pointer is empty, for all of `data`, if several commands can violate the constraint.
    private static let constraints: [String: (code: RefusalCode, pointer: String)] = [
        "record_id_pkey": (.idOfOtherKind, ""),
        "household_pkey": (.householdExists, "/household"),
        "household_territory_fkey": (.unknownTerritory, "/territory"),
        "person_pkey": (.personExists, ""),
        "person_household_fkey": (.unknownHousehold, "/household"),
        "paper_pkey": (.residentExists, ""),
        "data_key_pkey": (.personExists, ""),
        "consent_person_fkey": (.unknownPerson, "/person"),
        "membership_pkey": (.memberExists, "/member"),
        "membership_active_once": (.alreadyEnrolled, ""),
        "membership_person_fkey": (.unknownPerson, "/person"),
        "membership_territory_fkey": (.unknownTerritory, "/territory"),
        "category_assertion_pkey": (.assertionExists, ""),
        "category_assertion_open_once": (.categoryOverlaps, ""),
        "category_assertion_household_fkey": (.unknownHousehold, "/household"),
        "handover_pkey": (.handoverExists, "/handover"),
        "handover_territory_fkey": (.unknownTerritory, "/territory"),
        "site_pkey": (.siteExists, "/site"),
        "site_territory_fkey": (.unknownTerritory, "/territory"),
        "commendation_pkey": (.commendationExists, "/commendation"),
        "commendation_recipient_fkey": (.unknownPerson, "/recipient"),
        "commendation_territory_fkey": (.unknownTerritory, "/territory"),
    ]
}
