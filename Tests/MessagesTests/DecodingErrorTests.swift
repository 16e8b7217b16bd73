import Foundation
import Messages
import Testing

@Suite struct DecodingErrorTests {
    static let donation = "funding.donation.receive.v1"
    static let household = "registry.household.register.v1"
    private static let amount = "an amount in fen from 1 to 1000000000000"
    static let id = UUID(uuidString: "01726000-ffff-7000-8000-00000000000d")

    @Test(arguments: [
        ("", "a JSON value", 0), ("{", "a name in double quotes", 1), ("{\"a\" 1}", "a colon", 5),
        ("{\"a\":1", "a comma or }", 6), ("[1", "a comma or ]", 2), ("[1,]", "a JSON value", 3),
        ("{} {}", "the end of the document", 3), ("\"a", "a closing double quote", 2),
        ("\"\u{1}\"", "a control character written as an escape", 1),
        ("\"\\x\"", "a valid escape", 1), ("\"\\ud800\"", "a valid escape", 1),
        ("\"\\udc00\"", "a valid escape", 1), ("\"\\u12g4\"", "a valid escape", 1),
        ("01", "a number without leading zeros", 2), ("1.", "a digit", 2), ("1e", "a digit", 2),
        ("-", "a JSON value", 1), ("nul", "true, false or null", 3), ("+1", "a JSON value", 0),
        ("'a'", "a JSON value", 0),
    ])
    func textThatIsNotJSON(_ text: String, _ expected: String, _ offset: Int) throws {
        let error = try #require(Golden.error(Array(text.utf8)))
        #expect(error.code == "not_json")
        #expect(error.pointer == "")
        #expect(error.found == "something else at byte \(offset)")
        #expect(error.expected == expected)
        #expect(error.id == nil)
    }

    @Test func bytesThatAreNotUTF8AreNotJSON() throws {
        let error = try #require(Golden.error([0x22, 0xC3, 0x28, 0x22]))
        #expect(error.code == "not_json")
        #expect(error.expected == "UTF-8")
        #expect(error.found == "a byte that is no UTF-8 at byte 1")
    }

    @Test(arguments: [
        ([0x1F, 0x8B, 0x08, 0x00], "gzip"), ([0x28, 0xB5, 0x2F, 0xFD, 0x24], "zstd"),
        ([0x78, 0x9C, 0xAB], "zlib"), ([0xFF, 0xFE, 0x7B, 0x00], "UTF-16"),
        ([0x7B, 0x00, 0x7D, 0x00], "UTF-16"), ([0x00, 0x7B, 0x00, 0x7D], "UTF-16"),
        ([0xFF, 0xFE, 0x00, 0x00, 0x7B, 0x00, 0x00, 0x00], "UTF-32"),
        ([0xEF, 0xBB, 0xBF, 0x7B, 0x7D], "UTF-8 with a byte order mark"),
        ([0x3C, 0x61, 0x3E], "XML or HTML"),
    ])
    func `what bytes look like that are no JSON is named`(_ bytes: [UInt8], _ name: String) throws {
        let error = try #require(Golden.error(bytes))
        #expect((error.code, error.pointer) == ("not_json", ""))
        #expect(error.found == name)
        #expect(error.expected == "a JSON document in UTF-8")
    }

    @Test func nestingIsLimited() throws {
        let deep = Array(
            (String(repeating: "[", count: 40) + String(repeating: "]", count: 40)).utf8)
        #expect(try #require(Golden.error(deep)).code == "not_json")
        let endless = [UInt8](repeating: UInt8(ascii: "["), count: 1 << 20)
        #expect(try #require(Golden.error(endless)).expected == "at most 32 levels of nesting")
    }

    @Test(arguments: ["[]", "1", "\"text\"", "null", "true"])
    func jsonThatIsNoObjectIsAWrongEnvelope(_ text: String) throws {
        let error = try #require(Golden.error(Array(text.utf8)))
        #expect(error.code == "wrong_envelope")
        #expect(error.pointer == "")
    }

