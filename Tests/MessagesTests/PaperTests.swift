import Foundation
import Messages
import Testing

@Suite struct PaperTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let kind: PaperKind
        let number: String
        var country: String?

        var testDescription: String { "\(kind.rawValue) \(number)" }

        init(_ kind: PaperKind, _ number: String, _ country: String? = nil) {
            (self.kind, self.number, self.country) = (kind, number, country)
        }

        var field: [String: Any] {
            var field: [String: Any] = ["kind": kind.rawValue, "number": number]
            field["country"] = country
            return field
        }
    }

    static let right = [
        Case(.residentID, "11010519491231002x"), Case(.residentID15, "350203700101002"),
        Case(.residencePermit, "810000197001010028"), Case(.residencePermit, "830000197001010013"),
        Case(.foreignerPermit, "935156197001010027"), Case(.foreignerPermit, "usa350270010112"),
        Case(.foreignerPermit, "USA350270010112"),
        Case(.homeReturnPermit, "H12345678"), Case(.homeReturnPermit, "m1234567801"),
        Case(.taiwanPermit, "01234567"), Case(.taiwanPermit, "0123456701(B)"),
        Case(.taiwanPermit, "0123456701"), Case(.taiwanPermit, "F290299977"),
        Case(.passport, "E12345678", "CHN"), Case(.passport, "EA1234567", "CHN"),
        Case(.passport, "141234567", "CHN"), Case(.passport, "12345", "GBR"),
        Case(.passport, "C01X 0001-H", "DEU"), Case(.birthCertificate, "R350000001"),
    ]

    static let wrong = [
        Case(.residentID, "110105194912310021"), Case(.residentID, "350203700101002"),
        Case(.residentID15, "350203701301002"), Case(.residentID15, "35020370010100A"),
        Case(.residentID15, "11010519491231002X"),
        Case(.residencePermit, "350203197001010027"), Case(.residencePermit, "810000197001010029"),
        Case(.foreignerPermit, "350203197001010027"), Case(.foreignerPermit, "935156197001010028"),
        Case(.foreignerPermit, "US1350270010112"),
        Case(.homeReturnPermit, "K12345678"), Case(.homeReturnPermit, "H123456789"),
        Case(.homeReturnPermit, "12345678"), Case(.taiwanPermit, "0123456"),
        Case(.taiwanPermit, "012345678"), Case(.taiwanPermit, "AB12345678"),
        Case(.passport, "E1234567", "CHN"), Case(.passport, "161234567", "CHN"),
        Case(.passport, "1234567890123456", "USA"), Case(.birthCertificate, "3500000010"),
        Case(.birthCertificate, "R35000001"),
    ]

    private static func refusal(_ paper: [String: Any]) throws -> Refusal? {
        try Golden.error("registry.search.v1", ["/data/paper": paper])
    }

    @Test(arguments: right) func `a number of its kind's form is taken`(paper: Case) throws {
        #expect(try Self.refusal(paper.field) == nil)
    }

    @Test(arguments: wrong)
    func `another number is refused, and told what is right for the kind`(paper: Case) throws {
        let refusal = try #require(try Self.refusal(paper.field))
        #expect(refusal.code == "invalid_value")
        #expect(refusal.pointer == "/data/paper/number")
        #expect(!refusal.expected.isEmpty && !"\(refusal)".contains(paper.number))
    }

    @Test func `each kind has a right and a wrong example here`() {
        #expect(Set(Self.right.map(\.kind)) == Set(PaperKind.allCases))
        #expect(Set(Self.wrong.map(\.kind)) == Set(PaperKind.allCases))
    }

    @Test func `each kind's refusal says what is right for it`() throws {
        let expected = try PaperKind.allCases.map { kind in
            try #require(try Self.refusal(Case(kind, "AAAAA1", "CHN").field)).expected
        }
        #expect(Set(expected).count == PaperKind.allCases.count)
    }

    @Test func `a passport needs the country that issued it, by three letters`() throws {
        let missing = try #require(try Self.refusal(Case(.passport, "E12345678").field))
        #expect(missing.pointer == "/data/paper/country")
        let short = try #require(try Self.refusal(Case(.passport, "E12345678", "CN").field))
        #expect(short.expected == CountryCode.expected)
        #expect(try Self.refusal(Case(.homeReturnPermit, "H12345678").field) == nil)
    }

    @Test(arguments: ["H 12345678", "h-12345678", "H(12345678)"])
    func `case, single blanks, hyphens and brackets do not matter`(text: String) {
        #expect(PaperNumber(text)?.rawValue == "H12345678")
    }

    @Test(arguments: ["", "H1", "H  12345678", " H12345678", "H12345678-", "Ｈ12345678", "编号12345"])
    func `what is no number of a paper is refused`(text: String) {
        #expect(PaperNumber(text) == nil)
    }

    private func paper(_ kind: PaperKind, _ number: String, _ country: String? = nil) throws
        -> Paper
    {
        Paper(
            kind: kind, number: try #require(PaperNumber(number)),
            country: country.flatMap(CountryCode.init))
    }

    @Test func `a number of 15 digits is that of 18 with the century and a check character`()
        throws
    {
        let old = try paper(.residentID15, "110105491231002")
        #expect(old.citizenNumber == ResidentID("11010519491231002X"))
        #expect(try old.identity == paper(.residentID, "11010519491231002X").identity)
        #expect(old.citizenNumber?.sex == .female)
    }

    @Test func `a renewed permit is the same paper, and another country's passport is another`()
        throws
    {
        #expect(
            try paper(.homeReturnPermit, "H12345678").identity
                == paper(.homeReturnPermit, "H1234567802").identity)
        #expect(
            try paper(.taiwanPermit, "01234567").identity
                == paper(.taiwanPermit, "0123456702B").identity)
        #expect(
            try paper(.passport, "C01234567", "DEU").identity
                != paper(.passport, "C01234567", "USA").identity)
        #expect(
            try paper(.taiwanPermit, "F290299977").identity
                != paper(.taiwanPermit, "F290299978").identity)
    }

    @Test func `no description shows a paper or its number`() throws {
        let paper = try paper(.passport, "E12345678", "CHN")
        var dumped = ""
        dump([paper], to: &dumped)
        dump(paper.number, to: &dumped)
        let shown = "\(paper) \(String(reflecting: paper)) \(paper.number) \(dumped)"
        #expect(!shown.contains("1234"))
    }
}

