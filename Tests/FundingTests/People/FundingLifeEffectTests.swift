import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding

/// Effects of moves, deaths, erasures and revoked categories on insurance, grants and visits, on a
/// database.
@Suite struct FundingLifeEffectTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover(.person, premium: .yuan(300)) }

    // MARK: Revoked

    @Test("A revoked category insures nobody and gets no grant")
    func revoked() throws {
        let family = try cover.family([(.head, "1960-01-01")])
        let accident = try cover.accidentInsurance()
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        let head = family.members[0].id.uuid
        #expect(try cover.verdicts()[head] == "bereaved")
        #expect(try cover.verdicts(of: accident)[family.id.uuid] == "special_family")
        let assertion = family.recognitions[0].assertion
        try world.bench.take(
            try Samples.revoked(assertion, of: family.id), subject: assertion.uuid, sequence: 2)
        #expect(try cover.verdicts()[head] == "not_bereaved")
        #expect(try cover.verdicts(of: accident)[family.id.uuid] == "not_only_child_family")
        #expect(
            try world.refusal(
                try Samples.request(.yuan(100), from: budget, for: family.id, kind: .condolence))
                == "not_eligible /data/household")
        #expect(try world.refusal(try cover.order(family.id)) == "not_eligible /data/household")
    }

    @Test("A grant is not approved for a family that has ceased to be eligible meanwhile")
    func approvedNoMore() throws {
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        let family = try cover.family([(.head, "1960-01-01")])
        let grant = GrantID(UUID())
        try world.accept(
            try Samples.request(
                .yuan(100), from: budget, for: family.id, kind: .condolence, grant: grant))
        try world.accept(try Samples.endorse(grant))
        let assertion = family.recognitions[0].assertion
        try world.bench.take(
            try Samples.revoked(assertion, of: family.id), subject: assertion.uuid, sequence: 2)
        #expect(try world.refusal(try Samples.approve(grant)) == "not_eligible /data/grant")
        #expect(try world.amounts(of: budget) == [1_000, 0, 0])
    }

    // MARK: Moved

    @Test("A household that has moved is asked for in its new community, its members too")
    func householdMoved() throws {
        let family = try cover.family([(.head, "1960-01-01")])
        let head = family.members[0].id
        try world.bench.take(
            try Samples.moved(family.id, [head], to: "350203008901"), subject: family.id.uuid,
            sequence: 2)
        let fund = try world.openFund()
        #expect(
            try world.refusal(try Samples.apply(by: head, to: fund, on: "2019-05-01"))
                == "outside_territory /data/actor/territory")
        try world.accept(
            try Samples.apply(by: head, to: fund, from: "350203008901", on: "2019-05-01"))
        let run = try cover.evaluatedRun()
        let rows = try world.bench.connection.run(
            "SELECT territory FROM enrolment_line WHERE run = \(run.uuid)")
        #expect(try rows.map { try $0.decode(String.self, at: 0) } == ["350203008901"])
    }

    @Test("What was found of a member counts for the household in which the member lives now")
    func categoryMoves() throws {
        let accident = try cover.accidentInsurance()
        let (old, new) = (
            try cover.family([(.head, "1960-01-01"), (.parent, "1935-01-01")], of: 1),
            try cover.family([(.head, "1962-01-01")], .hardshipGirl)
        )
        let elder = old.members[1].id
        try world.bench.take(
            try Samples.moved(elder, to: Samples.community, new.id, as: .parent),
            subject: elder.uuid, sequence: 1)
        let households = try cover.verdicts(of: accident)
        #expect(households[old.id.uuid] == "not_only_child_family")
        #expect(households[new.id.uuid] == "special_family")
        #expect(try cover.verdicts()[elder.uuid] == "bereaved")
        #expect(try world.refusal(try cover.order(old.id)) == "not_eligible /data/household")
        #expect(try world.refusal(try cover.order(new.id)) == nil)
    }

    @Test("Whoever has moved out is not insured and does not borrow")
    func movedOut() throws {
        let family = try cover.family([(.head, "1960-01-01"), (.spouse, "1962-01-01")])
        let (person, spouse) = (family.members[0].id, family.members[1].id)
        try world.bench.take(
            try Samples.moved(person, to: nil, nil), subject: person.uuid, sequence: 1)
        #expect(try cover.verdicts() == [spouse.uuid: "bereaved"])
        #expect(
            try world.refusal(
                try Samples.apply(by: person, to: try world.openFund(), on: "2019-04-01"))
                == "person_gone /data/borrower")
        try world.accept(
            try Samples.apply(by: person, to: try world.openFund(), on: "2019-03-31"))
    }

    // MARK: Dead and erased

    @Test(
        "A dead parent's age is not counted after the day of death",
        arguments: [("2019-12-31", "parents_too_young"), ("2020-01-01", "only_child_parents")])
    func deadParent(_ day: String, _ verdict: String) throws {
        let accident = try cover.accidentInsurance()
        let family = try cover.family(
            [(.head, "1960-01-01"), (.spouse, "1975-01-01"), (.child, "2000-01-01")], .onlyChild)
        let head = family.members[0].id
        try world.bench.take(try Samples.died(head, on: day), subject: head.uuid, sequence: 1)
        #expect(try cover.verdicts(of: accident) == [family.id.uuid: verdict])
    }

    @Test("If both parents have died, the child's grandparents are not taken for them")
    func orphan() throws {
        let accident = try cover.accidentInsurance()
        let family = try cover.family(
            [(.head, "1960-01-01"), (.child, "1995-01-01"), (.parent, "1955-01-01")], .onlyChild)
        let head = family.members[0].id
        try world.bench.take(
            try Samples.died(head, on: "2019-05-01"), subject: head.uuid, sequence: 1)
        #expect(try cover.verdicts(of: accident) == [family.id.uuid: "no_parent_known"])
    }

    @Test("The dead are not insured, do not borrow, and are no reason for a visit")
    func dead() throws {
        let family = try cover.family([(.head, "1950-01-01"), (.spouse, "1965-01-01")])
        let (head, spouse) = (family.members[0].id, family.members[1].id)
        try world.bench.take(
            try Samples.died(head, on: "2019-05-01"), subject: head.uuid, sequence: 1)
        #expect(try cover.verdicts() == [spouse.uuid: "bereaved"])
        #expect(try world.refusal(try cover.order(family.id)) == "not_eligible /data/household")
        let fund = try world.openFund()
        #expect(
            try world.refusal(try Samples.apply(by: head, to: fund, on: "2019-05-02"))
                == "person_gone /data/borrower")
        #expect(try world.refusal(try Samples.apply(by: head, to: fund, on: "2019-05-01")) == nil)
    }

    @Test("The parents of a child who has died stay bereaved")
    func deadChild() throws {
        let family = try cover.family([(.head, "1960-01-01"), (.child, "1990-01-01")], of: 1)
        let child = family.members[1].id
        try world.bench.take(
            try Samples.died(child, on: "2017-01-01"), subject: child.uuid, sequence: 1)
        #expect(try cover.verdicts() == [family.members[0].id.uuid: "bereaved"])
    }

    @Test("Nobody insures or lends to an erased person, whose family is judged as before")
    func erased() throws {
        let accident = try cover.accidentInsurance()
        let family = try cover.family([(.head, "1960-01-01"), (.child, "2000-01-01")], .onlyChild)
        let head = family.members[0].id
        try world.bench.take(try Samples.erased(head), subject: head.uuid, sequence: 1)
        #expect(try cover.verdicts(of: accident) == [family.id.uuid: "only_child_parents"])
        #expect(try cover.verdicts()[head.uuid] == nil)
        #expect(
            try world.refusal(try Samples.apply(by: head, to: try world.openFund()))
                == "person_gone /data/borrower")
    }

    // MARK: Households where nobody is left

    @Test(
        "A household whose last member died before the reference date is not taken in",
        arguments: [("2019-12-31", false), ("2020-01-01", true)])
    func allDead(_ day: String, _ isTakenIn: Bool) throws {
        let accident = try cover.accidentInsurance()
        let family = try cover.family([(.head, "1950-01-01"), (.spouse, "1952-01-01")])
        let (head, spouse) = (family.members[0].id, family.members[1].id)
        try world.bench.take(
            try Samples.died(head, on: "2018-05-01"), subject: head.uuid, sequence: 1)
        try world.bench.take(try Samples.died(spouse, on: day), subject: spouse.uuid, sequence: 1)
        #expect(
            try cover.verdicts(of: accident)
                == (isTakenIn ? [family.id.uuid: "special_family"] : [:]))
        #expect(world.facts(EnrolmentFrozen.self).last?.households == (isTakenIn ? 1 : 0))
    }

    @Test("Nor is one whose members have died, left, joined another one or were erased")
    func nobodyLeft() throws {
        let accident = try cover.accidentInsurance()
        let empty = try cover.family(
            [(.head, "1950-01-01"), (.spouse, "1952-01-01"), (.parent, "1930-01-01")])
        let (left, erased) = (
            try cover.family([(.head, "1960-01-01")]), try cover.family([(.head, "1961-01-01")])
        )
        let (merged, home) = (
            try cover.family([(.head, "1962-01-01")]), try cover.family([(.head, "1963-01-01")])
        )
        func member(_ family: TestHousehold, _ index: Int = 0) -> PersonID {
            family.members[index].id
        }
        let facts: [(any Fact, PersonID)] = [
            (try Samples.died(member(empty), on: "2019-05-01"), member(empty)),
            (try Samples.moved(member(empty, 1), to: nil, nil), member(empty, 1)),
            (
                try Samples.moved(member(empty, 2), to: Samples.community, home.id, as: .parent),
                member(empty, 2)
            ),
            (try Samples.moved(member(left), to: nil, nil), member(left)),
            (try Samples.erased(member(erased)), member(erased)),
            (
                try Samples.merged(member(merged), into: member(home), in: home.id),
                member(home)
            ),
        ]
        #expect(try cover.verdicts(of: accident).count == 5)
        for (fact, person) in facts {
            try world.bench.take(fact, subject: person.uuid, sequence: 1)
        }
        #expect(try cover.verdicts(of: accident) == [home.id.uuid: "special_family"])
    }

    @Test("Nobody is visited or given to where nobody is left, and the living are")
    func nobodyToGiveTo() throws {
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        let family = try cover.family([(.head, "1950-01-01"), (.spouse, "1952-01-01")])
        func request(on day: String) throws -> String? {
            try world.refusal(
                try Samples.request(
                    .yuan(100), from: budget, for: family.id, kind: .condolence, on: day))
        }
        for (index, day) in ["2020-01-31", "2020-02-01"].enumerated() {
            let person = family.members[index].id
            try world.bench.take(
                try Samples.died(person, on: day), subject: person.uuid, sequence: 1)
        }
        #expect(try request(on: "2020-02-01") == nil)
        #expect(try request(on: "2020-02-02") == "not_eligible /data/household")
        #expect(try world.refusal(try cover.order(family.id, on: "2020-02-01")) == nil)
        #expect(
            try world.refusal(try cover.order(family.id, on: "2020-02-02"))
                == "not_eligible /data/household")
    }

    @Test("Goods go to those who are there")
    func goods() throws {
        let person = try cover.family([(.head, "1960-01-01")]).members[0].id
        let place = try Samples.place()
        try world.accept(try Samples.receive(10, of: "mask", at: place))
        let recipient = GoodsRecipient(kind: .person, id: person.uuid)
        try world.accept(try Samples.issue(1, of: "mask", from: place, to: recipient))
        try world.bench.take(try Samples.erased(person), subject: person.uuid, sequence: 1)
        #expect(
            try world.refusal(try Samples.issue(1, of: "mask", from: place, to: recipient))
                == "person_gone /data/recipient/id")
    }
}
