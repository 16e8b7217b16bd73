import Foundation
import Messages
import Testing

@Suite("What the types say of themselves")
struct ContractTests {
    static let types = Catalogue.all.map { $0.type }

    private static func type(_ name: String) throws -> any Payload.Type {
        try #require(Golden.catalogue.type(named: name))
    }

    private static func golden(_ name: String) throws -> JSONValue {
        try JSONValue(Array(Golden.document(name)))
    }

    @Test(arguments: types)
    func `The fields of a golden document are those of its schema`(_ name: String) throws {
        let schema = try MessageSchema.document(of: Self.type(name))
        let described = schema["properties"]?["data"]?["properties"]?.members.map(\.name)
        let shown = try Self.golden(name)["data"]?.members.map(\.name)
        #expect(described?.sorted() == shown?.sorted())
    }

    /// A change that is accepted although the shape says it is wrong ends the making of examples.
    @Test(arguments: types)
    func `What the shape of a type denies, its decoder refuses`(_ name: String) throws {
        let examples = try InvalidExamples.all(
            of: Self.type(name), valid: Self.golden(name), Golden.catalogue)
        #expect(examples.count > 15)
        #expect(Set(examples.map(\.title)).count == examples.count)
        for example in examples where example.path.first == "data" {
            let inside = example.error.pointer.hasPrefix(JSONValue.pointer(example.path))
            #expect(inside, "\(example.title): \(example.error)")
        }
    }

    @Test(arguments: types)
    func `What a schema lets be missing, the decoder lets be missing or null`(
        _ name: String
    ) throws {
        let schema = try #require(
            MessageSchema.document(of: Self.type(name))["properties"]?["data"])
        let required = Set(schema["required"]?.items.compactMap(\.string) ?? [])
        let valid = try Self.golden(name)
        for field in schema["properties"]?.members ?? [] where !required.contains(field.name) {
            for value in [nil, JSONValue.null] {
                let document = valid.replacing(["data", field.name], with: value)
                let error = Golden.error(Array(document.compact.utf8))
                // A rule may ask for it, which is another code.
                #expect(error?.code ?? "invalid_value" == "invalid_value", "\(field.name)")
            }
        }
    }

    @Test func `A document keeps its order, its numbers and its texts`() throws {
        let text = #"{"b":[1.50,-0,{}],"a":"Öä\n\"","c":null,"d":[true,false,[]]}"#
        let value = try JSONValue(Array(text.utf8))
        #expect(value.compact == text)
        #expect(try JSONValue(Array(value.pretty.utf8)) == value)
    }

    @Test func `A limit that depends on another field is said as the wider one`() throws {
        let schema = try MessageSchema.document(of: RecordAttendance.self)
        let persons = schema["properties"]?["data"]?["properties"]?["persons"]
        #expect(persons?["minimum"] == 1)
        #expect(persons?["maximum"] == 20)
    }

    @Test func `A schema says names, lengths, bounds and what may be missing`() throws {
        let schema = try MessageSchema.document(of: ReceiveDonation.self)
        let data = try #require(schema["properties"]?["data"])
        #expect(
            data["required"] == [
                "donation", "fund", "campaign", "territory", "amountFen", "receivedOn",
            ])
        let fields = data["properties"]
        #expect(fields?["amountFen"] == ["$ref": "#/$defs/Fen", "minimum": 1])
        #expect(fields?["note"] == ["type": ["string", "null"], "minLength": 0, "maxLength": 500])
        #expect(fields?["campaign"] == ["type": "string", "minLength": 1, "maxLength": 64])
        #expect(fields?["donor"] == ["anyOf": [["$ref": "#/$defs/DonorID"], ["type": "null"]]])
    }
}
