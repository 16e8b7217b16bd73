import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// Registry on a real database: rows are written and read back, constraints hold, workers race.
@Suite struct RegistryDatabaseTests {
    private let bench: ServiceBench

    init() throws {
        bench = try ServiceBench(RegistrySamples.definition())
        try bench.decide(RegistrySamples.loadTerritory())
    }

    private func count(_ table: String) throws -> Int64 {
        let rows = try bench.connection.run(Statement(trusted: "SELECT count(*) FROM \(table)"))
        return try #require(rows.first).decode(Int64.self, at: 0)
    }

    /// One command of each type, in an order in which each is accepted.
    private func commands() throws -> [any Command] {
        let (household, next) = (HouseholdID(UUID()), HouseholdID(UUID()))
        let (head, child) = (try RegistrySamples.member(1), try RegistrySamples.member(2, .child))
        let office = MemberID(UUID())
        let actor = try office.acting()
        let category = try RegistrySamples.category(.onlyChild, of: household.uuid, verified: false)
        let (hardship, site) = (AssertionID(UUID()), SiteID(UUID()))
        let (award, member) = (CommendationID(UUID()), MemberID(UUID()))
        let parent = try RegistrySamples.person(3, household: household, role: .parent)
        let day = try RegistrySamples.date("2019-07-01")
        let codes = try RegistrySamples.communities.map(RegistrySamples.territory)
        let clerk = try RegistrySamples.person(5)
        let (third, agreed, declined) = (
            HouseholdID(UUID()), HandoverID(UUID()), HandoverID(UUID())
        )
        let other = MemberID(UUID())
        func clerks(_ role: Role) -> [MemberRoleInHousehold] {
            [MemberRoleInHousehold(person: clerk.person, role: role)]
        }
        return [
            try RegistrySamples.loadTerritory(edition: "2024-01-01"),
            try RegistrySamples.household(
                household, members: [head, child], categories: [category]),
            try RegistrySamples.household(
                next, in: RegistrySamples.communities[1], members: [RegistrySamples.member(4)]),
            parent, clerk,
            EnrolMember(
                MemberSubject(
                    member: office, person: clerk.person, role: .officer, territory: codes[0],
                    level: .community), enrolledOn: day),
            VerifyPerson(person: child.person, verifiedOn: day),
            RecordConsent(
                person: child.person, purpose: .service, decision: .given, decidedOn: day),
            VoidConsent(
                person: child.person, purpose: .service, decision: .given, decidedOn: day,
                reason: "another person", actor: actor),
            AssertCategory(
                assertion: hardship, household: household, subject: child.person.uuid,
                category: .hardshipGirl, evidence: "seen", validFrom: day),
            VerifyCategory(assertion: category.assertion, verifiedOn: day),
            VerifyCategory(assertion: hardship, verifiedOn: day),
            EndCategory(
                assertion: category.assertion, endedOn: day.adding(days: 9), reason: "moved"),
            CorrectCategory(
                assertion: category.assertion, validFrom: try RegistrySamples.date("2005-01-01"),
                endedOn: day.adding(days: 8), reason: "the paper says so", actor: actor),
            RevokeCategory(
                assertion: hardship, revokedOn: day.adding(days: 9), reason: "another child"),
            ApplyForMembership(
                MemberSubject(
                    member: member, person: child.person, role: .staff, territory: codes[0],
                    level: .community), appliedOn: day),
            EnrolMember(
                MemberSubject(
                    member: member, person: child.person, role: .staff, territory: codes[0],
                    level: .community), enrolledOn: day),
            RecordPaper(
                person: child.person, paper: try RegistrySamples.passport(), recordedOn: day,
                actor: actor),
            WithdrawPaper(
                person: child.person, paper: try RegistrySamples.passport(), as: .wrong,
                withdrawnOn: day, reason: "of another person",
                actor: actor),
            CorrectPerson(
                person: child.person, name: "示例人二", correctedOn: day, reason: "misread",
                actor: actor),
            LeaveMember(member: member, leftOn: day),
            CorrectMember(
                member: member, enrolledOn: day, leftOn: day.adding(days: 1), reason: "a slip",
                actor: actor),
            VoidMember(member: member, reason: "another person", actor: actor),
            OpenSite(
                site: site, kind: .youthHealthClub, territory: codes[0], nameZh: "示例",
                nameEn: "Sample", openedOn: day, tiers: Array(codes[0].ancestors.prefix(3)),
                ruleSets: ["one"], themes: ["two", "three"]),
            AppointCouncil(site: site, council: [child.person], appointedOn: day),
            CloseSite(site: site, closedOn: day),
            ReopenSite(site: site, reason: "another site", actor: actor),
            CorrectSite(
                site: site, kind: .youthHealthClub, nameZh: "示例", nameEn: "Sample",
                openedOn: day, ruleSets: ["one"], themes: ["two"], reason: "a slip", actor: actor),
            AwardCommendation(
                CommendationSubject(
                    commendation: award, recipient: child.person, territory: codes[0],
                    occasion: "member day", awardedOn: day)),
            WithdrawCommendation(commendation: award, withdrawnOn: day),
            MovePerson(
                person: parent.person, destination: codes[1], household: next, role: .parent,
                movedOn: day),
            MoveHousehold(household: next, territory: codes[0], movedOn: day),
            VoidMove(
                person: parent.person, movedOn: day, voidedOn: day.adding(days: 1),
                reason: "another 示例人", actor: actor),
            RecordDeath(person: parent.person, diedOn: day),
            CorrectDeath(
                person: parent.person, diedOn: day.adding(days: 1),
                correctedOn: day.adding(days: 2), reason: "a slip", actor: actor),
            VoidDeath(
                person: parent.person, voidedOn: day.adding(days: 3), reason: "another 示例人",
                actor: actor),
            RecordDeath(person: head.person, diedOn: day),
            SettleRegistryTask(
                TaskDismissal(
                    task: Tasks.id(.nameSuccessor, household.uuid), settledOn: day,
                    reason: "the child is of age",
                    actor: Actor(staff: StaffID(office.uuid), territory: codes[0]))),
            MergePersons(survivor: child.person, merged: parent.person, mergedOn: day),
            UnmergePersons(
                survivor: child.person, merged: parent.person, unmergedOn: day.adding(days: 4),
                reason: "a namesake", actor: actor),
            ErasePerson(person: parent.person, erasedOn: day),
            JoinHousehold(household: next, person: clerk.person, role: .parent, movedOn: day),
            ChangeHouseholdRoles(
                household: next, members: clerks(.child), changedOn: day.adding(days: 1)),
            SplitHousehold(
                household: next, into: third, territory: codes[0], members: clerks(.head),
                splitOn: day.adding(days: 2)),
            MergeHouseholds(
                survivor: next, merged: third, members: clerks(.parent),
                mergedOn: day.adding(days: 3)),
            LeaveHousehold(household: next, person: clerk.person, movedOn: day.adding(days: 4)),
            DissolveHousehold(household: next, dissolvedOn: day.adding(days: 5)),
            EnrolMember(
                MemberSubject(
                    member: other, person: child.person, role: .officer, territory: codes[0],
                    level: .community), enrolledOn: day),
            RestoreHousehold(
                household: next, restoredOn: day.adding(days: 6), reason: "another family",
                actor: other.acting(in: codes[0])),
            RequestHandover(
                handover: agreed, person: clerk.person, territory: codes[1],
                movedOn: day.adding(days: 6)),
            AcceptHandover(handover: agreed),
            RequestHandover(
                handover: declined, person: clerk.person, territory: codes[0],
                movedOn: day.adding(days: 7)),
            DeclineHandover(handover: declined, reason: "lives here"),
            GrantPublisher(publisher: "subdistrict", territories: codes, types: ["events.*"]),
            RevokePublisher(publisher: "subdistrict"),
        ]
    }

