internal import Postgres

/// Single messages of one call that the database failed, for a reason that lies in no value of theirs. They are decided last,
/// when it is known whether all fail alike: then the database is at fault.
struct AlikeFailures {
    /// So many single messages in a row that fail with one SQLSTATE are not at fault.
    private static let limit = 3
    /// How long they are held before they are tried, parked and buried like others. A fault of the service itself must not stop
    /// it for ever.
    static let longestHold: Duration = .seconds(600)

    private(set) var messages: [ArraySlice<Examined>] = []
    private var causes: [PostgresError] = []
    /// Transactions that went through meanwhile.
    var successes = 0

    /// - Returns: whether the message is decided after the others.
    mutating func put(off part: ArraySlice<Examined>, _ error: any Error) -> Bool {
        guard let error = error as? PostgresError, !error.isDataFault else { return false }
        messages.append(part)
        causes.append(error)
        return true
    }

    /// The fault of the database, if so many messages failed alike and none went through.
    var common: PostgresError? {
        guard successes == 0, messages.count >= Self.limit,
            Set(causes.map(\.sqlState)).count == 1
        else { return nil }
        return causes.first
    }
}

/// The database cannot decide this batch now, and no message is at fault. Nothing of it is decided, and the session is well.
struct HeldBatch: Error {
    let cause: PostgresError
}
