import Messages

/// Makes people who do not exist: names that say so, telephone numbers that are plainly made up, and resident
/// ids that are valid by their check character but begin with address codes that were never given out.
struct SyntheticResidents {
    /// Sequence numbers of one sex on one day at one address code.
    private static let perDay = 500

    private let addressCodes: [String]
    private var count = 0
    /// Numbers given out, by day of birth and sex.
    private var given: [Int32: (male: Int, female: Int)] = [:]

    init(_ codes: ScenarioSeeds.Reference.AddressCodes) {
        addressCodes =
            codes.first <= codes.last
            ? (codes.first...codes.last).reversed().map { "\($0)" } : []
    }

    struct Exhausted: Error, CustomStringConvertible {
        let description = "no resident id is left for a day of birth"
    }

    mutating func next(
        _ person: PersonID, _ role: Role, born: BusinessDate, _ sex: Sex
    ) throws -> NewMember {
        count += 1
        let number = Self.padded(count, 6)
        return NewMember(
            person: person, role: role, name: "测试\(number)",
            residentId: try residentID(born, sex),
            phone: count % 7 == 0 ? nil : "1990000\(Self.padded(count % 10_000, 4))")
    }

    private mutating func residentID(_ born: BusinessDate, _ sex: Sex) throws -> ResidentID {
        var used = given[born.day] ?? (0, 0)
        let index = sex == .male ? used.male : used.female
        if sex == .male { used.male += 1 } else { used.female += 1 }
        given[born.day] = used
        guard index / Self.perDay < addressCodes.count else { throw Exhausted() }
        // An odd 17th digit is a man's.
        let sequence = index % Self.perDay * 2 + (sex == .male ? 1 : 0)
        let date = born.description.utf8.filter { $0 != UInt8(ascii: "-") }
        let digits =
            Array(addressCodes[index / Self.perDay].utf8) + date
            + Array(Self.padded(sequence, 3).utf8)
        let text = String(decoding: digits + [ResidentID.checkCharacter(digits)], as: UTF8.self)
        guard let id = ResidentID(text) else { throw Exhausted() }
        return id
    }

    private static func padded(_ number: Int, _ width: Int) -> String {
        let text = String(number)
        return String(repeating: "0", count: max(0, width - text.count)) + text
    }
}

extension NewMember {
    /// Whether the person has completed that many years on that day.
    func isAged(_ years: Int, at day: BusinessDate) -> Bool {
        statedBirthDate.map { $0.completedYears(at: day) >= years } ?? false
    }
}
