import Foundation
import Messages
import Testing

/// Values that no message may carry, each refused as `invalid_value` where it stands.
@Suite struct LimitTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let type: String
        let pointer: String
        let value: @Sendable () -> Any
        var at: String?

        var testDescription: String { "\(type) \(pointer)" }

        init(
            _ type: String, _ pointer: String, _ value: @escaping @autoclosure @Sendable () -> Any,
            at: String? = nil
        ) {
            self.type = type + ".v1"
            self.pointer = "/data" + pointer
            self.value = value
            self.at = at.map { "/data" + $0 }
        }
    }

    private static func text(_ length: Int) -> String { String(repeating: "字", count: length) }

    static let registry = [
        Case("registry.tasks.list", "/limit", 201),
        Case("registry.tasks.list", "/kind", ""),
        Case("registry.task.settle", "/reason", text(501)),
        Case("registry.history.get", "/limit", 0),
        Case("registry.memberships.list", "/limit", 201),
        Case("registry.categories.list", "/limit", 0),
        Case("registry.consents.list", "/limit", 201),
        Case("registry.sites.list", "/limit", 0),
        Case("registry.publishers.list", "/after", text(65)),
        Case("registry.reads.list", "/limit", 201),
        Case("registry.handovers.list", "/limit", 201),
        Case("registry.handovers.list", "/territory", "35020"),
        Case("registry.doubles.list", "/limit", 0),
        Case("registry.doubles.list", "/after", "a name"),
        Case("registry.territory.load", "/units", [String]()),
        Case("registry.territory.load", "/source", text(201)),
        Case("registry.territory.load", "/units/1/nameZh", ""),
        Case("registry.territory.load", "/units/1/validTo", "2003-07-31"),
        Case("registry.territory.load", "/units/1/code", "3502" + "0"),
        Case("registry.household.register", "/members", [String]()),
        Case("registry.household.register", "/members/0/name", ""),
        Case("registry.household.register", "/members/1/residentId", "350203197001010028"),
        Case("registry.household.register", "/members/0/phone", "12"),
        Case("registry.household.register", "/members/0/role", "uncle"),
        Case("registry.household.register", "/categories/0/category", "rich"),
        Case("registry.household.register", "/categories/0/validTo", "2018-04-30"),
        Case("registry.household.register", "/registeredOn", "2019-02-29"),
        Case("registry.household.register", "/household", "no uuid"),
        Case("registry.person.register", "/name", text(101)),
        Case("registry.person.register", "/papers/0/kind", "driving_licence"),
        Case("registry.person.register", "/papers/0/validTo", "2029-02-29"),
        Case("registry.paper.record", "/paper/number", "X12345678"),
        Case("registry.paper.record", "/reason", ""),
        Case("registry.paper.withdraw", "/as", "lost"),
        Case("registry.paper.withdraw", "/reason", ""),
        Case("registry.person.correct", "/reason", ""),
        Case("registry.person.correct", "/residentId", "350203196612090018"),
        Case("registry.person.correct", "/phone", "12"),
        Case("registry.persons.merge", "/wrongPapers", "both"),
        Case("registry.search", "/paper/country", "CN"),
        Case("registry.category.assert", "/evidence", text(501)),
        Case("registry.category.end", "/reason", ""),
        Case("registry.site.open", "/themes/2", ""),
        Case("registry.site.open", "/kind", "cold_home"),
        Case("registry.site.appoint_council", "/council", [String]()),
        Case("registry.member.apply", "/role", "chairman"),
        Case("registry.commendation.award", "/occasion", ""),
        Case("registry.territory.load", "/units/1/predecessors/0", "35020"),
        Case("registry.consent.record", "/purpose", "press"),
        Case("registry.consent.record", "/decision", "maybe"),
        Case("registry.person.verify", "/verifiedOn", "2019-06-31"),
        Case("registry.persons.merge", "/merged", "nobody"),
        Case("registry.person.move", "/role", "uncle"),
        Case("registry.person.void_move", "/reason", ""),
        Case("registry.person.void_move", "/movedOn", "2020-02-30"),
        Case("registry.household.restore", "/reason", ""),
        Case("registry.household.restore", "/restoredOn", "2020-02-30"),
        Case("registry.household.restore", "/actor/territory", "fujian"),
        Case("registry.person.correct_death", "/reason", text(501)),
        Case("registry.person.correct_death", "/diedOn", "2200-01-01"),
        Case("registry.person.void_death", "/reason", ""),
        Case("registry.person.void_death", "/actor/territory", "fujian"),
        Case("registry.persons.unmerge", "/reason", text(501)),
        Case("registry.persons.unmerge", "/merged", "nobody"),
        Case("registry.member.enrol", "/role", "chairman"),
        Case("registry.member.enrol", "/level", "city"),
        Case("registry.member.leave", "/ending", "forgotten"),
        Case("registry.category.revoke", "/reason", text(501)),
        Case("registry.search", "/limit", 0),
        Case("registry.search", "/limit", 51),
        Case("registry.search", "/residentId", "350203200402290029"),
        Case("registry.search", "/phone", "12"),
        Case("registry.publisher.grant", "/publisher", text(65)),
        Case("registry.publisher.grant", "/types", [String]()),
    ]

    static let funding = [
        Case("funding.fund.open", "/programme", "Happiness Project"),
        Case("funding.fund.deposit", "/amountFen", 0),
        Case("funding.loan.apply", "/principalFen", 0),
        Case("funding.loan.apply", "/principalFen", -1),
        Case("funding.loan.apply", "/actor/territory", "fujian"),
        Case("funding.loan.reject", "/reason", text(501)),
        Case("funding.loan.repay", "/amountFen", 1_000_000_000_001),
        Case("funding.donation.receive", "/note", text(501)),
        Case("funding.donation.receive", "/note", "\u{0}"),
        Case("funding.donation.receive", "/campaign", ""),
        Case("funding.product.define", "/ruleVersion", 0),
        Case("funding.product.define", "/rule/parentMinimumAge", -1),
        Case("funding.product.define", "/rule/parentMaximumAge", 50),
        Case("funding.product.define", "/premiums/1/premiumFen", 0),
        Case("funding.product.define", "/premiums/1/basis", "special_family", at: "/premiums"),
        Case("funding.enrolment.open", "/coverTo", "2020-03-31"),
        Case("funding.enrolment.open", "/policyYear", 20),
        Case("funding.enrolment.freeze", "/expectedHouseholds", -1),
        Case("funding.enrolment.reconcile", "/refused/0/reason", ""),
        Case("funding.enrolment.reconcile", "/accepted/0/household", "no uuid"),
        Case("funding.product.define", "/rule/bereavedMinimumAge", 151),
        Case("funding.product.define", "/insured", "person", at: "/premiums"),
        Case("funding.product.define", "/sumInsuredFen", 0),
        Case("funding.policy.terminate", "/reason", ""),
        Case("funding.policy.terminate", "/terminatedOn", "2021-02-29"),
        Case("funding.claim.file", "/amountFen", 0),
        Case("funding.claim.file", "/filedOn", "2020-06-17"),
        Case("funding.claim.decide", "/decision", "perhaps"),
        Case("funding.claim.decide", "/decision", "decline", at: "/amountFen"),
        Case("funding.claim.decide", "/amountFen", 0),
        Case("funding.claim.pay", "/claim", "no uuid"),
        Case("funding.eligibility.define", "/version", 0),
        Case("funding.eligibility.define", "/categories", [String]()),
        Case("funding.eligibility.define", "/categories/1", "bereaved", at: "/categories"),
        Case("funding.eligibility.define", "/memberMinimumAge", -1),
        Case("funding.loan_rule.define", "/programme", "Happiness Project"),
        Case("funding.loan_rule.define", "/version", 0),
        Case("funding.loan_rule.define", "/minimumFen", 0),
        Case("funding.loan_rule.define", "/maximumFen", 999_999),
        Case("funding.loan_rule.define", "/borrowerSex", "mother"),
        Case("funding.loan_rule.define", "/termMonths", 37),
        Case("funding.loan_rule.define", "/maximumTermMonths", 121),
        Case("funding.loan_rule.define", "/approvalDays", 0),
        Case("funding.budget.allot", "/amountFen", 0),
        Case("funding.budget.allot", "/year", 20),
        Case("funding.grant.request", "/amountFen", 0),
        Case("funding.grant.request", "/kind", "loan"),
        Case("funding.grant.request", "/kind", "programme_spending", at: "/household"),
        Case("funding.grant.request", "/note", text(501)),
        Case("funding.grant.endorse", "/grant", "no uuid"),
        Case("funding.grant.approve", "/businessDate", "2021-02-29"),
        Case("funding.grant.reject", "/reason", ""),
        Case("funding.grant.pay", "/businessDate", ""),
        Case("funding.grant.acknowledge", "/grant", ""),
        Case("funding.grant.return", "/amountFen", 0),
        Case("funding.loan.apply", "/termMonths", 0),
        Case("funding.loan.apply", "/termMonths", 121),
        Case("funding.loan.age", "/asOf", "2021-02-29"),
        Case("funding.donation.receipt", "/donation", "no uuid"),
        Case("funding.donation.allocate", "/lines", [String]()),
        Case("funding.donation.allocate", "/lines/1/basisPoints", 10_001),
        Case("funding.donation.allocate", "/lines/0/amountFen", 0),
        Case("funding.donation.allocate", "/lines/0/basisPoints", 1, at: "/lines/0/amountFen"),
        Case("funding.donation.refund", "/reason", ""),
        Case("funding.donation.refund", "/amountFen", 0),
        Case("funding.campaign.restrict", "/campaign", ""),
        Case("funding.goods.receive", "/quantity", 0),
        Case("funding.goods.receive", "/item", ""),
        Case("funding.goods.receive", "/place/territory", "here"),
        Case("funding.kit.define", "/parts", [String]()),
        Case("funding.kit.define", "/parts/1/item", "mask", at: "/parts"),
        Case("funding.kit.define", "/parts/0/item", "health-kit", at: "/parts"),
        Case("funding.kit.define", "/parts/0/quantity", 0),
        Case("funding.goods.kit", "/quantity", 100_000_001),
        Case("funding.goods.issue", "/recipient/kind", "dog"),
        Case("funding.goods.issue", "/familiesSupplied", -1),
        Case("funding.goods.return", "/quantity", 0),
        Case("funding.goods.write_off", "/reason", ""),
        Case("funding.homeservice.order", "/service", "window"),
        Case("funding.homeservice.complete", "/order", "no uuid"),
        Case("funding.homeservice.cancel", "/reason", ""),
        Case("funding.transfer.reverse", "/reason", ""),
        Case("funding.transfer.reverse", "/transfer", "no uuid"),
        Case("funding.loan.get", "/limit", 201),
        Case("funding.loan.get", "/asOf", "2021-02-29"),
        Case("funding.loans.list", "/state", ""),
        Case("funding.loans.list", "/limit", 0),
        Case("funding.policies.list", "/limit", 201),
        Case("funding.policies.list", "/subject", "no uuid"),
        Case("funding.grants.list", "/state", text(65)),
        Case("funding.grants.list", "/limit", 0),
        Case("funding.fund.get", "/until", "2019-12-31"),
        Case("funding.fund.get", "/limit", 201),
        Case("funding.decisions.list", "/kind", "donation"),
        Case("funding.decisions.list", "/level", "city"),
        Case("funding.decisions.list", "/after/since", "2020-02-30"),
        Case("funding.decisions.list", "/limit", 0),
        Case("funding.enrolment.list", "/within", "35020"),
        Case("funding.enrolment.list", "/limit", 1_001),
    ]

    static let events = [
        Case("events.session.get", "/part", "somebody"),
        Case("events.session.get", "/limit", 201),
        Case("events.sessions.list", "/until", "2019-12-31"),
        Case("events.shifts.list", "/until", "2019-12-31"),
        Case("events.person.get", "/limit", 0),
        Case("events.tasks.list", "/state", "done"),
        Case("events.task.settle", "/reason", ""),
        Case("events.activity.plan", "/titleEn", ""),
        Case("events.activity.plan", "/audience", "nobody"),
        Case("events.session.open", "/capacity", 0),
        Case("events.session.cancel", "/reason", ""),
        Case("events.headcount.record", "/count", 0),
        Case("events.headcount.record", "/count", 100_001),
        Case("events.headcount.record", "/method", "guessed"),
        Case("events.headcount.correct", "/count", -1),
        Case("events.headcount.correct", "/count", 100_001),
        Case("events.headcount.correct", "/reason", ""),
        Case("events.attendance.record", "/persons", 1),
        Case("events.attendance.record", "/child", "01726000-0002-7000-8000-000000000001"),
        Case("events.attendance.correct", "/persons", 21),
        Case("events.attendance.correct", "/reason", ""),
        Case("events.registration.request", "/persons", 21),
        Case("events.registration.cancel", "/reason", text(501)),
        Case("events.shift.offer", "/endsAt", "2020-02-10T00:00:00.000Z"),
        Case("events.shift.offer", "/endsAt", "2020-02-11T00:00:01.000Z"),
        Case("events.shift.offer", "/dutyOn", "2020-02-11"),
        Case("events.shift.offer", "/postKind", "tent"),
        Case("events.material.print", "/copies", 0),
        Case("events.material.print", "/titleZh", ""),
        Case("events.material.distribute", "/copies", 10_000_001),
        Case("events.material.return", "/copies", 0),
        Case("events.material.return", "/copies", 10_000_001),
        Case("events.material.return", "/returnedOn", "2019-06-31"),
        Case("events.material.return", "/reason", ""),
        Case("events.reach.record", "/count", -1),
        Case("events.reach.record", "/countedOn", "2020-04-17"),
        Case("events.reach.record", "/metric", "likes"),
        Case("events.casework.record", "/kind", "gossip"),
        Case("events.headcount.record", "/reason", ""),
        Case("events.session.reopen", "/reason", ""),
        Case("events.session.reopen", "/actor/territory", "fujian"),
        Case("events.session.move", "/startsOn", "2019-02-29"),
        Case("events.session.move", "/reason", text(501)),
        Case("events.session.resize", "/capacity", 0),
        Case("events.session.resize", "/capacity", 100_001),
        Case("events.session.resize", "/reason", ""),
        Case("events.session.correct", "/reason", ""),
        Case("events.registration.correct", "/persons", 21),
        Case("events.registration.correct", "/reason", ""),
        Case("events.registration.restore", "/reason", ""),
        Case("events.shift.cancel", "/reason", ""),
        Case("events.shift.excuse", "/reason", ""),
        Case("events.shift.reopen", "/correctedOn", "2020-02-30"),
        Case("events.shift.reopen", "/reason", ""),
        Case("events.shift.correct", "/endsAt", "2020-02-11T00:00:01.000Z"),
        Case("events.shift.correct", "/dutyOn", "2020-02-09"),
        Case("events.shift.correct", "/reason", ""),
        Case("events.material.void_print", "/reason", ""),
        Case("events.material.correct_print", "/copies", 0),
        Case("events.material.correct_print", "/reason", ""),
        Case("events.material.void_distribution", "/reason", ""),
        Case("events.material.correct_distribution", "/copies", 10_000_001),
        Case("events.material.correct_distribution", "/reason", ""),
        Case("events.reach.void", "/reason", ""),
        Case("events.reach.correct", "/count", -1),
        Case("events.reach.correct", "/countedOn", "2020-04-19"),
        Case("events.reach.correct", "/reason", ""),
        Case("events.casework.void", "/reason", ""),
        Case("events.casework.correct", "/kind", "gossip"),
        Case("events.casework.correct", "/reason", ""),
        Case("reporting.cells.rebuild", "/reason", ""),
        Case("reporting.period.close", "/period", "2020-13"),
        Case("reporting.period.close", "/period", "all"),
        Case("reporting.period.close", "/period", "2020-Q5"),
        Case("reporting.period.close", "/period", "2020-02-30"),
        Case("reporting.snapshot.request", "/dataset", ""),
        Case("reporting.snapshot.request", "/limit", 501),
        Case("reporting.range.request", "/limit", 0),
        Case("reporting.figure.explain", "/period", "2020-5"),
        Case("reporting.figure.explain", "/after/day", "2020-05-32"),
        Case("reporting.figures.get", "/territory", "3502"),
        Case("reporting.figures.get", "/territory", "350203009001001", at: "/units"),
        Case("reporting.figures.get", "/units", "neighbours"),
        Case("reporting.figures.get", "/measures", [String]()),
        Case("reporting.figures.get", "/measures", [String](repeating: "donations", count: 51)),
        Case("reporting.figures.get", "/measures/1", ""),
        Case("reporting.figures.get", "/dimension", text(65)),
        Case("reporting.figures.get", "/period", "2020-5"),
        Case("reporting.figures.get", "/period", "2020-05", at: "/span"),
        Case("reporting.figures.get", "/after/period", "2020-13"),
        Case("reporting.figures.get", "/limit", 501),
        Case("reporting.figures.get", "/series", "Family affection"),
        Case("reporting.programme.define", "/series", "Warm Home"),
        Case("reporting.programme.define", "/keyTask", ""),
        Case("reporting.word.define", "/kind", "programme"),
        Case("reporting.word.define", "/kind", "measure", at: "/dimension"),
        Case("reporting.word.define", "/code", ""),
        Case("reporting.word.define", "/version", 0),
        Case("reporting.word.define", "/nameEn", ""),
    ]

    @Test(arguments: registry + funding + events)
    func aValueOutsideItsLimitsIsRefusedWhereItStands(_ limit: Case) throws {
        let error = try #require(try Golden.error(limit.type, [limit.pointer: limit.value()]))
        #expect(error.code == "invalid_value")
        #expect(error.pointer == limit.at ?? limit.pointer)
        #expect(!error.expected.isEmpty)
        #expect(error.id != nil)
    }

    @Test func personsBeyondTheCapacityAreCountedWithAReason() throws {
        let error = try #require(
            try Golden.error("events.headcount.record.v1", ["/data/reason": nil]))
        #expect(error.code == "invalid_value")
        #expect(error.pointer == "/data/reason")
        #expect(
            try Golden.error(
                "events.headcount.record.v1", ["/data/reason": nil, "/data/beyondCapacity": nil])
                == nil)
    }

    @Test func textsAreMeasuredInCharactersAndNotInBytes() throws {
        let note = Self.text(500)
        #expect(try Golden.error("funding.donation.receive.v1", ["/data/note": note]) == nil)
    }

    @Test func listsHaveAnUpperLimit() throws {
        let body = try Golden.document("registry.household.register.v1")
        let object = try #require(try JSONSerialization.jsonObject(with: body) as? [String: Any])
        let data = try #require(object["data"] as? [String: Any])
        let member = try #require((data["members"] as? [Any])?.first)
        func error(_ count: Int) throws -> Refusal? {
            try Golden.error(
                "registry.household.register.v1",
                ["/data/members": [Any](repeating: member, count: count)])
        }
        #expect(try error(20) == nil)
        let tooMany = try #require(try error(21))
        #expect((tooMany.pointer, tooMany.found) == ("/data/members", "21 items"))
        #expect(tooMany.expected == "1 to 20 items")
    }
}
