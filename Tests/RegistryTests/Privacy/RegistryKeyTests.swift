import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import Registry

@Suite struct RegistryKeyTests {
    private let id = UUID()
    private let personal: PersonalData
    private let paper: Paper

    init() throws {
        paper = Paper(try RegistrySamples.resident(1))
        personal = PersonalData(
            name: "示例人", phone: "13800000000",
            papers: [Paper(try RegistrySamples.resident(1)), try RegistrySamples.passport()])
    }

    @Test func `sealed personal data opens to what was sealed`() throws {
        let key = SealingKey()
        let sealed = try key.seal(personal.bytes, as: .personalData, for: id)
        #expect(try PersonalData(bytes: key.open(sealed, as: .personalData, for: id)) == personal)
    }

    @Test func `a person without a phone number opens without one`() throws {
        let without = PersonalData(
            name: "示例人", papers: personal.papers.map(\.paper))
        #expect(try PersonalData(bytes: without.bytes) == without)
    }

    @Test func `texts of any length and content survive sealing`() throws {
        let key = SealingKey()
        let seed = UInt64.random(in: .min ... .max)
        var random = SeededRandom(seed)
        for round in 0..<200 {
            let scalars = (0..<Int.random(in: 1...100, using: &random)).map { _ in
                UnicodeScalar(UInt32.random(in: 0..<0xD800, using: &random)) ?? "x"
            }
            var name = ""
            name.unicodeScalars.append(contentsOf: scalars)
            let data = PersonalData(
                name: name, papers: [Paper(try RegistrySamples.resident(round))])
            let opened = try PersonalData(
                bytes: key.open(
                    key.seal(data.bytes, as: .personalData, for: id), as: .personalData, for: id))
            // Compared by bytes: equal strings may differ in their scalars.
            #expect(opened.bytes == data.bytes, "seed \(seed)")
        }
    }

    @Test func `no two sealings share a nonce`() throws {
        let key = SealingKey()
        let sealed = try (0..<100).map { _ in
            try key.seal(personal.bytes, as: .personalData, for: id)
        }
        #expect(Set(sealed.map { $0[1..<13] }).count == 100)
    }

    @Test func `a key that was wrapped opens what it sealed`() throws {
        let (master, key) = (try RegistrySamples.key(), SealingKey())
        let sealed = try key.seal(personal.bytes, as: .personalData, for: id)
        let again = try master.unwrap(master.wrap(key, for: id), for: id)
        #expect(try PersonalData(bytes: again.open(sealed, as: .personalData, for: id)) == personal)
    }

    @Test func `a wrapped key is no other person's, and no other master key unwraps it`() throws {
        let master = try RegistrySamples.key()
        let wrapped = try master.wrap(SealingKey(), for: id)
        #expect(throws: (any Error).self) { try master.unwrap(wrapped, for: UUID()) }
        let other = try RegistryKey(hexadecimal: String(repeating: "ab", count: 32))
        #expect(throws: (any Error).self) { try other.unwrap(wrapped, for: id) }
        #expect(other.id != master.id)
    }

    @Test func `a keyring wraps by its current key and opens what the old one wrapped`() throws {
        let old = try RegistrySamples.key()
        let new = try RegistryKey(hexadecimal: String(repeating: "ab", count: 32))
        let key = SealingKey()
        let row = DataKey(owner: id, wrapped: try old.wrap(key, for: id), master: old.id)
        let sealed = try key.seal(personal.bytes, as: .personalData, for: id)
        let opened = try #require(try Keyring(new, old: old).open(row))
        #expect(try opened.open(sealed, as: .personalData, for: id) == personal.bytes)
        #expect(throws: (any Error).self) { try Keyring(new).open(row) }
        #expect(
            Keyring(new, old: old).hashes(paper) == [new.hash(paper), old.hash(paper)])
    }

    @Test func `names and phone numbers are found by codes that differ by field and key`() throws {
        let old = try RegistrySamples.key()
        let new = try RegistryKey(hexadecimal: String(repeating: "ab", count: 32))
        let codes = [
            old.code("13800000000", of: .phone), old.code("13800000000", of: .name),
            old.code("13800000001", of: .phone), new.code("13800000000", of: .phone),
        ]
        #expect(Set(codes).count == 4)
        #expect(old.code("13800000000", of: .phone) == codes[0])
    }

    @Test func `a sealed value does not open for another person`() throws {
        let key = SealingKey()
        let sealed = try key.seal(personal.bytes, as: .personalData, for: id)
        #expect(throws: (any Error).self) { try key.open(sealed, as: .personalData, for: UUID()) }
    }

    @Test func `a sealed value does not open in another column of its row`() throws {
        let key = SealingKey()
        for column in SealedColumn.allCases {
            let sealed = try key.seal(personal.bytes, as: column, for: id)
            #expect(try key.open(sealed, as: column, for: id) == personal.bytes)
            for other in SealedColumn.allCases where other != column {
                #expect(throws: (any Error).self) { try key.open(sealed, as: other, for: id) }
            }
        }
    }

    @Test func `a sealed value that was altered in any byte does not open`() throws {
        let key = SealingKey()
        let sealed = try key.seal(personal.bytes, as: .personalData, for: id)
        for index in sealed.indices {
            var altered = sealed
            altered[index] ^= 1
            #expect(throws: (any Error).self) { try key.open(altered, as: .personalData, for: id) }
        }
    }

    @Test func `another key opens nothing and finds nobody`() throws {
        let key = try RegistrySamples.key()
        let other = try RegistryKey(hexadecimal: String(repeating: "ab", count: 32))
        let sealed = try SealingKey().seal(personal.bytes, as: .personalData, for: id)
        #expect(throws: (any Error).self) {
            try SealingKey().open(sealed, as: .personalData, for: id)
        }
        #expect(key.hash(paper) != other.hash(paper))
    }

    @Test func `the hash of a paper has 32 bytes and nothing of the number in it`() throws {
        let hash = try RegistrySamples.key().hash(paper)
        #expect(hash.count == 32)
        #expect(!hash.contains(subsequence: Array(paper.number.rawValue.utf8.prefix(6))))
    }

    @Test(arguments: ["", "0123", String(repeating: "zz", count: 32), "abc"])
    func `a key that is not 64 hexadecimal digits is refused and not quoted`(text: String) {
        let problem = #expect(throws: Settings.Problem.self) {
            try RegistryKey(hexadecimal: text)
        }
        #expect(problem?.description == "NUANXIN_REGISTRY_KEY must be 64 hexadecimal digits")
    }

    @Test func `descriptions and dumps show neither the key nor personal data`() throws {
        let key = try RegistrySamples.key()
        var text = "\(key) \(personal) \(String(reflecting: personal)) \(SealingKey())"
        dump(key, to: &text)
        dump(Keyring(key), to: &text)
        dump(personal, to: &text)
        for secret in [
            personal.name, paper.number.rawValue, "E12345678", "13800000000", "012345678",
        ] {
            #expect(!text.contains(secret))
        }
    }
}

extension [UInt8] {
    fileprivate func contains(subsequence other: [UInt8]) -> Bool {
        indices.contains { self[$0...].starts(with: other) }
    }
}
