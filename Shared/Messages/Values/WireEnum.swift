/// A closed set of names on the wire. Decoding another name fails and says which there are.
public protocol WireEnum: RawRepresentable, CaseIterable, WireText, Hashable
where RawValue == String {}

extension WireEnum {
    public static var expected: String {
        "one of " + allCases.map(\.rawValue).joined(separator: ", ")
    }

    public static var form: WireForm { WireForm(oneOf: allCases.map(\.rawValue)) }

    /// Stands here once more because `RawRepresentable` has one of its own, and the compiler picks
    /// neither of two that are equally special.
    public init(from decoder: any Decoder) throws { try self.init(textFrom: decoder) }

    public func encode(to encoder: any Encoder) throws { try encodeText(to: encoder) }

    public init?(_ text: String) { self.init(rawValue: text) }

    public var wireText: String { rawValue }
}

/// Names on the wire that the contract shows as any text, because more may be added.
public protocol OpenName: RawRepresentable, CaseIterable, Codable, Hashable, Sendable
where RawValue == String {}

extension OpenName {
    static var example: Self? { allCases.first }
}
