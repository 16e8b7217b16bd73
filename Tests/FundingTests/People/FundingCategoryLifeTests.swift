import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding

/// For whom a category of a person counts, and until when, on a database.
@Suite struct FundingCategoryLifeTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    var world: FundingWorld { cover.world }

    init() throws { cover = try FundingCover(.person, premium: .yuan(300)) }

    @Test("A family is eligible on a day by who lived there on that day")
    func eligibleThen() throws {
        let family = try cover.family([(.head, "1950-01-01"), (.spouse, "1952-01-01")], of: 1)
        let wife = family.members[1].id
        let new = HouseholdID(UUID())
        try world.bench.take(
            try Samples.moved(wife, to: Samples.community, new, on: "2020-03-01"),
            subject: wife.uuid, sequence: 1)
        #expect(try world.refusal(try cover.order(family.id, on: "2020-02-29")) == nil)
        #expect(
            try world.refusal(try cover.order(family.id, on: "2020-03-01"))
                == "not_eligible /data/household")
    }

    @Test(
        "Tuition ends with the girl, and every other category of a person with that person",
        arguments: [("2020-02-01", true), ("2020-02-02", false)])
    func deadGirl(_ day: String, _ isEligible: Bool) throws {
        let budget = try world.budget(of: .yuan(1_000), cash: .yuan(1_000)).budget
        let family = try cover.family(
            [(.head, "1980-01-01"), (.child, "2008-01-01")], .hardshipGirl, of: 1)
        let girl = family.members[1].id
        try world.bench.take(
            try Samples.died(girl, on: "2020-02-01"), subject: girl.uuid, sequence: 1)
        let request = try Samples.request(
            .yuan(100), from: budget, for: family.id, kind: .tuition, on: day)
        #expect(
            try world.refusal(request) == (isEligible ? nil : "not_eligible /data/household"))
    }

    @Test(
        "An only child who has died makes no family of an only child, a disabled one no special one",
        arguments: [Messages.Category.onlyChild, .disabledChild])
    func categoryOfTheDead(_ category: Messages.Category) throws {
        let accident = try cover.accidentInsurance()
        let family = try cover.family(
            [(.head, "1960-01-01"), (.child, "1995-01-01")], category, of: 1)
        let child = family.members[1].id
        #expect(try cover.verdicts(of: accident)[family.id.uuid] != "not_only_child_family")
        try world.bench.take(
            try Samples.died(child, on: "2019-12-31"), subject: child.uuid, sequence: 1)
        #expect(try cover.verdicts(of: accident)[family.id.uuid] == "not_only_child_family")
    }
}