    @Test func `each command is accepted, and a batch later sees what it stored`() throws {
        let commands = try commands()
        let types = Set(commands.map { type(of: $0).type })
        let all = Catalogue.registryCommands.filter { !($0 is any Query.Type) }
        #expect(types == Set(all.map { $0.type }))
        for command in commands {
            let answer = try bench.decide(command)
            #expect(answer.status == "accepted", "\(type(of: command).type): \(answer)")
        }
        #expect(bench.facts.count == commands.count + 4)
        let facts = Catalogue.registryFacts.filter { !($0 is any JournalSent.Type) }
        #expect(Set(bench.facts.map(\.header.type)) == Set(facts.map { $0.type }))
        let ended = try #require(bench.facts.compactMap { $0.payload as? CategoryEnded }.first)
        #expect(ended.validFrom == (try RegistrySamples.date("2005-01-01")))
        #expect(try count("person") == 5)
        #expect(try count("site_term") == 5)
        #expect(try count("consent_record") == 2)
    }

    @Test func `each command sent again is answered by its first answer and changes nothing`()
        throws
    {
        let time = Timestamp.now()
        for command in try commands() {
            let id = UUID()
            let first = try bench.decide(command, id: id, time: time)
            let (facts, again) = (
                bench.facts.count, try bench.decide(command, id: id, time: time)
            )
            #expect(again.status == "duplicate", "\(type(of: command).type)")
            #expect(again.first == first.status)
            #expect(again.facts == first.facts)
            #expect(bench.facts.count == facts)
        }
    }

