import Foundation
import Messages
import Testing

@testable import CommandLineKit
@testable import Scenario

@Suite("The programmes of the reference scenario")
struct ScenarioProgrammeTests {
    @Test("Grants of 510,000 yuan go to special families and families with a girl in hardship")
    func grants() throws {
        let scenario = try MadeScenario()
        let requests = scenario.all(RequestGrant.self).filter(\.kind.isForHousehold)
        #expect(sum(requests.map(\.amountFen)) == .yuan(510_000))
        let categories = Dictionary(
            uniqueKeysWithValues: scenario.all(RegisterHousehold.self).map {
                ($0.household, Set($0.categories.filter(\.verified).map(\.category)))
            })
        for request in requests {
            let held = request.household.flatMap { categories[$0] } ?? []
            let isEligible =
                request.kind == .tuition
                ? held.contains(.hardshipGirl) : held.contains(where: \.isSpecialFamily)
            #expect(isEligible)
        }
        #expect(Set(requests.compactMap(\.household)).count == requests.count)
        #expect(scenario.all(PayGrant.self).count == scenario.all(RequestGrant.self).count)
    }

    @Test("Programmes cost 500,000 yuan, all of their budgets and no more")
    func spending() throws {
        let scenario = try MadeScenario()
        let requests = scenario.all(RequestGrant.self).filter { $0.kind == .programmeSpending }
        #expect(sum(requests.map(\.amountFen)) == .yuan(500_000))
        let budgets = Set(requests.map(\.budget))
        let allotted = scenario.all(AllotBudget.self).filter { budgets.contains($0.budget) }
        #expect(sum(allotted.map(\.amountFen)) == .yuan(500_000))
        #expect(
            Set(allotted.map(\.programme.rawValue)) == [
                "warm-home", "warm-housekeeping", "warm-care",
            ])
    }

    @Test("Bereaved parents of 49 and over have a supplement of 300 yuan, by rule E2 applied anew")
    func supplement() throws {
        let scenario = try MadeScenario()
        let day = scenario.seeds.reference.supplement.referenceDate
        let persons = scenario.all(RegisterHousehold.self).reduce(0) { count, household in
            let isBereaved = household.categories.contains {
                $0.category == .bereaved && $0.verified && $0.validFrom <= day
            }
            guard isBereaved else { return count }
            return count
                + household.members.count {
                    [.head, .spouse].contains($0.role)
                        && $0.isAged(49, at: day)
                }
        }
        #expect(persons > 0)
        #expect(scenario.expected("insured_persons") == Int64(persons))
        #expect(scenario.expected("supplement_paid_fen") == Int64(persons) * 30_000)
    }

    @Test("Two sessions in June 2019 have more than 50 pairs of a parent and a child under 3")
    func pairs() throws {
        let scenario = try MadeScenario()
        let days = try #require(BusinessDate("2019-06-01"))...#require(BusinessDate("2019-06-30"))
        let kinds = kinds(scenario)
        let sessions = scenario.all(OpenSession.self).filter {
            kinds[$0.activity] == .outdoor && days.contains($0.startsOn)
        }
        #expect(Set(sessions.map(\.territory.rawValue)) == ["350203010901", "350203008902"])
        let held = Set(sessions.map(\.session))
        let pairs = scenario.all(RecordAttendance.self).filter { held.contains($0.session) }
        #expect(pairs.count == 53)
        let births = Dictionary(
            uniqueKeysWithValues: scenario.all(RegisterHousehold.self).flatMap(\.members)
                .compactMap { member in
                    member.statedBirthDate.map { (member.person, $0) }
                })
        let families = Set(
            scenario.all(RegisterHousehold.self).map { $0.members.map(\.person) })
        for pair in pairs {
            #expect(families.contains([pair.person, try #require(pair.child)]))
            let child = try #require(pair.child.flatMap { births[$0] })
            let parent = try #require(births[pair.person])
            #expect(child.completedYears(at: days.lowerBound) < 3)
            #expect(parent.completedYears(at: days.lowerBound) >= 18)
        }
    }

    @Test("Early childhood has 13 lectures, 8 outdoor sessions and more than 200 classes")
    func childhood() throws {
        let scenario = try MadeScenario()
        let kinds = kinds(scenario)
        let closed = Set(scenario.all(CloseSession.self).map(\.session))
        let held = scenario.all(OpenSession.self).filter { closed.contains($0.session) }
        #expect(held.count { kinds[$0.activity] == .lecture } == 13)
        #expect(held.count { kinds[$0.activity] == .outdoor } == 8)
        #expect(held.count { kinds[$0.activity] == .class } == 208)
        #expect(held.count { kinds[$0.activity] == .liveStream } == 3)
        #expect(held.count { kinds[$0.activity] == .onlineClass } == 3)
        #expect(scenario.all(DistributeMaterial.self).reduce(0) { $0 + $1.copies } == 15_000)
        #expect(scenario.all(RecordCasework.self).count == 108)
        let readings = scenario.all(RecordReach.self)
        let followers = readings.filter { $0.metric == .followers }
        #expect(followers.max { $0.asOf < $1.asOf }?.count == 13_260)
        let households = readings.filter { $0.metric == .viewerHouseholds }
        #expect(households.reduce(0) { $0 + $1.count } == 2_000)
    }

    @Test("Masks reach more than 400 families and 200 kits are made and issued")
    func relief() throws {
        let scenario = try MadeScenario()
        let issues = scenario.all(IssueGoods.self)
        let masks = issues.filter { $0.item == "mask" }
        #expect(masks.reduce(0) { $0 + ($1.familiesSupplied ?? 1) } == 420)
        #expect(issues.filter { $0.item == "health-kit" }.reduce(0) { $0 + $1.quantity } == 200)
        #expect(scenario.all(KitGoods.self).map(\.quantity) == [200])
    }

    @Test("Six staff are on duty at two lane posts and six compounds; one household has 12 shifts")
    func duty() throws {
        let shifts = try MadeScenario().all(OfferShift.self)
        let staff = shifts.filter { $0.role == .staff }
        #expect(Set(staff.map(\.person)).count == 6)
        let posts = Dictionary(grouping: shifts, by: \.post).values.compactMap(\.first)
        #expect(posts.count { $0.postKind == .lanePost } == 2)
        #expect(posts.count { $0.postKind == .compound } == 6)
        #expect(Set(posts.map(\.territory.rawValue)) == ["350203007902"])
        let households = Dictionary(grouping: shifts.filter { $0.household != nil }) {
            $0.household
        }
        #expect(households.values.map(\.count).max() == 12)
        // Nobody is at two posts at once.
        #expect(Set(shifts.map { "\($0.person) \($0.startsAt)" }).count == shifts.count)
    }

    @Test("What must come out names each cell once for a value, and only known programmes")
    func expectedFigures() throws {
        let directory = try ScenarioSeeds.directory(nil)
        let expected = try ExpectedFigures(file: directory.appending(path: "expected.json"))
        let exact = expected.figures.filter { $0.value != nil }.map(\.name)
        #expect(Set(exact).count == exact.count)
        let text = try String(
            contentsOf: directory.appending(path: "programmes.json"), encoding: .utf8)
        for figure in expected.figures {
            guard let programme = figure.programme else { continue }
            #expect(text.contains("\"\(programme)\""))
        }
    }

    @Test("The report's figures fit each other")
    func crossChecks() throws {
        let directory = try ScenarioSeeds.directory(nil)
        let expected = try ExpectedFigures(file: directory.appending(path: "expected.json"))
        let ratios = try #require(expected.ratios)
        func value(_ figure: ExpectedFigures.Figure) -> Int64? {
            expected.figures.first { $0.name == figure.name && $0.value != nil }?.value
        }
        for ratio in ratios {
            guard let of = value(ratio.of), let per = value(ratio.per) else { continue }
            #expect(ratio.isMet(by: of, per: per), "\(ratio.note)")
        }
        // 80 loans of 10,000 to 30,000 yuan lie around 1,710,000; the mean is 21,375.
        #expect((80 * 10_000...80 * 30_000).contains(1_710_000))
        #expect(1_710_000 / 80 == 21_375)
        #expect(Double(5_626_900) / 68_000 <= 82.75)
        #expect((Double(500) / 34 * 10).rounded() / 10 == 14.7)
    }

    // MARK: Help

    private func sum(_ amounts: [Fen]) -> Fen { amounts.reduce(.zero, +) }

    private func kinds(_ scenario: MadeScenario) -> [ActivityID: ActivityKind] {
        Dictionary(
            uniqueKeysWithValues: scenario.all(PlanActivity.self).map { ($0.activity, $0.kind) })
    }
}
