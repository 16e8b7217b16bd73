internal import Messages
internal import Postgres

/// Messages of one call that need a row which another session holds, such as an operator's open transaction. They are parked, with
/// no try used up, and the others go on.
///
/// A batch waits some seconds for a row, because another worker gives it back by then. After that, the batch is halved until the
/// messages that must wait are found. So that this search does not take long, it waits for a moment each time, and ends when some
/// were found: the messages beside them then wait too.
struct LockedMessages {
    /// Seconds until a locked message is tried again.
    static let pause = 10
    private static let searchLimit = 4
    private static let firstPatience: Statement = "SET LOCAL lock_timeout = '5s'"
    private static let laterPatience: Statement = "SET LOCAL lock_timeout = '250ms'"

    private(set) var messages: [ArraySlice<Examined>] = []
    private var isSearching = false

    /// - Returns: whether the part is decided after the others; if not, it is to be halved.
    mutating func put(off part: ArraySlice<Examined>) -> Bool {
        isSearching = true
        guard part.count == 1 || messages.count >= Self.searchLimit else { return false }
        messages.append(part)
        return true
    }

    /// How long a transaction waits for a row. Messages that have waited before are given a moment; a handler that needs its
    /// transaction alone may need many rows of others.
    func patience(_ part: ArraySlice<Examined>, isAlone: Bool) -> Statement {
        let hasWaited = isSearching || part.first?.intake.isLocked ?? false
        return hasWaited && !isAlone ? Self.laterPatience : Self.firstPatience
    }
}

extension RefusalCode {
    static let rowLocked = RefusalCode(
        "row_locked", "that another session of the database ends its transaction")
}
