/// A limit that `Payload.check` sets for a field, noted while limits are recorded.
struct Limit {
    enum Rule {
        /// Unicode scalars of a text.
        case text(ClosedRange<Int>)
        /// Items of a list.
        case count(ClosedRange<Int>)
        case number(ClosedRange<Int>)
        /// An amount above 0.
        case positive
        /// Something that relates the field to others.
        case related
        /// The days that it may name.
        case day(BusinessDays.Rule)
    }

    /// The step of a path into the items of a list.
    static let item = "[]"

    /// Names of members from the outside inward.
    var path: [String]
    var rule: Rule
}

extension Limit.Rule {
    /// The wider of two limits of one kind, which are asked for under different conditions; nil if they are of two
    /// kinds.
    func widened(by other: Limit.Rule) -> Limit.Rule? {
        func union(_ left: ClosedRange<Int>, _ right: ClosedRange<Int>) -> ClosedRange<Int> {
            min(left.lowerBound, right.lowerBound)...max(left.upperBound, right.upperBound)
        }
        return switch (self, other) {
        case (.text(let left), .text(let right)): .text(union(left, right))
        case (.count(let left), .count(let right)): .count(union(left, right))
        case (.number(let left), .number(let right)): .number(union(left, right))
        case (.positive, .positive): .positive
        case (.related, .related): .related
        case (.day(let left), .day(let right)) where left == right: .day(left)
        default: nil
        }
    }
}
