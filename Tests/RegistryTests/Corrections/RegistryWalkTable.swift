import Foundation
import Messages
import Postgres

@testable import ServiceSupport

/// All corrections of registry.
enum RegistryWalkTable {
    typealias Row = Correctable<RegistryWalkWorld>

    static let rows = persons + lives + categories + members + others

    private static let unknownPerson = Fate.parked("unknown_person")
    private static let noPerson = Fate.refused("person_erased")

    // MARK: Persons

    private static let persons: [Row] = [
        Row(
            type: CorrectPerson.self, record: { [try $0.household()] },
            correction: {
                CorrectPerson(
                    person: $0.named, name: "示例新名", correctedOn: try $0.day("2020-02-01"),
                    reason: "示例新名 was misread", actor: $0.actor)
            }, first: unknownPerson, early: unknownPerson, twice: "nothing_to_correct",
            erased: noPerson,
            effect: { _ in
                "SELECT count(*) FROM journal WHERE type = \(PersonCorrected.type)"
            }),
        Row(
            type: WithdrawPaper.self, ground: { [try $0.household()] },
            record: {
                [
                    RecordPaper(
                        person: $0.person, paper: try RegistrySamples.passport(),
                        recordedOn: try $0.day("2019-07-01"), actor: $0.actor)
                ]
            },
            correction: {
                WithdrawPaper(
                    person: $0.named, paper: try RegistrySamples.passport(), as: .wrong,
                    withdrawnOn: try $0.day("2020-02-01"), reason: "of another 示例人",
                    actor: $0.actor)
            }, first: unknownPerson, early: .refused("unknown_paper"), twice: "unknown_paper",
            erased: noPerson, effect: { _ in "SELECT count(*) FROM paper WHERE person IS NULL" }),
        Row(
            type: UnmergePersons.self,
            ground: { [try $0.household(), try RegistrySamples.person(5, $0.other)] },
            record: { [try $0.mergeOther()] }, correction: { try $0.unmergeOther() },
            first: unknownPerson, early: .refused("not_merged"), twice: "not_merged",
            erased: noPerson,
            effect: {
                "SELECT count(*) FROM person WHERE id = \($0.other) AND merged_into IS NULL"
            }),
        Row(
            type: VoidConsent.self, ground: { [try $0.household()] },
            record: {
                [
                    RecordConsent(
                        person: $0.person, purpose: .service, decision: .given,
                        decidedOn: try $0.day("2019-07-01"))
                ]
            },
            correction: {
                VoidConsent(
                    person: $0.named, purpose: .service, decision: .given,
                    decidedOn: try $0.day("2019-07-01"), reason: "another 示例人", actor: $0.actor)
            }, first: unknownPerson, early: .refused("unknown_decision"),
            twice: "unknown_decision", erased: noPerson,
            effect: { _ in "SELECT count(*) FROM consent_record WHERE is_void" }),
    ]

    // MARK: Lives

    private static let lives: [Row] = [
        Row(
            type: VoidMove.self, ground: { [try $0.household()] },
            record: {
                [
                    MovePerson(
                        person: $0.person,
                        destination: try RegistrySamples.territory("350203007902"),
                        movedOn: try $0.day("2019-09-01"))
                ]
            },
            correction: {
                VoidMove(
                    person: $0.named, movedOn: try $0.day("2019-09-01"),
                    voidedOn: try $0.day("2020-02-01"), reason: "another 示例人", actor: $0.actor)
            }, first: unknownPerson, early: .refused("no_such_move"), twice: "no_such_move",
            // The survivor has not moved: either id means it.
            merged: .refused("no_such_move"), erased: noPerson,
            effect: {
                "SELECT count(*) FROM person WHERE id = \($0.person) AND household = \($0.home)"
            }),
        Row(
            type: CorrectDeath.self, ground: { [try $0.household()] },
            record: { [RecordDeath(person: $0.person, diedOn: try $0.day("2019-10-01"))] },
            correction: {
                CorrectDeath(
                    person: $0.named, diedOn: try $0.day("2019-10-02"),
                    correctedOn: try $0.day("2020-02-01"), reason: "示例人 was misheard",
                    actor: $0.actor)
            }, first: unknownPerson, early: .refused("not_deceased"), twice: "same_death",
            erased: noPerson,
            effect: {
                "SELECT count(*) FROM person WHERE id = \($0.person) AND died_on = '2019-10-02'"
            }),
        Row(
            type: VoidDeath.self, ground: { [try $0.household()] },
            record: { [RecordDeath(person: $0.person, diedOn: try $0.day("2019-10-01"))] },
            correction: {
                VoidDeath(
                    person: $0.named, voidedOn: try $0.day("2020-02-01"),
                    reason: "another 示例人", actor: $0.actor)
            }, first: unknownPerson, early: .refused("not_deceased"), twice: "not_deceased",
            erased: noPerson,
            effect: { _ in
                """
                SELECT count(*) FROM journal WHERE type = \(DeathVoided.type) AND NOT EXISTS (
                    SELECT FROM person WHERE died_on IS NOT NULL OR inherited_died_on IS NOT NULL)
                """
            }),
        Row(
            type: RestoreHousehold.self, ground: { [try $0.household()] },
            record: {
                [DissolveHousehold(household: $0.home, dissolvedOn: try $0.day("2019-09-01"))]
            },
            correction: {
                RestoreHousehold(
                    household: $0.home, restoredOn: try $0.day("2020-02-01"),
                    reason: "another family", actor: $0.actor)
            }, first: .parked("unknown_household"), early: .refused("not_dissolved"),
            twice: "not_dissolved",
            effect: {
                "SELECT count(*) FROM household WHERE id = \($0.home) AND dissolved_on IS NULL"
            }),
    ]

