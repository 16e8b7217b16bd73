import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Scenario

/// A scenario in memory, as its messages say it.
struct MadeScenario {
    var commands: [(phase: ScenarioPhase, command: any Command)] = []
    var expected: ExpectedFigures
    let seeds: ScenarioSeeds

    init(seed: UInt64 = 2020, households: Int = 2_000) throws {
        seeds = try ScenarioSeeds(directory: ScenarioSeeds.directory(nil))
        var made: [(ScenarioPhase, any Command)] = []
        var generator = ScenarioGenerator(seeds: seeds, seed: seed, households: households) {
            made.append(($0, $1))
        }
        try generator.generate()
        commands = made
        expected = generator.expectation.figures
    }

    func all<C: Command>(_ type: C.Type) -> [C] { commands.compactMap { $0.command as? C } }

    /// 2026-06-01: after all that the messages report.
    private static let time = Timestamp(microseconds: 1_780_272_000_000_000)

    func bytes() throws -> [[UInt8]] {
        let encoder = MessageEncoder()
        let id = UUID(uuid: (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16))
        var bytes: [[UInt8]] = []
        for entry in commands {
            let command: any Payload = entry.command
            let header = Header(
                id: id, source: "test", type: type(of: command).type,
                time: Self.time)
            bytes.append(try encoder.encode(header, command))
        }
        return bytes
    }

    func expected(_ measure: String, _ dimension: String = "", in territory: String = "350203")
        -> Int64?
    {
        expected.figures.first {
            $0.measure == measure && $0.dimension == dimension && $0.territory == territory
                && $0.period == "all"
        }?.value
    }
}

@Suite("The reference scenario")
struct ScenarioTests {
    @Test("The same seed makes the same messages, another seed makes others")
    func sameSeedSameBytes() throws {
        let first = try MadeScenario(seed: 7).bytes()
        #expect(try MadeScenario(seed: 7).bytes() == first)
        #expect(try MadeScenario(seed: 8).bytes() != first)
    }

    @Test("Every command decodes as the contract wants it")
    func commandsDecode() throws {
        let catalogue = Catalogue(Catalogue.commands)
        for body in try MadeScenario().bytes() { _ = try catalogue.decode(body) }
    }

    @Test("No id and no resident id occurs twice")
    func idsAreUnique() throws {
        let households = try MadeScenario().all(RegisterHousehold.self)
        let members = households.flatMap(\.members)
        #expect(Set(members.compactMap(\.residentId)).count == members.count)
        let ids =
            members.map(\.person.uuid) + households.map(\.household.uuid)
            + households.flatMap { $0.categories.map(\.assertion.uuid) }
        #expect(Set(ids).count == ids.count)
    }

    @Test("80,000 households come to the insured ones of the report, by rule E1 applied anew")
    func insuredByRule() throws {
        let scenario = try MadeScenario(households: 80_000)
        let reference = scenario.seeds.reference.insurance.referenceDate
        let rule = scenario.seeds.rules.accidentInsurance.rule
        let bases = scenario.all(RegisterHousehold.self).map {
            RuleE1.basis(of: $0, rule: rule, on: reference)
        }
        #expect(bases.count == 80_000 + scenario.seeds.reference.earlyChildhood.families)
        #expect(bases.count { $0 == .onlyChildParents } == 68_050)
        #expect(bases.count { $0 == .specialFamily } == 1_100)
        #expect(bases.count { $0 == .lowSecurity } == 1_000)
        #expect(bases.count { $0 == .lowIncome } == 800)
        #expect(scenario.expected("premium_paid_fen") == 562_690_000)
        let premium = scenario.expected("insured_households", "only_child_parents")
        #expect(premium == 68_050)
    }

    @Test("No family is in two categories that exclude each other, or bereaved with a living child")
    func categoriesAgree() throws {
        let excluded: [(Messages.Category, Messages.Category)] = [
            (.bereaved, .onlyChild), (.bereaved, .disabledChild), (.lowSecurity, .lowIncome),
        ]
        var bereaved = 0
        for household in try MadeScenario().all(RegisterHousehold.self) {
            let said = household.categories
            if said.contains(where: { $0.category == .bereaved }) {
                bereaved += 1
                #expect(!household.members.contains { $0.role == .child })
            }
            for (one, other) in excluded {
                for first in said where first.category == one {
                    for second in said where second.category == other {
                        let isBefore = first.validTo.map { $0 < second.validFrom } ?? false
                        let isAfter = second.validTo.map { $0 < first.validFrom } ?? false
                        #expect(isBefore || isAfter, "\(one) and \(other)")
                    }
                }
            }
        }
        #expect(bereaved > 0)
    }

    @Test("Parents stand on both sides of each bound of the rule")
    func boundsOccur() throws {
        let scenario = try MadeScenario()
        let births = Set(
            scenario.all(RegisterHousehold.self).flatMap(\.members).filter { $0.role != .child }
                .compactMap(\.statedBirthDate))
        // Turned 51 on 2020-01-01 or a day later, turned 66 then or a day later.
        for day in ["1969-01-01", "1969-01-02", "1954-01-01", "1954-01-02"] {
            let date = try #require(BusinessDate(day))
            #expect(births.contains(date), "nobody is born on \(day)")
        }
        #expect(births.contains { $0.month == 2 && $0.dayOfMonth == 29 })
    }

