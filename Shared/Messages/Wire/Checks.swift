/// Finds the first limit that a decoded payload does not keep.
///
/// The path to it is put together only when there is one, from the inside outward.
public struct Checks {
    struct Violation {
        /// JSON Pointer inside the value that was checked.
        var pointer: String
        let found: String
        let expected: String

        mutating func move(into outer: String) { pointer = outer + pointer }
    }

    private(set) var violation: Violation?
    /// The limits, if they are recorded for the contract; nil while a message is checked.
    private(set) var limits: [Limit]?

    init(isRecording: Bool = false) { limits = isRecording ? [] : nil }

    /// The length of a text in Unicode scalars.
    /// - Parameter field: empty if the value itself is what is checked.
    mutating func text(_ value: String?, _ field: StaticString, _ range: ClosedRange<Int>) {
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
            field, "the number \(value)", "a number from \(range.lowerBound) to \(range.upperBound)"
        )
    }

    mutating func positive(_ amount: Fen, _ field: StaticString) {
        guard !records(.positive, field) else { return }
        guard violation == nil, amount <= .zero else { return }
        violate(field, "the number \(amount.rawValue)", "an amount in fen above 0")
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
        text(value, field, TextLimit.person)
        form(value.map(PersonText.isName) ?? true, field, PersonText.name)
    }

    mutating func telephone(_ value: String?, _ field: StaticString) {
        text(value, field, TextLimit.phone)
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

    private mutating func violate(_ field: StaticString, _ found: String, _ expected: String) {
        let pointer = field.utf8CodeUnitCount == 0 ? "" : "/\(field)"
        violation = Violation(pointer: pointer, found: found, expected: expected)
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
