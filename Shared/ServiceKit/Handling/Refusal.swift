public import Foundation
public import Messages

/// Puts one message off: it cannot be decided before a row with that id exists here.
///
/// A handler throws it, and the decider catches it, drops what the message has changed and parks it. It is
/// decided when the row is inserted, or refused as said when the retry schedule is over.
public struct Wait: Error, Sendable {
    public let id: UUID
    public let otherwise: Refusal

    /// - Parameter pointer: JSON Pointer inside `data`, where the message names the row.
    public init(for id: UUID, else code: RefusalCode, at pointer: String) {
        self.init(for: id, otherwise: Refusal(code, at: pointer))
    }

    init(for id: UUID, otherwise refusal: Refusal) {
        self.id = id
        otherwise = refusal
    }
}

extension BusinessDate {
    /// Refuses this day if it is before `earliest`.
    public func require(
        from earliest: BusinessDate, else code: RefusalCode, at pointer: @autoclosure () -> String
    ) throws(Refusal) {
        guard self >= earliest else {
            throw Refusal(code, at: pointer(), expected: "a date from \(earliest) on")
        }
    }
}

extension UnitOfWork {
    /// Refuses a step of a day before that of the step before it. A step of the message's own day is always in order, so that a
    /// wrong later day of before can be taken back.
    public func requireOrder(
        _ day: BusinessDate, from earlier: BusinessDate, else code: RefusalCode,
        at pointer: @autoclosure () -> String
    ) throws(Refusal) {
        try day.require(from: min(earlier, days.today), else: code, at: pointer())
    }
}
