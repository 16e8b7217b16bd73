/// Finds the first limit that a decoded payload does not keep.
///
/// The path to it is put together only when there is one, from the inside outward.
public struct Checks {
    struct Violation {
        /// JSON Pointer inside the value that was checked.
        var pointer: String
        var code = RefusalCode.invalidValue
        let found: String
        let expected: String

        mutating func move(into outer: String) { pointer = outer + pointer }
    }

    private(set) var violation: Violation?
    /// The limits, if they are recorded for the contract; nil while a message is checked.
    private(set) var limits: [Limit]?

    /// What days the message may name; nil if its dates are not checked, because it is a fact.
    private let days: BusinessDays?
    /// Whether the limits of days are recorded.
    private let recordsDays: Bool

    /// - Parameter time: that of a command; nil for a fact.
    init(time: Timestamp?) {
        days = time.map { BusinessDays(of: $0) }
        recordsDays = false
    }

    /// Records the limits.
    init(recording payload: any Payload) {
        limits = []
        days = nil
        recordsDays = payload is any Command
    }

    /// The length of a text in Unicode scalars. One that may not be empty has something to see.
    /// - Parameter field: empty if the value itself is what is checked.
    mutating func text(_ value: String?, _ field: StaticString, _ range: ClosedRange<Int>) {
        length(of: value, field, range)
        guard limits == nil, violation == nil, range.lowerBound > 0, let value,
            !value.unicodeScalars.contains(where: \.isVisible)
        else { return }
        violate(
            field, "only blanks",
            "\(range.lowerBound) to \(range.upperBound) characters, not only blanks")
    }

    private mutating func length(
        of value: String?, _ field: StaticString, _ range: ClosedRange<Int>
    ) {
        guard !records(.text(range), field) else { return }
        guard violation == nil, let value else { return }
        let bytes = value.utf8.count
        // A scalar has one to four bytes, so most texts need not be counted.
        if bytes <= range.upperBound, bytes >= range.lowerBound * 4 { return }
        let length = value.unicodeScalars.count
        guard !range.contains(length) else { return }
        violate(
            field, "\(length) characters",
            "\(range.lowerBound) to \(range.upperBound) characters")
    }

    mutating func count(
        _ items: some Collection, _ field: StaticString, _ range: ClosedRange<Int>
    ) {
        guard !records(.count(range), field) else { return }
        guard violation == nil, !range.contains(items.count) else { return }
        violate(
            field, "\(items.count) items", "\(range.lowerBound) to \(range.upperBound) items")
    }

    mutating func number(_ value: Int?, _ field: StaticString, _ range: ClosedRange<Int>) {
        guard !records(.number(range), field) else { return }
        guard violation == nil, let value, !range.contains(value) else { return }
        violate(
            field, "the number \(value)",
            "an integer from \(range.lowerBound) to \(range.upperBound)")
    }

    mutating func positive(_ amount: Fen, _ field: StaticString) {
        guard !records(.positive, field) else { return }
        guard violation == nil, amount <= .zero else { return }
        violate(field, "the number \(amount.rawValue)", Fen.expectedAboveZero)
    }

    /// A form of a text that no schema says, such as that of a name.
    mutating func form(
        _ holds: @autoclosure () -> Bool, _ field: StaticString,
        _ expected: @autoclosure () -> String
    ) {
        guard limits == nil, violation == nil, !holds() else { return }
        violate(field, "another value", expected())
    }

    /// A person's name, as people write names.
    mutating func name(_ value: String?, _ field: StaticString) {
        length(of: value, field, TextLimit.person)
        form(value.map(PersonText.isName) ?? true, field, PersonText.name)
    }

    mutating func telephone(_ value: String?, _ field: StaticString) {
        length(of: value, field, TextLimit.phone)
        form(value.map { Telephone.normalForm($0) != nil } ?? true, field, PersonText.telephone)
    }

    /// A limit that relates a field to others: `holds` says whether it is kept.
    mutating func require(_ holds: Bool, _ field: StaticString, _ expected: String) {
        guard !records(.related, field) else { return }
        guard violation == nil, !holds else { return }
        violate(field, "another value", expected)
    }

    /// An end that is open or not before its beginning.
    mutating func period(
        _ from: BusinessDate, _ end: BusinessDate?, _ field: StaticString
    ) {
        guard !records(.related, field) else { return }
        guard let end, end < from else { return }
        require(false, field, "a date from \(from) on")
    }

