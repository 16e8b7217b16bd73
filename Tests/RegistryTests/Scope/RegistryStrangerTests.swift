import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Every command and query of registry about the people of one street: refused to the publisher of another street, accepted
/// from the district's.
@Suite struct RegistryStrangerTests {
    private let bench: ServiceBench
    private let household = HouseholdID(UUID())
    private let head: NewMember
    private let child: NewMember
    private let community: TerritoryCode

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        head = try RegistrySamples.member(1)
        child = try RegistrySamples.member(2, .child)
        community = try RegistrySamples.territory(RegistrySamples.communities[0])
        try bench.decide(RegistrySamples.loadTerritory())
        for (publisher, territory) in [("stranger", "350203009"), ("home", "350203")] {
            try bench.decide(
                GrantPublisher(
                    publisher: publisher, territories: [RegistrySamples.territory(territory)],
                    types: Catalogue.registryCommands.map { $0.type }))
        }
    }

    private func day(_ text: String) throws -> BusinessDate { try RegistrySamples.date(text) }

    private func people() throws -> [any Command] {
        let (single, double) = (PersonID(UUID()), PersonID(UUID()))
        let actor = try RegistrySamples.officer
        return try RegistrySamples.appointment() + [
            try RegistrySamples.loadTerritory(
                ["350203007902"], edition: "2024-01-01", from: "2000-01-01"),
            try RegistrySamples.household(household, members: [head, child]),
            try RegistrySamples.person(3, single), try RegistrySamples.person(4, double),
            VerifyPerson(person: single, verifiedOn: try day("2019-07-01")),
            MergePersons(survivor: single, merged: double, mergedOn: try day("2019-08-01")),
            UnmergePersons(
                survivor: single, merged: double, unmergedOn: try day("2019-08-02"),
                reason: "namesakes", actor: actor),
            MovePerson(
                person: single, destination: try RegistrySamples.territory("350203007902"),
                movedOn: try day("2019-09-01")),
            VoidMove(
                person: single, movedOn: try day("2019-09-01"), voidedOn: try day("2019-09-02"),
                reason: "a slip", actor: actor),
            RecordConsent(
                person: head.person, purpose: .insurer, decision: .given,
                decidedOn: try day("2019-09-01")),
            RecordDeath(person: single, diedOn: try day("2020-01-01")),
            CorrectDeath(
                person: single, diedOn: try day("2020-01-02"), correctedOn: try day("2020-01-03"),
                reason: "a slip", actor: actor),
            VoidDeath(
                person: single, voidedOn: try day("2020-01-04"), reason: "another one",
                actor: actor),
            ErasePerson(person: single, erasedOn: try day("2020-02-01")),
            GetPerson(person: head.person), GetHousehold(household: household),
            SearchRegistry(territory: community), ListMemberships(person: head.person),
            ListCategories(subject: household.uuid), ListCategories(subject: child.person.uuid),
            ListConsents(person: head.person), ListSites(territory: community),
            ListPublishers(territory: community), ListReads(subject: head.person.uuid),
            ListReads(subject: household.uuid),
            ListRegistryTasks(TaskSelection(within: community)),
            ListHandovers(territory: community), ListDoubles(territory: community),
            GetRegistryHistory(HistorySelection(record: household.uuid)),
            GetRegistryHistory(HistorySelection(record: head.person.uuid)),
        ]
    }

    private func categories() throws -> [any Command] {
        let (proposed, wrong) = (AssertionID(UUID()), AssertionID(UUID()))
        func assert(_ id: AssertionID, _ category: Messages.Category) throws -> AssertCategory {
            AssertCategory(
                assertion: id, household: household, subject: child.person.uuid,
                category: category, evidence: "certificate", validFrom: try day("2010-01-01"))
        }
        return [
            try assert(proposed, .onlyChild), try assert(wrong, .hardshipGirl),
            VerifyCategory(assertion: proposed, verifiedOn: try day("2019-10-01")),
            VerifyCategory(assertion: wrong, verifiedOn: try day("2019-10-01")),
            EndCategory(assertion: proposed, endedOn: try day("2019-11-01")),
            RevokeCategory(assertion: wrong, revokedOn: try day("2019-11-01")),
            CorrectCategory(
                assertion: proposed, validFrom: try day("2010-01-01"),
                endedOn: try day("2019-11-02"), reason: "a slip",
                actor: try RegistrySamples.officer),
        ]
    }

    private func branches() throws -> [any Command] {
        let (member, site, award) = (MemberID(UUID()), SiteID(UUID()), CommendationID(UUID()))
        let actor = try RegistrySamples.officer
        let subject = MemberSubject(
            member: member, person: head.person, role: .volunteer, territory: community)
        return [
            ApplyForMembership(subject, appliedOn: try day("2019-10-01")),
            EnrolMember(subject, enrolledOn: try day("2019-10-02")),
            LeaveMember(member: member, leftOn: try day("2019-12-01")),
            CorrectMember(
                member: member, enrolledOn: try day("2019-10-02"),
                leftOn: try day("2019-12-02"), reason: "a slip", actor: actor),
            VoidMember(member: member, reason: "another person", actor: actor),
            OpenSite(
                site: site, kind: .warmHome, territory: community, nameZh: "示例",
                nameEn: "Sample", openedOn: try day("2019-01-01"), tiers: community.ancestors,
                ruleSets: ["one"], themes: ["one"]),
            AppointCouncil(
                site: site, council: [head.person], appointedOn: try day("2019-10-01")),
            CloseSite(site: site, closedOn: try day("2020-01-01")),
            ReopenSite(site: site, reason: "another site", actor: actor),
            CorrectSite(
                site: site, kind: .warmHome, nameZh: "示例", nameEn: "Sample",
                openedOn: try day("2019-01-02"), ruleSets: ["one"], themes: ["one"],
                reason: "a slip", actor: actor),
            AwardCommendation(
                CommendationSubject(
                    commendation: award, recipient: head.person, territory: community,
                    occasion: "member-day", awardedOn: try day("2020-05-29"))),
            WithdrawCommendation(commendation: award, withdrawnOn: try day("2020-06-01")),
        ]
    }

    /// A household of its own that somebody joins and leaves, and that person's handovers.
    private func households() throws -> [any Command] {
        let (other, third) = (HouseholdID(UUID()), HouseholdID(UUID()))
        let (agreed, declined) = (HandoverID(UUID()), HandoverID(UUID()))
        let (person, office) = (try RegistrySamples.person(71), MemberID(UUID()))
        func living(_ role: Role) -> [MemberRoleInHousehold] {
            [MemberRoleInHousehold(person: person.person, role: role)]
        }
        return [
            try RegistrySamples.household(other, members: [RegistrySamples.member(72)]), person,
            JoinHousehold(
                household: other, person: person.person, role: .parent,
                movedOn: try day("2020-01-01")),
            ChangeHouseholdRoles(
                household: other, members: living(.child), changedOn: try day("2020-01-02")),
            SplitHousehold(
                household: other, into: third, territory: community, members: living(.head),
                splitOn: try day("2020-01-03")),
            MergeHouseholds(
                survivor: other, merged: third, members: living(.parent),
                mergedOn: try day("2020-01-04")),
            LeaveHousehold(
                household: other, person: person.person, movedOn: try day("2020-01-05")),
            DissolveHousehold(household: other, dissolvedOn: try day("2020-01-06")),
            EnrolMember(
                MemberSubject(
                    member: office, person: child.person, role: .officer, territory: community,
                    level: .community), enrolledOn: try day("2019-10-01")),
            RestoreHousehold(
                household: other, restoredOn: try day("2020-01-07"), reason: "a slip",
                actor: office.acting(in: community)),
            RequestHandover(
                handover: agreed, person: person.person,
                territory: try RegistrySamples.territory("350203007902"),
                movedOn: try day("2020-01-07")),
            AcceptHandover(handover: agreed),
            RequestHandover(
                handover: declined, person: person.person, territory: community,
                movedOn: try day("2020-01-08")),
            DeclineHandover(handover: declined, reason: "lives here"),
            RecordConsent(
                person: person.person, purpose: .service, decision: .given,
                decidedOn: try day("2020-01-09")),
            VoidConsent(
                person: person.person, purpose: .service, decision: .given,
                decidedOn: try day("2020-01-09"), reason: "another person",
                actor: try RegistrySamples.officer),
        ]
    }

    private func moved() throws -> MoveHousehold {
        MoveHousehold(
            household: household, territory: try RegistrySamples.territory("350203007902"),
            movedOn: try day("2020-07-01"))
    }

    /// The head dies, and an officer dismisses the task.
    private func tasks() throws -> [any Command] {
        let office = MemberID(UUID())
        return [
            EnrolMember(
                MemberSubject(
                    member: office, person: child.person, role: .staff, territory: community,
                    level: .community), enrolledOn: try day("2019-10-01")),
            RecordDeath(person: head.person, diedOn: try day("2020-06-02")),
            SettleRegistryTask(
                TaskDismissal(
                    task: Tasks.id(.nameSuccessor, household.uuid),
                    settledOn: try day("2020-06-03"), reason: "of age",
                    actor: Actor(staff: StaffID(office.uuid), territory: community))),
        ]
    }

    private func corrections() throws -> [any Command] {
        let actor = try RegistrySamples.officer
        return [
            RecordPaper(
                person: child.person, paper: try RegistrySamples.passport(),
                recordedOn: try day("2019-07-02"), actor: actor),
            WithdrawPaper(
                person: child.person, paper: try RegistrySamples.passport(), as: .expired,
                withdrawnOn: try day("2019-07-03"), reason: "shown", actor: actor),
            CorrectPerson(
                person: child.person, name: "示例人二", correctedOn: try day("2019-07-04"),
                reason: "misread", actor: actor),
        ]
    }

    @Test func `a household of another street is not read, moved, ended or counted`() throws {
        let commands =
            try people() + corrections() + categories() + branches() + households() + tasks() + [
                moved()
            ]
        for command in commands {
            let type = type(of: command).type
            let facts = bench.facts.count
            let refused = try bench.decide(command, publisher: "stranger")
            #expect(refused.code == "out_of_scope", "\(type): \(refused.code ?? "")")
            #expect(refused.pointer?.hasPrefix("/data") == true, "\(type)")
            #expect(bench.facts.count == facts, "\(type)")
            let accepted = try bench.decide(command, publisher: "home")
            #expect(accepted.status == "accepted", "\(type): \(accepted.code ?? "")")
        }
        let operators = [GrantPublisher.type, RevokePublisher.type]
        let types = Set(commands.map { type(of: $0).type })
        #expect(types == Set(Catalogue.registryCommands.map { $0.type }).subtracting(operators))
        let reads = try bench.connection.run(
            "SELECT count(*) FROM read_access WHERE publisher = 'stranger'")
        #expect(try reads.first?.decode(Int64.self, at: 0) == 0)
    }
}
