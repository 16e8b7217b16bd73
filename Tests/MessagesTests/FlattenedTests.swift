import Foundation
import Messages
import Testing

@Suite("Fields that several messages have in common")
struct FlattenedTests {
    static let fact = RegistrationWaitlisted.type

    private static func waitlisted() throws -> RegistrationWaitlisted {
        try #require(try Golden.message(fact).payload as? RegistrationWaitlisted)
    }

    @Test func `They stand among the fields of the message`() throws {
        let fact = try Self.waitlisted()
        let data = try JSONValue(MessageEncoder().encode(data: fact))
        #expect(data["registration"] == .text(fact.about.registration.description))
        #expect(data["session"] == .text(fact.about.about.session.description))
        #expect(data["about"] == nil)
    }

    @Test func `They read as the message's own`() throws {
        let fact = try Self.waitlisted()
        #expect(fact.places == fact.about.places)
        #expect(fact.session == fact.about.about.session)
    }

    @Test(arguments: ["registration", "session", "places", "number"])
    func `An error points to them as to the message's own`(_ field: String) throws {
        let missing = try Golden.error(Self.fact, ["/data/\(field)": nil])
        #expect(missing?.code == "missing_field")
        #expect(missing?.pointer == "/data/\(field)")
        let mistyped = try Golden.error(Self.fact, ["/data/\(field)": [1]])
        #expect(mistyped?.code == "mistyped_field")
        #expect(mistyped?.pointer == "/data/\(field)")
    }

    @Test func `A schema lists and describes them in the order of the properties`() throws {
        let schema = try MessageSchema.document(of: RegistrationWaitlisted.self) { type, field in
            guard let field else { return nil }
            return type == "SessionSubject" && field == "startsOn" ? "Its first day." : nil
        }
        let fields = try #require(schema["properties"]?["data"]?["properties"])
        #expect(
            fields.members.map(\.name) == [
                "registration", "session", "activity", "kind", "programme", "territory",
                "startsOn", "person", "child", "household", "places", "number", "requestedOn",
            ])
        #expect(fields["startsOn"]?["description"] == "Its first day.")
    }

    @Test func `A limit is shown and kept where the field stands`() throws {
        let schema = try MessageSchema.document(of: AwardCommendation.self)
        let occasion = schema["properties"]?["data"]?["properties"]?["occasion"]
        #expect(occasion?["maxLength"] == 200)
        let error = try Golden.error(AwardCommendation.type, ["/data/occasion": ""])
        #expect(error?.pointer == "/data/occasion")
    }
}
