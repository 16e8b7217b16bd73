/// Fields of a document that its type does not have, at any depth: slips of the pen, such as `validto`.
///
/// Services take such a message, because its publisher may be newer. What they say of it stands in the receipt.
public enum UnknownFields {
    /// So many are looked for in one document.
    public static let limit = 20

    /// A field that the type does not have, where it stands.
    public struct Field: Sendable {
        /// JSON Pointer into the data, with names as they were written.
        public let pointer: String
        /// The field of the type whose name is most like it, if one is like it.
        public let nearest: String?
        /// The names that the type has there.
        public let known: [String]
    }

    /// The fields of a message's data, for somebody who has written it.
    /// - Parameter data: the JSON text of the data alone.
    /// - Throws: a `Refusal` with `not_json`; an error if the type has no shape.
    public static func all(
        in data: [UInt8], of type: any Payload.Type
    ) throws -> [Field] {
        let shape = try Shape.known(of: type)
        do {
            return try JSONDocument.read(data) { document in
                find(in: 0, of: document.pointee, shape).map { place in
                    Field(
                        pointer: document.pointee.pointer(place.index), nearest: place.nearest,
                        known: place.known)
                }
            }
        } catch let fault as JSONSyntaxFault {
            throw Refusal(fault)
        }
    }

    /// The same for a receipt: it says no name that may be somebody's.
    /// - Parameter data: the data in its document. No type of ours is without a shape: tests record them all.
    static func ignored(in data: JSONReader, of type: any Payload.Type) -> [Receipt.IgnoredField] {
        guard let shape = try? Shape.known(of: type) else { return [] }
        var fields: [Receipt.IgnoredField] = []
        for place in find(in: data.index, of: data.document.pointee, shape) {
            let pointer = data.document.pointee.pointer(place.index, named: Self.shown)
            let field = Receipt.IgnoredField(pointer: pointer, nearest: place.nearest)
            if !fields.contains(field) { fields.append(field) }
        }
        return fields
    }

    // MARK: Names

    /// Characters of a name that is shown, and digits among them. Numbers of papers have more.
    private static let nameLength = 40
    private static let digitLimit = 5

    /// The name if it is like those of fields, and `*` if somebody's name or number may stand in its place.
    static func shown(_ name: String) -> String {
        let bytes = name.utf8
        guard 1...nameLength ~= bytes.count, let first = bytes.first, isLetter(first),
            bytes.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }),
            bytes.count(where: isDigit) <= digitLimit
        else { return "*" }
        return name
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 &- UInt8(ascii: "a") < 26 || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool { byte &- UInt8(ascii: "0") < 10 }

    // MARK: The way through a document

    /// Where an unknown field's value stands, and what its object may have.
    private struct Place {
        let index: Int
        let nearest: String?
        let known: [String]
    }

    private static func find(
        in index: Int, of document: JSONDocument, _ shape: Shape
    ) -> [Place] {
        var places: [Place] = []
        find(in: index, of: document, shape, &places)
        return places
    }

    /// What stands inside an unknown field is not looked at.
    private static func find(
        in value: Int, of document: JSONDocument, _ shape: Shape, _ places: inout [Place]
    ) {
        switch (shape.kind, document.kind(value)) {
        case (.object(_, let fields), .object):
            var key = value + 1
            while key < document.end(value), places.count < limit {
                let name = document.string(key)
                if let field = fields.first(where: { $0.name == name }) {
                    find(in: key + 1, of: document, field.shape, &places)
                } else {
                    let known = fields.map(\.name)
                    places.append(
                        Place(
                            index: key + 1, nearest: Spelling.nearest(to: name, among: known),
                            known: known))
                }
                key = document.end(key + 1)
            }
        case (.map(let element), .object):
            var key = value + 1
            while key < document.end(value), places.count < limit {
                find(in: key + 1, of: document, element, &places)
                key = document.end(key + 1)
            }
        case (.list(let element), .array):
            var item = value + 1
            while item < document.end(value), places.count < limit {
                find(in: item, of: document, element, &places)
                item = document.end(item)
            }
        default: break
        }
    }
}

extension UnknownFields.Field: CustomStringConvertible {
    public var description: String {
        let hint = nearest.map { ", perhaps \($0)" } ?? ""
        return "\(pointer): unknown field; one of \(known.joined(separator: ", "))\(hint)"
    }
}