/// What a registration says of a person must agree with itself.
@Suite struct PersonDescriptionTests {
    private static let type = "registry.person.register.v1"

    private func pointer(_ changes: [String: Any?]) throws -> String? {
        try Golden.error(Self.type, changes)?.pointer
    }

    @Test func `a newborn needs no paper, but birth date and sex`() throws {
        let none: [String: Any?] = ["/data/residentId": nil, "/data/papers": nil]
        func without(_ field: String) -> [String: Any?] {
            none.merging([field: nil]) { $1 }
        }
        #expect(try pointer(none) == nil)
        #expect(try pointer(without("/data/birthDate")) == "/data/birthDate")
        #expect(try pointer(without("/data/sex")) == "/data/sex")
    }

    @Test func `a citizen's number says birth date and sex by itself`() throws {
        #expect(try pointer(["/data/birthDate": nil, "/data/sex": nil]) == nil)
        let permit = ["kind": "residence_permit", "number": "810000197001010028"]
        #expect(
            try pointer([
                "/data/birthDate": nil, "/data/sex": nil, "/data/residentId": nil,
                "/data/papers": [permit],
            ]) == nil)
    }

    @Test func `birth date and sex agree with every number`() throws {
        #expect(try pointer(["/data/birthDate": "2004-02-28"]) == "/data/birthDate")
        #expect(try pointer(["/data/sex": "male"]) == "/data/sex")
        let permit = ["kind": "residence_permit", "number": "810000197001010028"]
        #expect(try pointer(["/data/papers": [permit]]) == "/data/birthDate")
    }

    @Test func `each paper is named once, the resident id too`() throws {
        let same = ["kind": "resident_id", "number": "350203200402290028"]
        #expect(try pointer(["/data/papers": [same]]) == "/data/papers")
        let permits = ["H12345678", "H1234567801"].map {
            ["kind": "home_return_permit", "number": $0]
        }
        #expect(try pointer(["/data/papers": permits]) == "/data/papers")
    }

    @Test func `a paper of a member is refused where it stands`() throws {
        let error = try #require(
            try Golden.error(
                "registry.household.register.v1", ["/data/members/1/papers/0/number": "X12345678"]))
        #expect(error.pointer == "/data/members/1/papers/0/number")
        #expect(error.expected == "H or M and 8 or 10 digits")
    }

    @Test func `a correction corrects something, and agrees with its resident id`() throws {
        func error(_ changes: [String: Any?]) throws -> String? {
            try Golden.error("registry.person.correct.v1", changes)?.pointer
        }
        #expect(try error([:]) == nil)
        #expect(try error(["/data/birthDate": "1966-12-08"]) == "/data/birthDate")
        #expect(try error(["/data/sex": "female"]) == "/data/sex")
        #expect(try error(["/data/withoutPhone": true]) == "/data/withoutPhone")
        let fields = ["name", "phone", "withoutPhone", "birthDate", "sex", "residentId"]
        let nothing = fields.map { ("/data/\($0)", Any?.none) }
        #expect(try error(Dictionary(uniqueKeysWithValues: nothing)) == "/data")
    }
}
