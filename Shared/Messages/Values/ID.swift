public import FoundationEssentials

/// An identifier of one kind of thing, so that a loan's id cannot stand where a fund's belongs.
///
/// On the wire it is a UUID in its 36-character form, chosen by the sender.
public struct ID<Kind>: Hashable, Sendable {
    public let uuid: UUID

    public init(_ uuid: UUID) { self.uuid = uuid }
}

extension ID: Codable, Described {
    public static var expected: String { "a UUID" }

    public static var form: WireForm {
        WireForm(
            format: "uuid",
            pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
            example: "01726000-0014-7000-8000-000000000001", wrong: "7")
    }

    public static var formName: String? { "\(Kind.self)ID" }

    public init(from decoder: any Decoder) throws {
        uuid = try decoder.singleValueContainer().decode(UUID.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(uuid)
    }
}

extension ID: CustomStringConvertible {
    public var description: String { uuid.wireText }
}

/// The kinds of things that have ids, each beside its feature. They are names only and have no values.
public enum Tag {}
