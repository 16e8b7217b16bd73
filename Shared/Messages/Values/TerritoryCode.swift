/// The code of a territory: a national statistical code (6, 9 or 12 digits), the two and four
/// digits of a province and a city before it, or the family-planning form of 15 digits (6+3+3+3).
///
/// A territory contains those whose codes begin with its own.
public struct TerritoryCode: Hashable, Sendable {
    /// The digits. At most 15, so Swift keeps them inside the string value and allocates nothing.
    public let rawValue: String

    public enum Level: Int, CaseIterable, Comparable, Sendable {
        case province = 2
        case city = 4
        case district = 6
        case subdistrict = 9
        case community = 12
        case compound = 15

        /// The number of digits in a code of this level.
        public var length: Int { rawValue }

        /// A wider territory comes first.
        public static func < (left: Level, right: Level) -> Bool { left.rawValue < right.rawValue }
    }

    public init?(_ text: String) {
        guard Level(rawValue: text.utf8.count) != nil,
            text.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 })
        else { return nil }
        rawValue = text
    }

    /// For digits of a valid length, such as a prefix of a code.
    private init(unchecked digits: String) { rawValue = digits }

    public var level: Level {
        // Every code was made from one of the lengths.
        Level(rawValue: rawValue.utf8.count) ?? .compound
    }

    /// Itself counts as contained.
    public func contains(_ other: TerritoryCode) -> Bool {
        other.rawValue.utf8.starts(with: rawValue.utf8)
    }

    /// The territory of that level around this one, itself included; nil if this one is wider.
    public func ancestor(at level: Level) -> TerritoryCode? {
        guard level <= self.level else { return nil }
        return TerritoryCode(unchecked: String(rawValue.prefix(level.length)))
    }

    /// The territories around this one from its district down to itself; empty for a city or
    /// province.
    public var ancestors: [TerritoryCode] {
        Level.allCases.drop { $0 < .district }.compactMap(ancestor(at:))
    }

    /// The next wider territory; nil for a province.
    public var parent: TerritoryCode? {
        Level.allCases.last { $0 < level }.flatMap(ancestor(at:))
    }
}

extension TerritoryCode: Comparable {
    public static func < (left: TerritoryCode, right: TerritoryCode) -> Bool {
        left.rawValue < right.rawValue
    }
}

extension TerritoryCode: CustomStringConvertible {
    public var description: String { rawValue }
}

extension TerritoryCode: WireText {
    public static let expected = "a territory code of 2, 4, 6, 9, 12 or 15 digits"

    public static let form = WireForm(
        pattern: "^([0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}|[0-9]{15})$",
        example: "350203009001", wrong: "35020")

    public var wireText: String { rawValue }
}
