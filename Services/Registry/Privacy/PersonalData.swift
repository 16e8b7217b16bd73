import Foundation
import Messages
import ServiceKit

/// Name, papers and phone number of a person, and what was registered before corrections. They exist in memory
/// while a message is handled, and sealed in the column `person.sealed`; nowhere else.
struct PersonalData: Hashable, Sendable {
    /// A paper, with how it ended if it was withdrawn.
    struct HeldPaper: Hashable, Sendable {
        /// A merge that withdrew a paper as wrong.
        struct Freeing: Hashable, Sendable {
            /// The registration that was merged.
            var merged: PersonID
            /// How the paper had ended before.
            var endedBefore: PaperEnding?
        }

        let paper: Paper
        var withdrawnAs: PaperEnding?
        /// Nil if a command about the paper has withdrawn it, or none has.
        var freeing: Freeing?

        /// Whether it finds the person.
        var finds: Bool { withdrawnAs != .wrong }
    }

    /// As it was written.
    var name: String
    var phone: String?
    var papers: [HeldPaper] = []
    /// The latest first.
    private(set) var earlier: [EarlierValue] = []

    /// Corrections of which the earlier value is kept.
    private static let keptEarlier = 20

    init(name: String, phone: String? = nil, papers: [Paper] = []) {
        self.name = Self.trimmed(name)
        self.phone = phone.map(Self.trimmed)
        self.papers = papers.map { HeldPaper(paper: $0) }
    }

    static func trimmed(_ text: String) -> String {
        text.trimmingCharacters(in: .whitespacesAndNewlines)
    }

    var residentId: ResidentID? {
        papers.first { $0.paper.kind.isResidentID && $0.withdrawnAs == nil }?.paper.citizenNumber
    }

    /// The papers by which the person is found.
    var finding: [Paper] { papers.filter(\.finds).map(\.paper) }

    /// Keeps what was registered before a correction.
    mutating func keep(_ field: PersonField, _ value: String?, until day: BusinessDate) {
        earlier.insert(EarlierValue(field: field, value: value, correctedOn: day), at: 0)
        earlier = Array(earlier.prefix(Self.keptEarlier))
    }
}

// MARK: The sealed form

extension PersonalData {
    /// The first byte, to tell this form from later ones: with what merges have withdrawn only where they have.
    private static let (version, versionWithFreeings): (UInt8, UInt8) = (1, 2)

    /// The version, then the fields: name and phone, the number of papers and each, the number of earlier values
    /// and each. A field stands behind its length in two bytes; what there is none of is empty.
    var bytes: [UInt8] {
        let hasFreeings = papers.contains { $0.freeing != nil }
        var bytes: [UInt8] = [hasFreeings ? Self.versionWithFreeings : Self.version]
        bytes.reserveCapacity(96)
        func append(_ field: String?) {
            let text = (field ?? "").utf8
            let length = UInt16(clamping: text.count)
            bytes.append(UInt8(length >> 8))
            bytes.append(UInt8(length & 0xFF))
            bytes.append(contentsOf: text.prefix(Int(length)))
        }
        append(name)
        append(phone)
        bytes.append(UInt8(clamping: papers.count))
        for held in papers.prefix(Int(UInt8.max)) {
            append(held.paper.kind.rawValue)
            append(held.paper.number.rawValue)
            append(held.paper.country?.rawValue)
            append(held.paper.validTo?.description)
            append(held.withdrawnAs?.rawValue)
            guard hasFreeings else { continue }
            append(held.freeing?.merged.description)
            append(held.freeing?.endedBefore?.rawValue)
        }
        bytes.append(UInt8(clamping: earlier.count))
        for value in earlier {
            append(value.field.rawValue)
            append(value.value)
            append(value.correctedOn.description)
        }
        return bytes
    }

    init(bytes: [UInt8]) throws {
        var reader = FieldReader(rest: bytes[...])
        let version = try reader.byte()
        guard version == Self.version || version == Self.versionWithFreeings else {
            throw FieldReader.broken
        }
        name = try reader.field()
        phone = try reader.optional()
        for _ in 0..<(try reader.byte()) {
            let kind = try reader.value(PaperKind.init(rawValue:))
            let number = try reader.value(PaperNumber.init)
            let country = try reader.optional(CountryCode.init)
            let validTo = try reader.optional { BusinessDate($0) }
            let ending = try reader.optional(PaperEnding.init(rawValue:))
            let paper = Paper(kind: kind, number: number, country: country, validTo: validTo)
            var held = HeldPaper(paper: paper, withdrawnAs: ending)
            if version == Self.versionWithFreeings {
                let merged = try reader.optional { UUID(wireText: $0).map { PersonID($0) } }
                let before = try reader.optional(PaperEnding.init(rawValue:))
                held.freeing = merged.map { .init(merged: $0, endedBefore: before) }
            }
            papers.append(held)
        }
        for _ in 0..<(try reader.byte()) {
            earlier.append(
                EarlierValue(
                    field: try reader.value(PersonField.init(rawValue:)),
                    value: try reader.optional(),
                    correctedOn: try reader.value { BusinessDate($0) }))
        }
    }
}

private struct FieldReader {
    static let broken = StoredValueError(type: "personal data")

    var rest: ArraySlice<UInt8>

    mutating func byte() throws -> UInt8 {
        guard let byte = rest.popFirst() else { throw Self.broken }
        return byte
    }

    mutating func field() throws -> String {
        let length = Int(try byte()) << 8 | Int(try byte())
        guard rest.count >= length else { throw Self.broken }
        defer { rest = rest.dropFirst(length) }
        return String(decoding: rest.prefix(length), as: UTF8.self)
    }

    mutating func optional() throws -> String? {
        let field = try field()
        return field.isEmpty ? nil : field
    }

    mutating func optional<Value>(_ parse: (String) -> Value?) throws -> Value? {
        try optional().map { text in
            guard let value = parse(text) else { throw Self.broken }
            return value
        }
    }

    mutating func value<Value>(_ parse: (String) -> Value?) throws -> Value {
        guard let value = parse(try field()) else { throw Self.broken }
        return value
    }
}

extension PersonalData: CustomStringConvertible, CustomReflectable {
    var description: String { "PersonalData(…)" }
    var customMirror: Mirror { Mirror(self, children: []) }
}