    @Test func aMissingSpecversionIsAWrongEnvelope() throws {
        let error = try Golden.error(Self.donation, ["/specversion": nil])
        #expect(
            error
                == Refusal(
                    .wrongEnvelope, pointer: "/specversion", found: "nothing",
                    expected: "the string \"1.0\"", id: Self.id))
    }

    @Test func anotherSpecversionIsAWrongEnvelope() throws {
        let text = try #require(try Golden.error(Self.donation, ["/specversion": "0.3"]))
        #expect(
            (text.code, text.pointer, text.found) == ("wrong_envelope", "/specversion", "a string"))
        let number = try #require(try Golden.error(Self.donation, ["/specversion": 1]))
        #expect(number.code == "wrong_envelope")
        #expect(number.found == "the number 1")
    }

    @Test(arguments: ["id", "source", "type", "time", "data"])
    func aMissingAttributeIsAMissingField(_ name: String) throws {
        let error = try #require(try Golden.error(Self.donation, ["/\(name)": nil]))
        #expect((error.code, error.pointer) == ("missing_field", "/\(name)"))
        #expect(error.found == "nothing")
        #expect(error.id == (name == "id" ? nil : Self.id))
    }

    @Test func attributesAreJudgedByTheirTypes() throws {
        func codeAndPointer(_ changes: [String: Any?]) throws -> [String] {
            let error = try #require(try Golden.error(Self.donation, changes))
            return [error.code, error.pointer]
        }
        #expect(try codeAndPointer(["/id": 1]) == ["mistyped_field", "/id"])
        #expect(try codeAndPointer(["/id": "1"]) == ["invalid_value", "/id"])
        #expect(try codeAndPointer(["/source": ""]) == ["invalid_value", "/source"])
        let long = String(repeating: "s", count: 256)
        #expect(try codeAndPointer(["/source": long]) == ["invalid_value", "/source"])
        #expect(try codeAndPointer(["/time": "yesterday"]) == ["invalid_value", "/time"])
        #expect(try codeAndPointer(["/sequence": 0]) == ["invalid_value", "/sequence"])
        #expect(try codeAndPointer(["/sequence": "1"]) == ["mistyped_field", "/sequence"])
        #expect(try codeAndPointer(["/causationid": "x"]) == ["invalid_value", "/causationid"])
        #expect(try codeAndPointer(["/type": 5]) == ["mistyped_field", "/type"])
        #expect(try codeAndPointer(["/data": []]) == ["mistyped_field", "/data"])
    }

    @Test func anUnknownTypeIsNamedAsSuch() throws {
        let error = try #require(try Golden.error(Self.donation, ["/type": "funding.loan.ask.v1"]))
        #expect((error.code, error.pointer) == ("unknown_type", "/type"))
        #expect(error.id == Self.id)
        for type in ["funding.donation.receive", "funding.donation.receive.v", "x", ".v1"] {
            #expect(try Golden.error(Self.donation, ["/type": type])?.code == "unknown_type")
        }
    }

    @Test func anUnknownVersionNamesTheKnownOne() throws {
        let error = try #require(
            try Golden.error(Self.donation, ["/type": "funding.donation.receive.v2"]))
        #expect((error.code, error.pointer) == ("unknown_version", "/type"))
        #expect(error.expected == Self.donation)
    }

    @Test func aMissingFieldSaysWhatBelongsThere() throws {
        let error = try #require(try Golden.error(Self.donation, ["/data/amountFen": nil]))
        #expect((error.code, error.pointer) == ("missing_field", "/data/amountFen"))
        #expect((error.found, error.expected) == ("nothing", Self.amount))
        let nested = try #require(try Golden.error(Self.household, ["/data/members/1/role": nil]))
        #expect(nested.pointer == "/data/members/1/role")
        #expect(nested.expected == "one of head, spouse, child, parent")
    }

    @Test func aMistypedFieldSaysWhatWasFound() throws {
        let text = try #require(try Golden.error(Self.donation, ["/data/amountFen": "100"]))
        #expect((text.code, text.pointer) == ("mistyped_field", "/data/amountFen"))
        #expect((text.found, text.expected) == ("a string", Self.amount))
        let fraction = try #require(try Golden.error(Self.donation, ["/data/amountFen": 1.5]))
        #expect((fraction.code, fraction.found) == ("mistyped_field", "the number 1.5"))
        let null = try #require(try Golden.error(Self.donation, ["/data/fund": NSNull()]))
        #expect((null.code, null.found, null.expected) == ("mistyped_field", "null", "a UUID"))
        let list = try #require(try Golden.error(Self.household, ["/data/members": "none"]))
        #expect((list.found, list.expected) == ("a string", "an array"))
        let flag = try #require(
            try Golden.error(Self.household, ["/data/categories/0/verified": 1]))
        #expect((flag.code, flag.expected) == ("mistyped_field", "true or false"))
    }

    @Test func aNumberIsToldTheBoundsOfItsFieldWhateverIsWrongWithIt() throws {
        for value in ["2", 2.5, 51, 0] as [Any] {
            let error = try #require(
                try Golden.error("registry.search.v1", ["/data/limit": value]))
            #expect(error.pointer == "/data/limit")
            #expect(error.expected == "an integer from 1 to 50", "\(value)")
        }
        for (value, code) in [
            ("2020", "mistyped_field"), (1_000, "invalid_value"), (2_199, "date_out_of_bounds"),
        ] as [(Any, String)] {
            let error = try #require(
                try Golden.error(
                    "funding.budget.allot.v1",
                    ["/data/year": value, "/time": "2020-05-26T08:00:00.000Z"]))
            #expect(error.code == code)
            #expect(error.expected == "a year from 1979 to 2025")
        }
    }

    @Test func anIntegerBeyond64BitsIsAnInvalidValue() throws {
        let body = String(decoding: try Golden.document(Self.donation), as: UTF8.self)
        let huge = body.replacingOccurrences(of: "100000", with: "99999999999999999999")
        let error = try #require(Golden.error(Array(huge.utf8)))
        #expect((error.code, error.pointer) == ("invalid_value", "/data/amountFen"))
    }

    @Test func errorsNeverSayWhatAPersonalFieldHolds() throws {
        let secret = "350203197001010028"
        for value in [secret, 350_203_197_001_010_028] as [Any] {
            for field in ["residentId", "phone", "name"] {
                let changes = [
                    "/data/members/0/\(field)": value, "/data/members/0/role": "x\(secret)",
                ]
                let error = try #require(try Golden.error(Self.household, changes))
                #expect(!"\(error)".contains("3502"))
                #expect(!error.found.contains("3502") && !error.expected.contains("3502"))
            }
        }
    }

    @Test func fieldsThatNoTypeKnowsAreAllowed() throws {
        let body = try Golden.changed(
            Self.donation, ["/data/weather": ["sun": true], "/datacontenttype": "application/json"])
        #expect(Golden.error(body) == nil)
    }

    @Test func optionalFieldsMayBeMissingOrNull() throws {
        let body = try Golden.changed(
            Self.donation,
            ["/data/note": NSNull(), "/data/donor": nil, "/traceparent": NSNull()])
        let message = try Golden.catalogue.decode(body)
        let donation = try #require(message.payload as? ReceiveDonation)
        #expect(donation.note == nil)
        #expect(donation.donor == nil)
        #expect(message.header.traceparent == nil)
    }
}
