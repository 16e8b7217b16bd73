internal import Messages

// How a batch is divided into transactions.

extension Batch {
    /// Queries in one transaction. An answer may have hundreds of kilobytes, and all of a transaction are held in memory.
    private static let queryLimit = 20
    /// Bytes of publications above which a call ends. They are held until the broker has them.
    private static let publicationBytes = 8 << 20

    /// Runs of messages that share a transaction; those whose handler needs one alone stand alone.
    func segments(_ examined: [Examined]) -> [ArraySlice<Examined>] {
        var queries = 0
        return examined.chunked { previous, next in
            if isQuery(previous) { queries += 1 }
            let isShared =
                !isAlone(previous) && !isAlone(next)
                && previous.intake.isLocked == next.intake.isLocked && queries < Self.queryLimit
            if !isShared { queries = 0 }
            return isShared
        }
    }

    func isAlone(_ examined: Examined) -> Bool {
        if examined.isDryRun || examined.intake.isSuspect { return true }
        guard case .success(let message) = examined.content else { return false }
        return definition.router.routes[message.header.type]?.isAlone ?? false
    }

    private func isQuery(_ examined: Examined) -> Bool {
        guard case .success(let message) = examined.content else { return false }
        return message.payload is any Query
    }

    /// Whether what was decided is published before more is decided.
    static func isFull(_ publications: [Publication]) -> Bool {
        publications.reduce(0) { $0 + $1.body.count } >= publicationBytes
    }
}
