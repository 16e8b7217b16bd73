import Foundation
import Messages
import Testing

@Suite struct JSONTests {
    static let type = "funding.donation.receive.v1"

    private func donation(_ note: String) throws -> (Header, ReceiveDonation) {
        let message = try Golden.message(Self.type)
        var donation = try #require(message.payload as? ReceiveDonation)
        donation.note = note
        return (message.header, donation)
    }

    @Test(arguments: [
        "plain", "\"quoted\" \\ / slash", "line\nbreak\ttab\rreturn\u{8}\u{C}\u{1}\u{1F}", "汉字 é 👪",
        "\u{2028}\u{7F}", "",
    ])
    func textsSurviveBeingWrittenAndRead(_ note: String) throws {
        let (header, payload) = try donation(note)
        let body = try MessageEncoder().encode(header, payload)
        #expect((try JSONSerialization.jsonObject(with: Data(body)) as? [String: Any]) != nil)
        let again = try #require(try Golden.catalogue.decode(body).payload as? ReceiveDonation)
        #expect(again.note == note)
    }

    @Test func escapesAreReadAsWhatTheyStandFor() throws {
        let body = String(decoding: try Golden.document(Self.type), as: UTF8.self)
        let escaped = body.replacingOccurrences(
            of: #""in a \"red\" envelope\n一元捐""#, with: #""\u6c49\ud83d\udc6a\/\b\f\n\r\t\"\\""#)
        let message = try Golden.catalogue.decode(Array(escaped.utf8))
        let payload = try #require(message.payload as? ReceiveDonation)
        #expect(payload.note == "汉👪/\u{8}\u{C}\n\r\t\"\\")
    }

    @Test func aNameWithEscapesIsTheSameName() throws {
        let body = String(decoding: try Golden.document(Self.type), as: UTF8.self)
        let escaped = body.replacingOccurrences(of: "\"amountFen\"", with: "\"\\u0061mountFen\"")
        #expect(Golden.error(Array(escaped.utf8)) == nil)
    }

    @Test func spaceBetweenTokensDoesNotMatter() throws {
        let body = String(decoding: try Golden.document(Self.type), as: UTF8.self)
        let spaced = "\r\n\t " + body.replacingOccurrences(of: ": ", with: " \t:\r\n ") + " \n"
        #expect(Golden.error(Array(spaced.utf8)) == nil)
    }

    @Test func pointersEscapeTheirNames() throws {
        struct Odd: Command {
            static let type = "odd.v1"
            let value: [String: Int]
        }
        let body =
            #"{"specversion":"1.0","id":"01726000-ffff-7000-8000-00000000000d","source":"t","#
            + #""type":"odd.v1","time":"2020-05-26T08:00:00Z","data":{"value":{"a/b~c":"x"}}}"#
        let error = #expect(throws: Refusal.self) {
            try Catalogue([Odd.self]).decode(Array(body.utf8))
        }
        #expect(error?.pointer == "/data/value/a~1b~0c")
    }

    @Test func damagedDocumentsEndInAnErrorAndNothingElse() throws {
        let seed = UInt64.random(in: .min ... .max)
        var random = SplitMix(state: seed)
        let alphabet = Array(
            "{}[]\",:\\u0e-.tfn \u{0}\u{80}\u{FF}".unicodeScalars.map { UInt8($0.value) })
        let bodies = try GoldenTests.types.map { Array(try Golden.document($0)) }
        var decoded = 0
        for body in bodies {
            for _ in 0..<300 {
                var damaged = body
                for _ in 0..<Int.random(in: 1...4, using: &random) {
                    let position = Int.random(in: 0..<damaged.count, using: &random)
                    switch Int.random(in: 0..<3, using: &random) {
                    case 0: damaged[position] = alphabet.randomElement(using: &random) ?? 0
                    case 1: damaged.remove(at: position)
                    default: damaged.removeSubrange(position...)
                    }
                    if damaged.isEmpty { damaged = [0] }
                }
                if let error = Golden.error(damaged) {
                    #expect(!error.expected.isEmpty, "seed \(seed)")
                } else {
                    // Others must be able to read all that we read as JSON.
                    let other = try? JSONSerialization.jsonObject(with: Data(damaged))
                    #expect(other != nil, "seed \(seed)")
                    decoded += 1
                }
            }
        }
        #expect(decoded > 0, "seed \(seed)")
    }
}

@Suite struct DocumentTests {
    @Test func aDocumentIsLookedIntoWithoutACatalogue() throws {
        struct Part: Decodable { let campaign: String }
        let document = try Document(Array(try Golden.document(JSONTests.type)))
        #expect(document.type == JSONTests.type)
        #expect(document.id == "01726000-ffff-7000-8000-00000000000d")
        #expect(try document.data(as: Part.self).campaign == "one-yuan-2020")
    }

    @Test func aDocumentNeedsNothingButAnObject() throws {
        let document = try Document(Array(#"{"id":5}"#.utf8))
        #expect(document.id == nil)
        #expect(document.type == nil)
        let error = #expect(throws: Refusal.self) { try Document(Array("[]".utf8)) }
        #expect(error?.code == "wrong_envelope")
        #expect(throws: Refusal.self) { try Document(Array("{".utf8)) }
    }
}
