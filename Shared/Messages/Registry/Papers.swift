/// Kinds of papers that say who somebody is.
public enum PaperKind: String, WireEnum {
    /// 居民身份证: the citizen's number of 18 characters.
    case residentID = "resident_id"
    /// The citizen's number of 15 digits, as it was until 1999. It is found under the one of 18 characters.
    case residentID15 = "resident_id_15"
    /// 港澳台居民居住证.
    case residencePermit = "residence_permit"
    /// 外国人永久居留身份证.
    case foreignerPermit = "foreigner_permit"
    /// 港澳居民来往内地通行证.
    case homeReturnPermit = "home_return_permit"
    /// 台湾居民来往大陆通行证.
    case taiwanPermit = "taiwan_permit"
    case passport
    /// 出生医学证明.
    case birthCertificate = "birth_certificate"
}

/// A paper that says who somebody is. Personal data: its descriptions never show it, and only registry
/// reads it.
public struct Paper: Codable, Hashable, Sendable {
    public var kind: PaperKind
    public var number: PaperNumber
    /// The country that issued it. Required for a passport.
    public var country: CountryCode?
    /// The last day on which it is valid. It finds the person afterwards too.
    public var validTo: BusinessDate?

    public init(
        kind: PaperKind, number: PaperNumber, country: CountryCode? = nil,
        validTo: BusinessDate? = nil
    ) {
        self.kind = kind
        self.number = number
        self.country = country
        self.validTo = validTo
    }

    public init(_ residentId: ResidentID) {
        self.init(kind: .residentID, number: PaperNumber(residentId))
    }

    func check(_ checks: inout Checks) {
        checks.form(hasForm, "number", kind.form)
        checks.day(validTo, "validTo", .validity)
        checks.require(
            kind != .passport || country != nil, "country", "the country of the passport")
    }
}

extension Paper: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    public var description: String { "Paper(…)" }
    public var debugDescription: String { description }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

// MARK: Forms

extension PaperKind {
    /// What is right as a number of the kind.
    var form: String {
        switch self {
        case .residentID: ResidentID.expected
        case .residentID15: "a resident id of 15 digits with a valid date"
        case .residencePermit:
            "18 characters with 810000, 820000 or 830000, a valid date and check character"
        case .foreignerPermit:
            "18 characters with 9, a valid date and check character, or 3 letters and 12 digits"
        case .homeReturnPermit: "H or M and 8 or 10 digits"
        case .taiwanPermit:
            "8 digits, 10 digits with or without a letter, or a letter and 9 digits"
        case .passport:
            "5 to 15 letters and digits; of China, 9 with 1 or 2 letters, or with 14 or 15"
        case .birthCertificate: "a letter and 9 digits"
        }
    }
}

extension Paper {
    var hasForm: Bool {
        let text = number.rawValue
        return switch kind {
        case .residentID, .residentID15, .residencePermit: citizenNumber != nil
        case .foreignerPermit:
            citizenNumber != nil || text.wholeMatch(of: /[A-Z]{3}[0-9]{12}/) != nil
        case .homeReturnPermit: text.wholeMatch(of: /[HM][0-9]{8}(?:[0-9]{2})?/) != nil
        case .taiwanPermit:
            text.wholeMatch(of: /[0-9]{8}|[0-9]{10}[A-Z]?|[A-Z][0-9]{9}/) != nil
        case .passport where country == .china:
            text.wholeMatch(of: /[A-Z][0-9]{8}|[A-Z]{2}[0-9]{7}|1[45][0-9]{7}/) != nil
        case .passport: text.utf8.count <= 15
        case .birthCertificate: text.wholeMatch(of: /[A-Z][0-9]{9}/) != nil
        }
    }

    /// The number by GB 11643, which says birth date and sex; nil for a paper without one. That of 15 digits is
    /// the one that replaced it: with the century 19 and a check character.
    public var citizenNumber: ResidentID? {
        let text = number.rawValue
        switch kind {
        case .residentID: return ResidentID(text)
        case .residentID15: return Self.upgraded(text)
        case .residencePermit:
            guard ["810000", "820000", "830000"].contains(text.prefix(6)) else { return nil }
            return ResidentID(text)
        case .foreignerPermit: return text.first == "9" ? ResidentID(text) : nil
        case .homeReturnPermit, .taiwanPermit, .passport, .birthCertificate: return nil
        }
    }

    private static func upgraded(_ old: String) -> ResidentID? {
        guard old.utf8.count == 15, old.utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 }) else {
            return nil
        }
        let digits = Array("\(old.prefix(6))19\(old.dropFirst(6))".utf8)
        return ResidentID(
            String(decoding: digits + [ResidentID.checkCharacter(digits)], as: UTF8.self))
    }

    /// The text by which registry finds the paper. Papers of one text are one paper: citizens' numbers are of one
    /// series whatever carries them, and permits to travel keep their number when they are renewed.
    public var identity: String {
        if let citizenNumber { return citizenNumber.rawValue }
        let text = number.rawValue
        return switch kind {
        case .homeReturnPermit: "\(kind.rawValue) \(text.prefix(9))"
        case .taiwanPermit where text.first?.isNumber == true: "\(kind.rawValue) \(text.prefix(8))"
        case .passport: "\(kind.rawValue) \(country?.rawValue ?? "") \(text)"
        default: "\(kind.rawValue) \(text)"
        }
    }
}