    @Test func `a command without one of its fields is refused where it is missing`() throws {
        for command in try commands() {
            let type = type(of: command).type
            let document = try #require(
                try JSONSerialization.jsonObject(with: Data(bench.body(command)))
                    as? [String: Any])
            let fields = try #require(document["data"] as? [String: Any])
            let required = fields.keys.filter {
                !Self.optional.contains($0) && !Self.optional.contains("\(type) \($0)")
            }
            for field in required {
                var (malformed, rest) = (document, fields)
                rest[field] = nil
                malformed["data"] = rest
                malformed["id"] = UUID().uuidString
                let answer = try bench.deliver(
                    raw: Array(JSONSerialization.data(withJSONObject: malformed)),
                    routingKey: type)
                #expect(answer.code == "missing_field", "\(type) \(field)")
                #expect(answer.pointer == "/data/\(field)", "\(type)")
            }
        }
        #expect(bench.facts.count == 1)
    }

    /// Fields that are optional in every command that has them here, or in that one.
    private static let optional: Set<String> = [
        "validTo", "evidence", "level", "ending", "destination", "role", "phone",
        "completeWithin", "registry.person.register.v1 household",
        "registry.person.register.v1 residentId", "registry.person.correct.v1 name",
        "registry.person.move.v1 household", "registry.member.correct.v1 leftOn",
        "registry.category.correct.v1 endedOn", "registry.category.end.v1 reason",
        "registry.category.revoke.v1 reason",
    ]

    @Test func `a household sent twice is registered once and answered twice`() throws {
        let command = try RegistrySamples.household(members: [RegistrySamples.member(1)])
        let (id, time) = (UUID(), Timestamp.now())
        #expect(try bench.decide(command, id: id, time: time).status == "accepted")
        let again = try bench.decide(command, id: id, time: time)
        #expect(again.status == "duplicate")
        #expect(again.first == "accepted")
        #expect(try count("household") == 1)
    }

    @Test func `rules hold for what an earlier batch stored`() throws {
        let household = HouseholdID(UUID())
        let member = try RegistrySamples.member(1)
        let category = try RegistrySamples.category(of: household.uuid)
        try bench.decide(
            RegistrySamples.household(household, members: [member], categories: [category]))
        let refused: [(any Command, String, String)] = [
            (
                try RegistrySamples.household(household, members: [RegistrySamples.member(5)]),
                "household_exists", "/data/household"
            ),
            (
                try RegistrySamples.household(members: [member]), "person_in_household",
                "/data/members/0/person"
            ),
            (try RegistrySamples.person(1), "resident_exists", "/data/residentId"),
            (
                AssertCategory(
                    assertion: AssertionID(UUID()), household: household, subject: household.uuid,
                    category: .onlyChild, validFrom: try RegistrySamples.date("2018-01-01")),
                "category_overlaps", "/data/validFrom"
            ),
        ]
        let answers = try bench.decide(refused.map(\.0))
        #expect(answers.map(\.status) == refused.map { _ in "rejected" })
        #expect(answers.map(\.code) == refused.map(\.1))
        #expect(answers.map(\.pointer) == refused.map(\.2))
    }

    @Test func `one refused household leaves the rest of its batch alone`() throws {
        let unknown = "350203012901"
        let answers = try bench.decide(
            (0..<60).map { serial in
                try RegistrySamples.household(
                    in: serial == 30 ? unknown : RegistrySamples.communities[serial % 2],
                    members: [
                        RegistrySamples.member(serial * 2),
                        RegistrySamples.member(serial * 2 + 1, .spouse),
                    ])
            })
        try #require(answers.count == 60)
        #expect(answers.filter { $0.status == "accepted" }.count == 59)
        #expect(answers[30].code == "unknown_territory")
        #expect(try count("household") == 59)
        #expect(try count("person") == 118)
    }

    @Test func `a commendation waits until its recipient is registered`() throws {
        let recipient = PersonID(UUID())
        let award = AwardCommendation(
            CommendationSubject(
                commendation: CommendationID(UUID()), recipient: recipient,
                territory: try RegistrySamples.territory(RegistrySamples.communities[0]),
                occasion: "member day", awardedOn: try RegistrySamples.date("2019-05-29")))
        #expect(try bench.decide(award).status == "parked")
        try bench.decide(RegistrySamples.person(1, recipient))
        #expect(try bench.handleParked().map(\.status) == ["accepted"])
        #expect(try count("commendation") == 1)
    }

    @Test func `nothing personal stands in any table, journal and inbox included`() throws {
        let member = try RegistrySamples.member(1)
        let household = HouseholdID(UUID())
        try bench.decide([
            try RegistrySamples.household(
                household, members: [member],
                categories: [RegistrySamples.category(of: household.uuid)]),
            try RegistrySamples.household(members: [member]),
        ])
        let tables = try bench.connection.run(
            "SELECT tablename::text FROM pg_tables WHERE schemaname = 'public'"
        ).map { try $0.decode(String.self, at: 0) }
        #expect(tables.contains("person"))
        let secrets = [
            member.name, try #require(member.residentId).rawValue, try #require(member.phone),
        ]
        for table in tables {
            // Byte strings are shown in hexadecimal, so that is looked for too.
            let rows = try bench.connection.run(
                Statement(trusted: "SELECT coalesce(string_agg(t::text, ' '), '') FROM \(table) t"))
            let text = try #require(rows.first).decode(String.self, at: 0)
            for secret in secrets {
                let hexadecimal = secret.utf8.map { String(format: "%02x", $0) }.joined()
                #expect(!text.contains(secret), "\(table)")
                #expect(!text.contains(hexadecimal), "\(table)")
            }
        }
    }

    @Test func `applications and councils are written and read back`() throws {
        let (person, member, site) = (PersonID(UUID()), MemberID(UUID()), SiteID(UUID()))
        let community = try RegistrySamples.territory(RegistrySamples.communities[0])
        let day = try RegistrySamples.date("2019-07-01")
        let commands: [any Command] = [
            try RegistrySamples.person(1, person),
            ApplyForMembership(
                MemberSubject(member: member, person: person, role: .member, territory: community),
                appliedOn: day),
            EnrolMember(
                MemberSubject(member: member, person: person, role: .member, territory: community),
                enrolledOn: day),
            LeaveMember(member: member, leftOn: day),
            OpenSite(
                site: site, kind: .warmHome, territory: community, nameZh: "示例", nameEn: "Sample",
                openedOn: day, tiers: Array(community.ancestors.prefix(3)), ruleSets: ["one"],
                themes: ["two"]),
            AppointCouncil(site: site, council: [person], appointedOn: day),
            AppointCouncil(site: site, council: [person], appointedOn: day),
        ]
        for command in commands { #expect(try bench.decide(command).status == "accepted") }
        let later = try bench.decide(
            AppointCouncil(site: site, council: [person], appointedOn: day.adding(days: 1)))
        #expect((later.status, later.code) == ("accepted", nil))
        let late = try bench.decide(AppointCouncil(site: site, council: [person], appointedOn: day))
        #expect((late.status, late.code) == ("accepted", "other_council_stands"))
        #expect(late.expected == "the council of 2019-07-02, which stands")
        let seats = try bench.connection.run(
            "SELECT appointment FROM council_seat WHERE person = \(person) ORDER BY appointment")
        let appointments = try seats.map { try $0.decode(Int64.self, at: 0) }
        #expect(appointments == [2, 3, 4, 5])
        let standing = try bench.connection.run("SELECT council FROM site WHERE id = \(site)")
        #expect(try standing.first?.decode(Int64.self, at: 0) == 4)
        #expect(throws: PostgresError.self) {
            try bench.connection.run("DELETE FROM council_seat")
        }
    }
}
