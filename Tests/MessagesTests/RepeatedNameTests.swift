import Foundation
import Messages
import Testing

/// Readers of JSON differ in which of two members counts, so a publisher could mean one amount and book the other.
@Suite("A name that stands in an object twice")
struct RepeatedNameTests {
    private static let donation = "funding.donation.receive.v1"
    private static let household = "registry.household.register.v1"

    /// A golden document in which a member has another one behind it.
    private func document(_ type: String, _ member: String, then other: String) throws -> [UInt8] {
        let text = String(decoding: try Golden.document(type), as: UTF8.self)
        let range = try #require(text.range(of: member))
        return Array(text.replacingCharacters(in: range, with: "\(member), \(other)").utf8)
    }

    private func expectRefused(
        _ body: [UInt8], at pointer: String, sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let error = try #require(Golden.error(body), sourceLocation: sourceLocation)
        #expect(error.code == "repeated_name", sourceLocation: sourceLocation)
        #expect(error.pointer == pointer, sourceLocation: sourceLocation)
        #expect(error.expected == "each name once in an object", sourceLocation: sourceLocation)
        #expect(error.id != nil, "the receipt names the command", sourceLocation: sourceLocation)
    }

    @Test func `is refused in the data, where it stands`() throws {
        try expectRefused(
            document(Self.donation, #""specversion": "1.0""#, then: #""data": {}"#), at: "/data")
        let body = try Golden.document(Self.donation)
        let text = String(decoding: body, as: UTF8.self)
        let second = text.replacing(#""amountFen""#, with: #""amountFen": 99999, "amountFen""#)
        try expectRefused(Array(second.utf8), at: "/data/amountFen")
    }

    @Test func `is refused in the envelope, of a known attribute and of an unknown one`() throws {
        let version = #""specversion": "1.0""#
        try expectRefused(
            document(Self.donation, version, then: version), at: "/specversion")
        try expectRefused(
            document(Self.donation, version, then: #""mine": 1, "mine": 1"#), at: "/mine")
    }

    @Test func `is refused at every depth, also where no type reads it`() throws {
        let text = String(decoding: try Golden.document(Self.household), as: UTF8.self)
        let member = text.replacing(#""role": "head""#, with: #""role": "head", "role": "child""#)
        try #require(member != text)
        try expectRefused(Array(member.utf8), at: "/data/members/0/role")
        try expectRefused(
            document(
                Self.donation, #""specversion": "1.0""#,
                then: #""mine": [0, {"a": {"b": 1, "c": 2, "b": 3}}]"#), at: "/mine/1/a/b")
    }

    @Test func `is refused when it is written with escapes the second time`() throws {
        let text = String(decoding: try Golden.document(Self.donation), as: UTF8.self)
        let body = text.replacing(#""amountFen""#, with: #""amount\u0046en": 1, "amountFen""#)
        try expectRefused(Array(body.utf8), at: "/data/amountFen")
    }

    @Test(arguments: [3, 24, 25, 26, 500])
    func `is found in small and in large objects`(count: Int) throws {
        let names = (0..<count).map { "\"name \($0)\": \($0)" }
        func envelope(_ members: [String]) throws -> [UInt8] {
            try document(
                Self.donation, #""specversion": "1.0""#,
                then: "\"mine\": {\(members.joined(separator: ", "))}")
        }
        #expect(Golden.error(try envelope(names)) == nil)
        try expectRefused(
            envelope(names + ["\"name \(count - 1)\": 0"]), at: "/mine/name \(count - 1)")
        try expectRefused(envelope(names + ["\"name 0\": 0"]), at: "/mine/name 0")
    }

    @Test func `is no fault in two objects beside or within each other`() throws {
        #expect(
            Golden.error(
                try document(
                    Self.donation, #""specversion": "1.0""#,
                    then: #""mine": [{"a": 1}, {"a": {"a": 1}}]"#)) == nil)
    }

    @Test func `does not hold anybody up, however many names there are`() throws {
        let object = (0..<1_000).map { "\"\($0)\":0" }.joined(separator: ",")
        let objects = (0..<60).map { _ in "{\(object)}" }.joined(separator: ",")
        let body = try document(
            Self.donation, #""specversion": "1.0""#, then: "\"mine\": [\(objects)]")
        let started = ContinuousClock.now
        #expect(Golden.error(body) == nil)
        #expect(ContinuousClock.now - started < .seconds(5), "comparing all pairs takes minutes")
    }

    @Test func `is not looked for in an object with too many names, which is refused`() throws {
        let names = (0..<1_001).map { "\"\($0)\":0" }.joined(separator: ",")
        let body = try document(
            Self.donation, #""specversion": "1.0""#, then: "\"mine\": {\(names)}")
        let error = try #require(Golden.error(body))
        #expect(error.code == "too_large")
        #expect(error.expected == "at most 1000 names in an object")
        #expect(error.id != nil, "the receipt names the command")
    }
}
