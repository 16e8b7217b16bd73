import Foundation
import Messages

@testable import ServiceSupport

/// Corrections that come near a constraint of registry's tables.
enum RegistryWalkLimits {
    typealias Limit = CorrectionLimit<RegistryWalkWorld>

    static let rows = categories + members + persons + sites

    // MARK: Categories

    private static let categories: [Limit] = [
        Limit("a category back to open before a later one", .refused("category_overlaps")) {
            let earlier = try $0.assert($0.assertions[0], of: $0.person.uuid, from: "2019-07-01")
            let later = try $0.assert($0.assertions[1], of: $0.person.uuid, from: "2019-10-01")
            let end = EndCategory(
                assertion: $0.assertions[0], endedOn: try $0.day("2019-09-01"))
            return [try $0.household()] + earlier + [end] + later
        } then: {
            CorrectCategory(
                assertion: $0.assertions[0], validFrom: try $0.day("2019-07-01"),
                reason: "a slip", actor: $0.actor)
        },
        Limit("a revoked category", .refused("category_revoked")) {
            let held = try $0.assert($0.assertions[0], of: $0.person.uuid, from: "2019-07-01")
            let revoked = RevokeCategory(
                assertion: $0.assertions[0], revokedOn: try $0.day("2019-08-01"))
            let again = try $0.assert($0.assertions[1], of: $0.person.uuid, from: "2019-07-01")
            return [try $0.household()] + held + [revoked] + again
        } then: {
            CorrectCategory(
                assertion: $0.assertions[0], validFrom: try $0.day("2019-07-01"),
                reason: "a slip", actor: $0.actor)
        },
        Limit("a category revoked before it was verified", .refused("revoked_too_early")) {
            [try $0.household()]
                + (try $0.assert($0.assertions[0], of: $0.person.uuid, from: "2019-07-01"))
        } then: {
            RevokeCategory(
                assertion: $0.assertions[0], revokedOn: try $0.day("2019-06-30"))
        },
        unmerge("two persons, one category goes on and a later one ends", opening: 0, ending: 2),
        unmerge("two persons, one category ends and an earlier one goes on", opening: 2, ending: 0),
    ]

    /// The person's own category yielded to that of the other one and goes on again, while one that was asserted since ends. Both are
    /// rows of one subject, of which the database lets one be open. Which row it changes first may follow from their ids.
    private static func unmerge(_ name: String, opening: Int, ending: Int) -> Limit {
        Limit(name, .accepted) {
            let (own, since) = ($0.assertions[opening], $0.assertions[ending])
            let others = try $0.assert($0.assertions[1], of: $0.other.uuid, from: "2019-06-15")
            let first = try $0.assert(own, of: $0.person.uuid, from: "2019-07-01")
            let later = try $0.assert(since, of: $0.person.uuid, from: "2020-01-02")
            let end = EndCategory(
                assertion: $0.assertions[1], endedOn: try $0.day("2020-01-01"))
            return [try $0.couple()] + others + first + [try $0.mergeOther(), end] + later
        } then: {
            try $0.unmergeOther()
        }
    }

    // MARK: Memberships

    private static let members: [Limit] = [
        Limit("a membership back to active beside another", .refused("already_enrolled")) {
            [
                try $0.household(), try $0.enrol($0.record),
                LeaveMember(member: MemberID($0.record), leftOn: try $0.day("2019-09-01")),
                try $0.enrol(UUID(), on: "2019-10-01"),
            ]
        } then: {
            try $0.correctMember(from: "2019-07-01")
        },
        Limit("an enrolment before the application", .refused("enrolled_before_application")) {
            [
                try $0.household(),
                ApplyForMembership(
                    try $0.subject($0.record), appliedOn: try $0.day("2019-06-28")),
                try $0.enrol($0.record),
            ]
        } then: {
            try $0.correctMember(from: "2019-06-27")
        },
        Limit("a void membership that was made again", .refused("member_void")) {
            [
                try $0.household(), try $0.enrol($0.record),
                VoidMember(member: MemberID($0.record), reason: "a slip", actor: $0.actor),
                try $0.enrol(UUID()),
            ]
        } then: {
            try $0.correctMember(from: "2019-07-01")
        },
        Limit("a membership that ended by a merge, back beside the other", .accepted) {
            let registered = try RegistrySamples.person(5, $0.other)
            let doubled = EnrolMember(
                MemberSubject(
                    member: MemberID(UUID()), person: $0.other, role: .volunteer,
                    territory: try $0.community), enrolledOn: try $0.day("2019-07-01"))
            return [
                try $0.household(), registered, try $0.enrol($0.record), doubled,
                try $0.mergeOther(),
            ]
        } then: {
            try $0.unmergeOther()
        },
    ]

