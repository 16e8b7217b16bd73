import Foundation
import Messages
import Testing

/// What the dates of commands may be. The golden documents are messages of May 2020 and later.
@Suite struct BusinessDayTests {
    // MARK: The rule

    @Test(arguments: [
        ("2020-05-25T15:59:59Z", "2020-05-25"), ("2020-05-25T16:00:00Z", "2020-05-26"),
        ("2020-05-26T08:00:00+08:00", "2020-05-26"), ("1969-12-31T15:59:59Z", "1969-12-31"),
    ])
    func `the day of a message is that of Shanghai`(_ time: String, _ day: String) throws {
        #expect(try #require(Timestamp(time)).businessDay.description == day)
    }

    @Test(arguments: [
        (BusinessDays.Rule.birth, "1900-01-01 to 2020-05-26"),
        (.life, "1900-01-01 to 2020-05-27"), (.happened, "1979-01-01 to 2020-05-27"),
        (.planned, "1979-01-01 to 2025-05-26"), (.validity, "1979-01-01 to 2050-05-26"),
        (.territory, "1949-10-01 to 2025-05-26"), (.listed, "1900-01-01 to 2199-12-31"),
    ])
    func `each rule has its bounds`(_ rule: BusinessDays.Rule, _ bounds: String) throws {
        let days = BusinessDays(of: try #require(Timestamp("2020-05-26T08:00:00Z")))
        #expect(days.bounds(of: rule).description == bounds)
    }

    @Test func `no bound is a day that no message can name`() throws {
        let days = BusinessDays(of: try #require(Timestamp("2199-12-31T23:00:00Z")))
        for rule in BusinessDays.Rule.allCases where rule != .birth && rule != .life {
            #expect(days.bounds(of: rule).last <= days.latest)
        }
        #expect(days.bounds(of: .validity).last == BusinessDate.range.upperBound)
    }

    // MARK: Every command

    /// Fields that name a day, wherever they stand, and the rule of each.
    private static func days(
        _ shape: Shape, at path: String
    ) -> [(path: String, rule: BusinessDays.Rule?)] {
        switch shape.kind {
        case .value(let name, _)
        where ["BusinessDate", "Timestamp", "ResidentID", "Period"].contains(name):
            [(path, shape.days)]
        case .integer where path.lowercased().hasSuffix("year"): [(path, shape.days)]
        case .object(_, let fields):
            fields.flatMap { days($0.shape, at: "\(path)/\($0.name)") }
        case .list(let item): days(item, at: path + "/[]")
        case .map(let item): days(item, at: path + "/*")
        case .text, .integer, .number, .flag, .value: []
        }
    }

    @Test(arguments: Catalogue.commands.map { $0.type })
    func `every day that a command names has a rule`(_ name: String) throws {
        let type = try #require(Golden.catalogue.type(named: name))
        for field in try Self.days(Shape(of: type), at: "") {
            #expect(field.rule != nil, "\(name) \(field.path)")
        }
    }

    @Test func `the catalogue has days of every rule, in lists too`() throws {
        let fields = try Catalogue.commands.flatMap { try Self.days(Shape(of: $0), at: "") }
        #expect(Set(fields.compactMap(\.rule)) == Set(BusinessDays.Rule.allCases))
        let paths = Set(fields.map(\.path))
        #expect(fields.count > 90)
        #expect(paths.isSuperset(of: ["/members/[]/residentId", "/categories/[]/validFrom"]))
        #expect(paths.isSuperset(of: ["/units/[]/validTo", "/after/day", "/policyYear", "/year"]))
    }

    @Test(arguments: Catalogue.facts.map { $0.type })
    func `the days of a fact are history, and have no rule`(_ name: String) throws {
        let type = try #require(Golden.catalogue.type(named: name))
        for field in try Self.days(Shape(of: type), at: "") {
            #expect(field.rule == nil, "\(name) \(field.path)")
        }
    }

    @Test(arguments: [
        ("registry.person.died.v1", "/data/diedOn"),
        ("funding.loan.disbursed.v1", "/data/businessDate"),
    ])
    func `a fact of any day is read`(_ type: String, _ pointer: String) throws {
        #expect(try Golden.error(type, [pointer: "2199-12-31"]) == nil)
        #expect(try Golden.error(type, [pointer: "1900-01-01"]) == nil)
    }

    // MARK: A day beside a time

    private static let pairs = [
        ("events.shift.offer.v1", "/data/startsAt", "/data/dutyOn"),
        ("events.shift.correct.v1", "/data/startsAt", "/data/dutyOn"),
        ("events.reach.record.v1", "/data/asOf", "/data/countedOn"),
        ("events.reach.correct.v1", "/data/asOf", "/data/countedOn"),
    ]

    @Test(arguments: [
        ("2020-02-09T22:00:00Z", "2020-02-10", "2020-02-09"),
        ("2020-02-10T15:59:59Z", "2020-02-10", "2020-02-11"),
        ("2020-02-10T16:00:00Z", "2020-02-11", "2020-02-10"),
        ("2020-02-10T00:30:00+08:00", "2020-02-10", "2020-02-09"),
    ])
    func `the day of a time is the one in Shanghai, not the one in UTC`(
        _ time: String, _ day: String, _ wrong: String
    ) throws {
        for (type, instant, date) in Self.pairs {
            var changes: [String: Any?] = [instant: time, date: day]
            if instant == "/data/startsAt" { changes["/data/endsAt"] = "2020-02-10T16:30:00Z" }
            #expect(try Golden.error(type, changes) == nil, "\(type)")
            changes[date] = wrong
            let error = try #require(try Golden.error(type, changes), "\(type)")
            #expect(error.code == "invalid_value")
            #expect(error.pointer == date)
            #expect(error.expected.hasPrefix("\(day), the day of "))
        }
    }

    // MARK: The rows of a life

    struct Row: CustomTestStringConvertible, Sendable {
        let type: String
        let field: String
        let day: String
        let bounds: String

        var testDescription: String { "\(type) \(field) \(day)" }

        init(_ type: String, _ field: String, _ day: String, _ bounds: String) {
            (self.type, self.field, self.day, self.bounds) = (type, field, day, bounds)
        }
    }

    /// Dates of life that were taken in once. All these documents are of 2020-05-26 in Shanghai.
    private static let rows = [
        Row("funding.loan.age", "asOf", "2062-11-28", "1979-01-01 to 2020-05-27"),
        Row("funding.loan.disburse", "businessDate", "2062-01-01", "1979-01-01 to 2020-05-27"),
        Row("funding.loan.repay", "businessDate", "2199-01-01", "1979-01-01 to 2020-05-27"),
        Row("funding.donation.receive", "receivedOn", "2062-01-01", "1979-01-01 to 2020-05-27"),
        Row("funding.grant.pay", "businessDate", "2020-05-28", "1979-01-01 to 2020-05-27"),
        Row("funding.goods.receive", "businessDate", "1978-12-31", "1979-01-01 to 2020-05-27"),
        Row("events.registration.cancel", "cancelledOn", "2199-01-01", "1979-01-01 to 2020-05-27"),
        Row("events.registration.cancel", "cancelledOn", "1900-01-01", "1979-01-01 to 2020-05-27"),
        Row("events.session.cancel", "cancelledOn", "2199-01-01", "1979-01-01 to 2020-05-27"),
        Row("events.session.open", "startsOn", "2025-05-27", "1979-01-01 to 2025-05-26"),
        Row("events.casework.record", "servedOn", "2020-05-28", "1979-01-01 to 2020-05-27"),
        Row(
            "registry.site.appoint_council", "appointedOn", "2199-01-01",
            "1979-01-01 to 2020-05-27"),
        Row("registry.person.record_death", "diedOn", "2199-01-01", "1900-01-01 to 2020-05-27"),
        Row("registry.paper.record", "recordedOn", "2020-05-28", "1979-01-01 to 2020-05-27"),
        Row("registry.paper.record", "paper/validTo", "2050-05-27", "1979-01-01 to 2050-05-26"),
        Row("registry.paper.withdraw", "withdrawnOn", "2199-01-01", "1979-01-01 to 2020-05-27"),
        Row("registry.person.correct", "correctedOn", "2062-01-01", "1979-01-01 to 2020-05-27"),
        Row("registry.person.correct", "birthDate", "2020-05-27", "1900-01-01 to 2020-05-26"),
        Row("registry.persons.merge", "mergedOn", "1900-01-01", "1979-01-01 to 2020-05-27"),
        Row("registry.member.enrol", "enrolledOn", "2020-05-28", "1979-01-01 to 2020-05-27"),
        Row("registry.household.move", "movedOn", "2062-01-01", "1979-01-01 to 2020-05-27"),
        Row(
            "registry.household.register", "categories/0/validTo", "2050-05-27",
            "1979-01-01 to 2050-05-26"),
        Row("funding.enrolment.open", "coverTo", "2199-12-31", "1979-01-01 to 2050-05-26"),
        Row("funding.enrolment.open", "policyYear", "2026", "1979 to 2025"),
        Row("funding.budget.allot", "year", "2199", "1979 to 2025"),
        Row("reporting.bulletin.publish", "publishedOn", "2062-01-01", "1979-01-01 to 2020-05-27"),
        Row("reporting.period.close", "closedOn", "2062-01-01", "1979-01-01 to 2020-05-27"),
    ]

    @Test(arguments: rows)
    func `a day out of bounds is refused, and the refusal names the bounds`(_ row: Row) throws {
        let isYear = row.field.lowercased().hasSuffix("year")
        let changes: [String: Any?] = [
            "/data/\(row.field)": isYear ? Int(row.day) : row.day,
            "/time": "2020-05-26T08:00:00.000Z",
        ]
        let error = try #require(try Golden.error(row.type + ".v1", changes))
        #expect(error.code == "date_out_of_bounds")
        #expect(error.pointer == "/data/\(row.field)")
        #expect(error.expected.hasSuffix(" from \(row.bounds)"))
    }

    @Test(arguments: [
        ("funding.loan.repay", "businessDate", "1979-01-01 to 2020-05-27"),
        ("registry.household.register", "categories/0/validTo", "1979-01-01 to 2050-05-26"),
        ("registry.person.record_death", "diedOn", "1900-01-01 to 2020-05-27"),
    ])
    func `a text that is no date is told the bounds at once`(
        _ type: String, _ field: String, _ bounds: String
    ) throws {
        for value in ["26.05.2020", "2021-02-29", 20_200_526] as [Any] {
            let error = try #require(
                try Golden.error(
                    type + ".v1",
                    ["/data/\(field)": value, "/time": "2020-05-26T08:00:00.000Z"]))
            #expect(error.pointer == "/data/\(field)")
            #expect(error.expected == "a date YYYY-MM-DD from \(bounds)", "\(value)")
        }
    }

    @Test func `a missing date is told the bounds too, and a fact's has none of its own`() throws {
        let missing = try #require(
            try Golden.error(
                "funding.loan.repay.v1",
                ["/data/businessDate": nil, "/time": "2020-05-26T08:00:00.000Z"]))
        #expect(missing.code == "missing_field")
        #expect(missing.expected == "a date YYYY-MM-DD from 1979-01-01 to 2020-05-27")
        let fact = try #require(
            try Golden.error("registry.person.died.v1", ["/data/diedOn": "yesterday"]))
        #expect(fact.expected == "a date YYYY-MM-DD from 1900-01-01 to 2199-12-31")
    }

    @Test func `the message's own day decides, not that of its arrival`() throws {
        let type = "funding.loan.repay.v1"
        func error(_ time: String, _ day: String) throws -> String? {
            try Golden.error(type, ["/time": time, "/data/businessDate": day])?.code
        }
        #expect(try error("2020-05-25T15:59:59Z", "2020-05-26") == nil)
        #expect(try error("2020-05-25T15:59:59Z", "2020-05-27") == "date_out_of_bounds")
        #expect(try error("2020-05-25T16:00:00Z", "2020-05-27") == nil)
        #expect(try error("2020-05-25T16:00:00Z", "1979-01-01") == nil)
    }

    @Test func `a time counts by its day in Shanghai`() throws {
        let type = "events.shift.check_in.v1"
        func error(_ time: String) throws -> Refusal? {
            try Golden.error(
                type, ["/time": "2020-05-26T08:00:00Z", "/data/checkedInAt": time])
        }
        #expect(try error("2020-05-27T15:59:59Z") == nil)
        #expect(
            try error("2020-05-27T16:00:00Z")?.expected == "a time from 1979-01-01 to 2020-05-27")
    }

    // MARK: Births and years

    /// Of someone born in 2025; the check character is right.
    private static let newborn = "350203202501010017"

    @Test(arguments: [
        ("registry.person.register.v1", "/data/residentId"),
        ("registry.household.register.v1", "/data/members/0/residentId"),
        ("registry.search.v1", "/data/residentId"),
    ])
    func `nobody is born after the message`(_ type: String, _ pointer: String) throws {
        let prefix = Array(Self.newborn.utf8.prefix(17))
        let check = String(UnicodeScalar(ResidentID.checkCharacter(prefix)))
        let id = String(decoding: prefix, as: UTF8.self) + check
        let error = try #require(
            try Golden.error(type, [pointer: id, "/time": "2020-05-26T08:00:00Z"]))
        #expect(error.code == "date_out_of_bounds")
        #expect(error.pointer == pointer)
        #expect(error.expected == "a resident id with a birth from 1900-01-01 to 2020-05-26")
    }

    @Test(arguments: [
        ("registry.person.register.v1", "/data/registeredOn", "/data/registeredOn"),
        (
            "registry.household.register.v1", "/data/registeredOn", "/data/members/0/residentId"
        ),
    ])
    func `nobody is registered before the birth`(
        _ type: String, _ changed: String, _ pointer: String
    ) throws {
        // Born on 2001-01-01.
        let prefix = Array("35020320010101001".utf8)
        let check = String(UnicodeScalar(ResidentID.checkCharacter(prefix)))
        let id = String(decoding: prefix, as: UTF8.self) + check
        let field = pointer.hasSuffix("residentId") ? pointer : "/data/residentId"
        func error(_ day: String) throws -> Refusal? {
            try Golden.error(
                type, [changed: day, field: id, "/data/birthDate": nil, "/data/sex": nil])
        }
        let early = try #require(try error("2000-12-31"))
        #expect(early.code == "invalid_value")
        #expect(early.pointer == pointer)
        #expect(!early.expected.contains("2001"), "a birth is personal data")
        #expect(try error("2001-01-01") == nil)
    }

    @Test(arguments: ["reporting.period.close.v1", "reporting.bulletin.publish.v1"])
    func `a period has begun`(_ type: String) throws {
        let error = try #require(try Golden.error(type, ["/data/period": "2062-01"]))
        #expect(error.code == "date_out_of_bounds")
        #expect(error.pointer == "/data/period")
        #expect(try Golden.error(type, ["/data/period": "2019-12"]) == nil)
    }

    @Test func `a policy year is that of its cover`() throws {
        let error = try Golden.error("funding.enrolment.open.v1", ["/data/policyYear": 1999])
        #expect(error?.pointer == "/data/policyYear")
        #expect(error?.expected == "the year in which the cover begins, or the one before or after")
        for (year, isNear) in [
            (2018, false), (2019, true), (2021, true), (2022, false), (Int.min, false),
            (Int.max, false),
        ] {
            let error = try Golden.error("funding.enrolment.open.v1", ["/data/policyYear": year])
            #expect((error == nil) == isNear, "\(year)")
        }
    }

    // MARK: The contract

    @Test func `a schema says the days that a field may name`() throws {
        let schema = try MessageSchema.document(of: ReceiveDonation.self)
        let field = schema["properties"]?["data"]?["properties"]?["receivedOn"]
        #expect(field?["$comment"] == "From 1979-01-01 to the day after the message's.")
    }
}
