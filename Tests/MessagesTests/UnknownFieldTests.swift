import Foundation
import Messages
import Testing

/// Fields that the type of a command does not have.
@Suite struct UnknownFieldTests {
    private static let commands = Catalogue.commands.map { $0.type }
    private static let assertion = "registry.category.assert.v1"

    private func ignored(_ body: [UInt8]) throws -> [Receipt.IgnoredField] {
        try Golden.catalogue.decode(body).ignored
    }

    private func ignored(
        _ type: String, _ changes: [String: Any?]
    ) throws -> [Receipt.IgnoredField] {
        try ignored(try Golden.changed(type, changes))
    }

    @Test(arguments: commands)
    func `nothing of a document that keeps the contract is ignored`(_ type: String) throws {
        let body = Array(try Golden.document(type))
        #expect(try ignored(body) == [])
        #expect(Golden.catalogue.ignored(in: body) == [])
    }

    /// Where an object stands in a document, as its type says.
    private static func objects(
        in value: JSONValue, _ shape: Shape, at pointer: String
    ) -> [String] {
        switch shape.kind {
        case .object(_, let fields):
            [pointer]
                + fields.flatMap { field in
                    value[field.name].map {
                        objects(in: $0, field.shape, at: "\(pointer)/\(field.name)")
                    } ?? []
                }
        case .list(let item):
            value.items.indices.flatMap {
                objects(in: value.items[$0], item, at: "\(pointer)/\($0)")
            }
        case .map, .text, .integer, .number, .flag, .value: []
        }
    }

    /// The marks of the decoding and the search by the type's shape must agree, at every depth of every type.
    @Test(arguments: commands)
    func `a field that is none is found in every object of every command`(_ type: String) throws {
        let payload = try #require(Golden.catalogue.type(named: type))
        let document = try JSONValue(Array(Golden.document(type)))
        let data = try #require(document["data"])
        let places = try Self.objects(in: data, Shape(of: payload), at: "/data")
        #expect(places.first == "/data")
        for place in places {
            let found = try ignored(type, ["\(place)/xyzzyPlugh": ["deep": [1]]])
            #expect(found == [Receipt.IgnoredField(pointer: "\(place)/xyzzyPlugh")])
        }
    }

    @Test(arguments: [
        ("registry.category.assert.v1", "/data/validto", "validTo"),
        ("registry.category.assert.v1", "/data/valid_to", "validTo"),
        ("registry.category.assert.v1", "/data/vaildTo", "validTo"),
        ("registry.persons.merge.v1", "/data/wrongPaper", "wrongPapers"),
        ("registry.household.register.v1", "/data/members/1/nmae", "name"),
        ("registry.household.register.v1", "/data/categories/0/validFrm", "validFrom"),
        ("registry.household.register.v1", "/data/registerdOn", "registeredOn"),
    ])
    func `the field that was meant is named`(
        _ type: String, _ pointer: String, _ nearest: String
    ) throws {
        #expect(
            try ignored(type, [pointer: "x"])
                == [Receipt.IgnoredField(pointer: pointer, nearest: nearest)])
    }

    @Test(arguments: ["remark", "to", "nameXx", "x"])
    func `no field is named that is unlike`(_ name: String) throws {
        let found = try ignored("registry.territory.load.v1", ["/data/units/0/\(name)": 1])
        #expect(found == [Receipt.IgnoredField(pointer: "/data/units/0/\(name)")])
    }

    @Test func `a field that is null, or is asked for and not there, is none of them`() throws {
        #expect(try ignored(Self.assertion, ["/data/validTo": NSNull()]) == [])
        #expect(try ignored(Self.assertion, ["/data/validTo": nil]) == [])
    }

    @Test func `a name written with escapes is the same name`() throws {
        let text = String(decoding: try Golden.document(Self.assertion), as: UTF8.self)
        let body = text.replacingOccurrences(of: "\"validTo\"", with: #""valid\u0054o""#)
        #expect(body != text)
        #expect(try ignored(Array(body.utf8)) == [])
    }

    @Test func `attributes of the document are extensions, and are not looked at`() throws {
        #expect(try ignored(Self.assertion, ["/validto": "x", "/office": "y"]) == [])
    }

    @Test func `facts are read by services of any version`() throws {
        #expect(try ignored("registry.person.died.v1", ["/data/dyedOn": "x"]) == [])
        let body = try Golden.changed("registry.person.died.v1", ["/data/dyedOn": "x"])
        #expect(Golden.catalogue.ignored(in: body) == [])
    }

    // MARK: Names that may be somebody's

    @Test(arguments: [
        "王小明", "Zhang San", "350203197001010027", "35020319700101002X", "H12345678",
        "13800000000", "a.b", "", String(repeating: "a", count: 41),
        "0190c0de-0000-7000-8000-000000000001", "_123456", "*",
    ])
    func `a name that may be somebody's is not repeated`(_ name: String) throws {
        var document = try JSONValue(Array(Golden.document(Self.assertion)))
        var data = try #require(document["data"])
        data[name] = .text("\(name) again")
        document["data"] = data
        let found = try ignored(Array(document.compact.utf8))
        #expect(found == [Receipt.IgnoredField(pointer: "/data/*")])
    }

    @Test func `several of them in one object are one`() throws {
        let found = try ignored(
            Self.assertion, ["/data/王小明": 1, "/data/李小红": 2, "/data/line2": 3])
        #expect(
            Set(found.map(\.pointer)) == ["/data/*", "/data/line2"] && found.count == 2)
    }

    // MARK: Bounds

    @Test func `twenty are named at most`() throws {
        var changes: [String: Any?] = [:]
        for number in 0..<99 { changes["/data/field\(number)"] = number }
        #expect(try ignored(Self.assertion, changes).count == UnknownFields.limit)
    }

    // MARK: What is refused

    @Test func `of a command that is refused for something else they are named too`() throws {
        let body = try Golden.changed(
            Self.assertion, ["/data/validFrom": nil, "/data/validfrom": "2019-01-01"])
        #expect(Golden.error(body)?.pointer == "/data/validFrom")
        #expect(
            Golden.catalogue.ignored(in: body)
                == [Receipt.IgnoredField(pointer: "/data/validfrom", nearest: "validFrom")])
    }

    @Test(arguments: ["", "[]", "{", #"{"type":"registry.category.assert.v1"}"#, #"{"type":"x"}"#])
    func `what cannot be read has none`(_ text: String) {
        #expect(Golden.catalogue.ignored(in: Array(text.utf8)) == [])
    }

    @Test func `a receipt without ignored fields does not mention them`() throws {
        let receipt = Receipt(command: nil, status: .accepted)
        let body = try MessageEncoder().encode(data: receipt)
        #expect(!String(decoding: body, as: UTF8.self).contains("ignored"))
    }

    @Test func `a receipt shows them as pointer and nearest`() throws {
        var receipt = Receipt(command: nil, status: .accepted)
        receipt.ignored = [
            .init(pointer: "/data/validto", nearest: "validTo"), .init(pointer: "/data/*"),
        ]
        let body = try MessageEncoder().encode(data: receipt)
        #expect(
            String(decoding: body, as: UTF8.self).contains(
                #""ignored":[{"nearest":"validTo","pointer":"/data/validto"},{"pointer":"/data/*"}]"#
            ))
    }
}