    // MARK: Categories

    private static let unknownAssertion = Fate.parked("unknown_assertion")

    private static let categories: [Row] = [
        Row(
            type: CorrectCategory.self, ground: { [try $0.household()] },
            record: {
                try $0.assert($0.assertions[0], of: $0.person.uuid, from: "2019-07-01")
            },
            correction: {
                CorrectCategory(
                    assertion: $0.assertions[0], validFrom: try $0.day("2019-08-01"),
                    reason: "the paper of 示例人 says so", actor: $0.actor)
            }, first: unknownAssertion, early: unknownAssertion, twice: "nothing_to_correct",
            effect: { _ in
                "SELECT count(*) FROM category_assertion WHERE valid_from = '2019-08-01'"
            }),
        Row(
            type: RevokeCategory.self,
            ground: { world in
                let assertion = try world.assert(
                    world.assertions[0], of: world.person.uuid, from: "2019-07-01")
                return [try world.household(), assertion[0]]
            },
            record: {
                [
                    VerifyCategory(
                        assertion: $0.assertions[0], verifiedOn: try $0.day("2019-07-02"))
                ]
            },
            correction: {
                RevokeCategory(
                    assertion: $0.assertions[0], revokedOn: try $0.day("2020-02-01"),
                    reason: "another 示例人")
            }, first: unknownAssertion, early: .refused("not_verified"),
            twice: "category_revoked",
            effect: { _ in
                "SELECT count(*) FROM category_assertion WHERE revoked_on = '2020-02-01'"
            }),
    ]

    // MARK: Memberships

    private static let unknownMember = Fate.parked("unknown_member")

    private static let members: [Row] = [
        Row(
            type: CorrectMember.self, ground: { [try $0.household()] },
            record: { [try $0.enrol($0.record)] },
            correction: { try $0.correctMember(from: "2019-06-20") },
            first: unknownMember, early: unknownMember, twice: "nothing_to_correct",
            // The erasure has ended it, and nobody is a member again after that.
            erased: noPerson,
            effect: { _ in "SELECT count(*) FROM membership WHERE enrolled_on = '2019-06-20'" }),
        Row(
            type: CorrectMember.self, note: "one that had ended before",
            ground: { [try $0.household()] }, record: { [try $0.enrol($0.record)] },
            correction: { try $0.correctMember(from: "2019-06-20", to: "2019-12-01") },
            first: unknownMember, early: unknownMember, twice: "nothing_to_correct",
            effect: { _ in "SELECT count(*) FROM membership WHERE left_on = '2019-12-01'" }),
        Row(
            type: VoidMember.self, ground: { [try $0.household()] },
            record: { [try $0.enrol($0.record)] },
            correction: {
                VoidMember(
                    member: MemberID($0.record), reason: "another 示例人", actor: $0.actor)
            }, first: unknownMember, early: unknownMember, twice: "member_void",
            effect: { _ in "SELECT count(*) FROM membership WHERE is_void" }),
    ]

    // MARK: Sites, commendations, publishers

    private static let unknownSite = Fate.parked("unknown_site")

    private static let others: [Row] = [
        Row(
            type: CorrectSite.self, ground: { [try $0.household()] }, record: { try $0.site() },
            correction: { try $0.correctSite() }, first: unknownSite, early: unknownSite,
            twice: "nothing_to_correct",
            effect: { _ in "SELECT count(*) FROM site WHERE name_en = 'Other'" }),
        Row(
            type: ReopenSite.self, ground: { try [$0.household()] + $0.site() },
            record: { [CloseSite(site: SiteID($0.record), closedOn: try $0.day("2019-12-01"))] },
            correction: {
                ReopenSite(site: SiteID($0.record), reason: "another site", actor: $0.actor)
            }, first: unknownSite, early: .refused("site_open"), twice: "site_open",
            effect: { _ in
                """
                SELECT count(*) FROM site WHERE closed_on IS NULL AND EXISTS (
                    SELECT FROM journal WHERE type = \(SiteReopened.type))
                """
            }),
        Row(
            type: WithdrawCommendation.self, ground: { [try $0.household()] },
            record: { [try $0.award()] },
            correction: {
                WithdrawCommendation(
                    commendation: CommendationID($0.record), withdrawnOn: try $0.day("2020-02-01"))
            }, first: .parked("unknown_commendation"), early: .parked("unknown_commendation"),
            twice: "commendation_withdrawn",
            effect: { _ in "SELECT count(*) FROM commendation WHERE withdrawn_on IS NOT NULL" }),
        Row(
            type: RevokePublisher.self, ground: { [try $0.household()] },
            record: {
                [
                    GrantPublisher(
                        publisher: "kiosk", territories: [try $0.community], types: ["events.*"])
                ]
            }, correction: { _ in RevokePublisher(publisher: "kiosk") },
            first: .refused("publisher_not_granted"), early: .refused("publisher_not_granted"),
            twice: "publisher_not_granted",
            effect: { _ in
                """
                SELECT count(*) FROM publisher_grant WHERE name = 'kiosk' AND NOT is_granted
                """
            }),
    ]
}
