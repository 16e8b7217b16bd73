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

public enum Sex: String, WireEnum {
    case male, female
}

/// What a household or a person is recognised as; a registry's clerk asserts and verifies it.
public enum Category: String, WireEnum {
    case onlyChild = "only_child"
    /// 失独: the only child died.
    case bereaved
    /// 伤残: the only child is disabled.
    case disabledChild = "disabled_child"
    /// 低保.
    case lowSecurity = "low_security"
    /// 低收入.
    case lowIncome = "low_income"
    /// 计生困难女孩.
    case hardshipGirl = "hardship_girl"

    /// 特殊家庭: the only child died or is disabled.
    public var isSpecialFamily: Bool { self == .bereaved || self == .disabledChild }
}

/// Where a person stands in a household.
public enum Role: String, WireEnum {
    case head, spouse, child, parent
}