    mutating func nested<Value>(
        _ value: Value, _ field: StaticString, _ check: (Value, inout Checks) -> Void
    ) {
        guard violation == nil else { return }
        let recorded = limits?.count
        check(value, &self)
        if let recorded { moveLimits(from: recorded, into: ["\(field)"]) }
        violation?.move(into: "/\(field)")
    }

    mutating func each<Item>(
        _ items: [Item], _ field: StaticString, _ check: (Item, inout Checks) -> Void
    ) {
        guard violation == nil else { return }
        let recorded = limits?.count
        defer { if let recorded { moveLimits(from: recorded, into: ["\(field)", Limit.item]) } }
        for (index, item) in items.enumerated() {
            check(item, &self)
            guard violation == nil else {
                violation?.move(into: "/\(field)/\(index)")
                return
            }
        }
    }

    /// Notes a limit, if limits are recorded.
    private mutating func records(_ rule: Limit.Rule, _ field: StaticString) -> Bool {
        guard limits != nil else { return false }
        limits?.append(Limit(path: field.utf8CodeUnitCount == 0 ? [] : ["\(field)"], rule: rule))
        return true
    }

    /// Limits are noted by the name inside their object. This adds the path to that object.
    private mutating func moveLimits(from first: Int, into outer: [String]) {
        for index in first..<(limits?.count ?? first) {
            limits?[index].path.insert(contentsOf: outer, at: 0)
        }
    }

    private mutating func violate(
        _ field: StaticString, _ found: String, _ expected: String,
        code: RefusalCode = .invalidValue
    ) {
        let pointer = field.utf8CodeUnitCount == 0 ? "" : "/\(field)"
        violation = Violation(pointer: pointer, code: code, found: found, expected: expected)
    }
}

/// What the days of a message may be, by the rules of `BusinessDays`.
extension Checks {
    /// Something that was done, decided or recorded.
    mutating func happened(_ date: BusinessDate?, _ field: StaticString) {
        day(date, field, .happened)
    }

    mutating func happened(_ time: Timestamp?, _ field: StaticString) {
        day(time?.businessDay, field, .happened, expected: "a time")
    }

    /// Something that begins.
    mutating func planned(_ date: BusinessDate?, _ field: StaticString) {
        day(date, field, .planned)
    }

    mutating func planned(_ time: Timestamp?, _ field: StaticString) {
        day(time?.businessDay, field, .planned, expected: "a time")
    }

    /// A year of money or cover: those of the days that can be planned.
    mutating func planned(year: Int, _ field: StaticString) {
        let possible = BusinessDate.range.lowerBound.year...BusinessDate.range.upperBound.year
        guard limits == nil, let days else {
            number(year, field, possible)
            _ = recordsDay(.planned, field)
            return
        }
        let bounds = days.bounds(of: .planned)
        let (first, last) = (bounds.first.year, bounds.last.year)
        guard violation == nil, year < first || year > last else { return }
        // Whatever is wrong with it, the bounds of this message are said at once.
        violate(
            field, "the number \(year)", "a year from \(first) to \(last)",
            code: possible.contains(year) ? .dateOutOfBounds : .invalidValue)
    }

    /// A period that has begun.
    mutating func begun(_ period: Period, _ field: StaticString) {
        day(period.start, field, .happened, expected: "a period whose first day is a date")
    }

    /// The birth that a resident id says.
    mutating func born(_ id: ResidentID?, _ field: StaticString) {
        day(id?.birthDate, field, .birth, expected: "a resident id with a birth")
    }

    mutating func day(
        _ date: BusinessDate?, _ field: StaticString, _ rule: BusinessDays.Rule
    ) {
        day(date, field, rule, expected: "a date")
    }

    private mutating func day(
        _ date: BusinessDate?, _ field: StaticString, _ rule: BusinessDays.Rule,
        expected: StaticString
    ) {
        guard !recordsDay(rule, field), violation == nil, let days, let date else { return }
        let bounds = days.bounds(of: rule)
        guard !bounds.contains(date) else { return }
        violate(
            field, "another day", "\(expected) from \(bounds)", code: .dateOutOfBounds)
    }

    /// Notes a rule of days, if the limits of a command are recorded.
    private mutating func recordsDay(_ rule: BusinessDays.Rule, _ field: StaticString) -> Bool {
        guard limits != nil else { return false }
        return recordsDays ? records(.day(rule), field) : true
    }
}

/// Lengths of texts in Unicode scalars: generous for free text, short for keys.
enum TextLimit {
    static let key = 1...64
    static let name = 1...200
    static let person = 1...100
    static let phone = 3...32
    static let reason = 1...500
    static let note = 0...500
}
