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
                Territories.migration, Households.migration, Persons.migration,
                Categories.migration, Sites.migration, Commendations.migration, DataKey.migration,
                Persons.lifeMigration, Categories.revocationMigration, Sites.closingMigration,
                Commendations.withdrawalMigration, Consents.migration, Members.migration,
                Territories.successionMigration, Queries.migration, KeyRotation.migration,
                Members.applicationMigration, Councils.migration, RegisteredStock.migration,
            ],
            constraints: constraints, jobs: jobs, router: router)
    }

    private static func router(_ keyring: Keyring) -> Router {
        var router = Router()
        router.on(
            LoadTerritory.self, keys: TerritoryEditions.keys, alone: true, TerritoryEditions.load)
        onPersons(&router, keyring)
        onCategories(&router, keyring)
        router.on(ApplyForMembership.self, keys: Members.keys, Members.apply)
        router.on(EnrolMember.self, keys: Members.keys, Members.enrol)
        router.on(
            LeaveMember.self, keys: { $1.need(Membership.self, $0.member.uuid) }, Members.leave)
        router.on(OpenSite.self, keys: Sites.keys, Sites.open)
        router.on(CloseSite.self, keys: { $1.need(Site.self, $0.site.uuid) }, Sites.close)
        router.on(AppointCouncil.self, keys: Councils.keys, Councils.appoint)
        router.on(AwardCommendation.self, keys: Commendations.keys, Commendations.award)
        router.on(
            WithdrawCommendation.self,
            keys: { $1.need(Commendation.self, $0.commendation.uuid) }, Commendations.withdraw)
        router.on(
            GrantPublisher.self, keys: { $1.need(PublisherGrant.self, $0.publisher) },
            Publishers.grant)
        router.on(
            RevokePublisher.self, keys: { $1.need(PublisherGrant.self, $0.publisher) },
            Publishers.revoke)
        router.on(GetPerson.self, { try Queries.person($0, $1, keyring) })
        router.on(GetHousehold.self, { try Queries.household($0, $1, keyring) })
        router.on(SearchRegistry.self, { try Queries.search($0, $1, keyring) })
        return router
    }

    private static func onPersons(_ router: inout Router, _ keyring: Keyring) {
        router.on(
            RegisterHousehold.self, keys: { Households.keys($0, &$1, keyring) },
            { try Households.register($0, $1, keyring) })
        router.on(MoveHousehold.self, keys: Moves.keys, Moves.move)
        router.on(
            RegisterPerson.self, keys: { Persons.keys($0, &$1, keyring) },
            { try Persons.register($0, $1, keyring) })
        router.on(
            VerifyPerson.self, keys: { $1.need(Person.self, $0.person.uuid) }, Persons.verify)
        router.on(MovePerson.self, keys: Moves.keys, Moves.move)
        router.on(
            RecordDeath.self, keys: { $1.need(Person.self, $0.person.uuid) }, Deaths.record)
        router.on(MergePersons.self, keys: Merges.keys, Merges.merge)
        router.on(
            ErasePerson.self, keys: { $1.need(Person.self, $0.person.uuid) }, alone: true,
            { try Erasure.erase($0, $1, keyring) })
        router.on(RecordConsent.self, keys: Consents.keys, Consents.record)
    }

    private static func onCategories(_ router: inout Router, _ keyring: Keyring) {
        router.on(
            AssertCategory.self, keys: Categories.keys,
            { try Categories.assert($0, $1, keyring) })
        router.on(
            VerifyCategory.self,
            keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) }, Categories.verify)
        router.on(
            EndCategory.self,
            keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) },
            { try Categories.end($0, $1, keyring) })
        router.on(
            RevokeCategory.self,
            keys: { $1.need(CategoryAssertion.self, $0.assertion.uuid) },
            { try Categories.revoke($0, $1, keyring) })
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