    @Test("80 borrowers with one loan each borrow 1,710,000 yuan, within the bounds and at both")
    func loans() throws {
        let scenario = try MadeScenario()
        let paid = Set(scenario.all(DisburseLoan.self).map(\.loan))
        let loans = scenario.all(ApplyForLoan.self).filter { paid.contains($0.loan) }
        #expect(loans.count == 80)
        #expect(Set(loans.map(\.borrower)).count == 80)
        #expect(loans.reduce(Fen.zero) { $0 + $1.principalFen } == .yuan(1_710_000))
        #expect(loans.map(\.principalFen).min() == .yuan(10_000))
        #expect(loans.map(\.principalFen).max() == .yuan(30_000))
        #expect(Set(loans.map(\.actor.territory)).count > 50)
        let members = scenario.all(RegisterHousehold.self).flatMap(\.members)
        let sex = Dictionary(uniqueKeysWithValues: members.map { ($0.person, $0.statedSex) })
        #expect(loans.allSatisfy { sex[$0.borrower] == .female })
    }

    @Test(
        "Each loan and grant is proposed, endorsed and approved by officers, who are three persons")
    func officers() throws {
        let scenario = try MadeScenario()
        let enrolled = scenario.all(EnrolMember.self).filter { $0.role == .officer }
        let offices = Dictionary(uniqueKeysWithValues: enrolled.map { ($0.member.uuid, $0) })
        #expect(Set(enrolled.map(\.person)).count == enrolled.count)
        var steps: [UUID: [Actor]] = [:]
        for step in scenario.all(ApplyForLoan.self) { steps[step.loan.uuid] = [step.actor] }
        for step in scenario.all(EndorseLoan.self) { steps[step.loan.uuid]?.append(step.actor) }
        for step in scenario.all(ApproveLoan.self) { steps[step.loan.uuid]?.append(step.actor) }
        for step in scenario.all(RequestGrant.self) { steps[step.grant.uuid] = [step.actor] }
        for step in scenario.all(EndorseGrant.self) { steps[step.grant.uuid]?.append(step.actor) }
        for step in scenario.all(ApproveGrant.self) { steps[step.grant.uuid]?.append(step.actor) }
        #expect(steps.count > 80)
        for actors in steps.values {
            let holders = actors.compactMap { offices[$0.staff.uuid] }
            #expect(holders.map(\.territory) == actors.map(\.territory))
            #expect(Set(holders.map(\.person)).count == actors.count)
        }
    }

    @Test("9 activities and 25 tea talks that take place have 500 person-times")
    func sessions() throws {
        let scenario = try MadeScenario()
        let closed = Set(scenario.all(CloseSession.self).map(\.session))
        let kinds = Dictionary(
            uniqueKeysWithValues: scenario.all(PlanActivity.self)
                .filter { $0.programme.rawValue == "warm-home" }.map { ($0.activity, $0.kind) })
        let sessions = scenario.all(OpenSession.self).filter {
            closed.contains($0.session) && kinds[$0.activity] != nil
        }
        let held = Set(sessions.map(\.session))
        #expect(sessions.count { kinds[$0.activity] == .activity } == 9)
        #expect(sessions.count { kinds[$0.activity] == .teaTalk } == 25)
        let roster = scenario.all(RecordAttendance.self).filter { held.contains($0.session) }
        let counted = scenario.all(RecordHeadcount.self).filter { held.contains($0.session) }
        #expect(roster.count + counted.reduce(0) { $0 + $1.count } == 500)
        let cancelled = Set(scenario.all(CancelSession.self).map(\.session))
        #expect(scenario.all(RecordAttendance.self).contains { cancelled.contains($0.session) })
    }

    @Test("319 people of all subdistricts are commended once")
    func commendations() throws {
        let awards = try MadeScenario().all(AwardCommendation.self)
        #expect(awards.count == 319)
        #expect(Set(awards.map(\.recipient)).count == 319)
        #expect(Set(awards.compactMap { $0.territory.ancestor(at: .subdistrict) }).count == 10)
    }

    @Test("What the scenario expects by subdistrict adds up to the district")
    func expectationAddsUp() throws {
        let scenario = try MadeScenario()
        let subdistricts = scenario.seeds.territory.units.map(\.code).filter {
            $0.level == .subdistrict
        }
        for measure in ["premium_paid_fen", "capital_lent_fen", "commendations"] {
            let parts = subdistricts.compactMap {
                scenario.expected(measure, in: $0.rawValue)
            }
            #expect(parts.reduce(0, +) == scenario.expected(measure))
        }
    }

    @Test("Few days of registration keep the number of cells small")
    func daysOfRegistration() throws {
        let days = Set(try MadeScenario().all(RegisterHousehold.self).map(\.registeredOn))
        #expect(days.count <= 12)
    }
}

/// Rule E1 as the domain states it, written without a look at funding.
private enum RuleE1 {
    static func basis(
        of household: RegisterHousehold, rule: EligibilityRule, on day: BusinessDate
    ) -> Basis? {
        let categories = household.categories.filter { category in
            category.verified && category.validFrom <= day
                && category.validTo.map { $0 >= day } != false
        }.map(\.category)
        if categories.contains(where: \.isSpecialFamily) { return .specialFamily }
        if categories.contains(.lowSecurity) { return .lowSecurity }
        if categories.contains(.lowIncome) { return .lowIncome }
        let ages = rule.parentMinimumAge...rule.parentMaximumAge
        let parents = household.members.filter { [.head, .spouse].contains($0.role) }.map {
            $0.statedBirthDate.map { ages.contains($0.completedYears(at: day)) } ?? false
        }
        let fits = rule.parentRule == .any ? parents.contains(true) : !parents.contains(false)
        guard categories.contains(.onlyChild), !parents.isEmpty, fits else { return nil }
        return .onlyChildParents
    }
}
