/// A value that says, for an error, what would be right in its place.
public protocol Described {
    static var expected: String { get }

    /// Its form in a schema.
    static var form: WireForm { get }

    /// Its name in schemas; nil for the name of the type.
    static var formName: String? { get }
}

extension Described {
    public static var formName: String? { nil }
}

/// A value that is a string on the wire. What is decoded satisfies the type's invariant.
public protocol WireText: Described, Codable, Sendable {
    /// - Returns: nil if the text breaks the type's invariant.
    init?(_ text: String)

    /// The form on the wire; `description` may hide it.
    var wireText: String { get }
}

extension WireText {
    public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }

    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }

    init(textFrom decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        guard let value = Self(try container.decode(String.self)) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: Self.expected)
        }
        self = value
    }

    func encodeText(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(wireText)
    }
}