    // MARK: Persons

    private static let persons: [Limit] = [
        Limit("a death before the birth of a merged registration", .accepted) {
            var other = try RegistrySamples.person(5, $0.other)
            other.residentId = try RegistrySamples.resident(5, born: "1966-03-09")
            return [
                try $0.household(), other,
                RecordDeath(person: $0.other, diedOn: try $0.day("2019-08-01")),
                try $0.mergeOther(),
            ]
        } then: {
            CorrectDeath(
                person: $0.person, diedOn: try $0.day("1965-12-01"),
                correctedOn: try $0.day("2020-02-01"), reason: "a slip", actor: $0.actor)
        },
        Limit("a birth after the death", .refused("born_too_late")) {
            let child = RegisterPerson(
                person: $0.other, territory: try $0.community,
                registeredOn: try $0.day("2019-06-01"), name: "示例童",
                birthDate: try $0.day("2019-05-01"), sex: .female)
            return [child, RecordDeath(person: $0.other, diedOn: try $0.day("2019-05-20"))]
        } then: {
            CorrectPerson(
                person: $0.other, birthDate: try $0.day("2019-05-21"),
                correctedOn: try $0.day("2020-02-01"), reason: "a slip", actor: $0.actor)
        },
        Limit("another person's number", .refused("resident_exists")) {
            [try $0.household(), try RegistrySamples.person(41, $0.other)]
        } then: {
            CorrectPerson(
                person: $0.person, residentId: try RegistrySamples.resident(41),
                correctedOn: try $0.day("2020-02-01"), reason: "a slip", actor: $0.actor)
        },
        Limit("a paper that another person has by now", .refused("unknown_paper")) {
            let (passport, day) = (try RegistrySamples.passport(), try $0.day("2019-07-01"))
            return [
                try $0.household(), try RegistrySamples.person(5, $0.other),
                RecordPaper(
                    person: $0.person, paper: passport, recordedOn: day, actor: $0.actor),
                WithdrawPaper(
                    person: $0.person, paper: passport, as: .wrong, withdrawnOn: day,
                    reason: "a slip", actor: $0.actor),
                RecordPaper(
                    person: $0.other, paper: passport, recordedOn: day, actor: $0.actor),
            ]
        } then: {
            WithdrawPaper(
                person: $0.person, paper: try RegistrySamples.passport(), as: .replaced,
                withdrawnOn: try $0.day("2020-02-01"), reason: "a slip", actor: $0.actor)
        },
        Limit("two persons, of whose freed papers a third has one by now", .accepted) {
            [
                try $0.household(), try RegistrySamples.person(5, $0.other),
                try $0.mergeOther(.merged), try RegistrySamples.person(5),
            ]
        } then: {
            try $0.unmergeOther()
        },
        Limit("a consent that was given on the day of a void one", .accepted) {
            let given = RecordConsent(
                person: $0.person, purpose: .insurer, decision: .given,
                decidedOn: try $0.day("2019-07-01"))
            let void = VoidConsent(
                person: $0.person, purpose: .insurer, decision: .given,
                decidedOn: given.decidedOn, reason: "a slip", actor: $0.actor)
            return [try $0.household(), given, void, given]
        } then: {
            VoidConsent(
                person: $0.person, purpose: .insurer, decision: .given,
                decidedOn: try $0.day("2019-07-01"), reason: "a slip", actor: $0.actor)
        },
    ]

    // MARK: Sites and commendations

    private static let sites: [Limit] = [
        Limit("a site that opens after its closing", .refused("opens_too_late")) {
            let close = CloseSite(site: SiteID($0.record), closedOn: try $0.day("2019-06-20"))
            return [try $0.household(), try $0.site()[0], close]
        } then: {
            try $0.correctSite(openedOn: "2019-06-21")
        },
        Limit("a site that opens after its council", .refused("opens_too_late")) {
            [try $0.household()] + (try $0.site())
        } then: {
            try $0.correctSite(openedOn: "2019-07-02")
        },
        Limit("a theme twice", .refused("listed_twice")) {
            [try $0.household()] + (try $0.site())
        } then: {
            try $0.correctSite(themes: ["two", "two"])
        },
        Limit("a commendation withdrawn before the award", .refused("withdrawn_before_award")) {
            [try $0.household(), try $0.award()]
        } then: {
            WithdrawCommendation(
                commendation: CommendationID($0.record), withdrawnOn: try $0.day("2019-06-30"))
        },
    ]
}
