/// One round trip: what was sent, in order, and how its answers are to be read.
struct Pipeline {
    private enum Step {
        /// Drops all prepared statements; it has a sync of its own, so that it cannot fail the others.
        case deallocate
        case prepare(statement: Int)
        case execute(statement: Int, isFresh: Bool)
        case sync
    }

    private let link: Link
    private var steps: [Step] = []
    private var results: [Rows] = []
    private var failure: PostgresError?

    init(_ link: Link) { self.link = link }

    /// Queues everything up to the sync; what the socket does not take now is sent while receiving.
    mutating func send(
        _ statements: [Statement], _ cache: inout StatementCache
    ) throws(PostgresError) {
        steps.reserveCapacity(statements.count * 2 + 3)
        if cache.isFull, !link.isInFailedTransaction {
            try link.execute(sql: "DEALLOCATE ALL")
            try link.sync()
            steps += [.deallocate, .sync]
            cache.reset()
        }
        for (index, statement) in statements.enumerated() {
            let key = StatementCache.Key(statement)
            let known = cache[key]
            let name = known ?? cache.insert(key)
            if known == nil {
                try link.prepare(name, statement.sql, key.types)
                steps.append(.prepare(statement: index))
            }
            try link.execute(name, statement.parameters)
            steps.append(.execute(statement: index, isFresh: known == nil))
        }
        try link.sync()
        steps.append(.sync)
    }

    /// Reads all answers up to the last sync, then throws the first error if there was one.
    mutating func receive(
        _ statements: [Statement], _ cache: inout StatementCache
    ) throws(PostgresError) -> [Rows] {
        results.reserveCapacity(statements.count)
        do throws(PostgresError) {
            for step in steps { try receive(step, statements, &cache) }
        } catch {
            // The server's own word (57P01, say) tells more than that the socket was closed after it.
            if let failure, failure.isConnectionLost { throw failure }
            throw error
        }
        if let failure { throw failure }
        guard results.count == statements.count else { throw link.broken("answers are missing") }
        return results
    }

    private mutating func receive(
        _ step: Step, _ statements: [Statement], _ cache: inout StatementCache
    ) throws(PostgresError) {
        switch step {
        case .deallocate:
            // Should it fail, the server keeps what nobody names any more until the next time.
            _ = try outcome()
        case .prepare(let index):
            let outcome = try outcome()
            // Failed, or skipped after an earlier failure: either way the server does not know it.
            guard case .complete = outcome else {
                cache.remove(StatementCache.Key(statements[index]))
                return note(outcome, index)
            }
        case .execute(let index, let isFresh):
            let outcome = try outcome()
            if case .failed(let error) = outcome, !isFresh, error.isStaleStatement {
                cache.forgetAll()
                note(.failed(error.located(index, isRetriable: true)), index)
            } else {
                note(outcome, index)
            }
        case .sync:
            try receiveSync(statements.count - 1)
        }
    }

    /// The answer to one command, up to the mark that ends it.
    private func outcome() throws(PostgresError) -> Link.Answer {
        var outcome = Link.Answer.skipped
        while true {
            let answer = try link.nextAnswer()
            switch answer {
            case .complete, .failed, .skipped: outcome = answer
            case .end: return outcome
            case .sync: throw link.broken("the answers came out of order")
            }
        }
    }

    /// An implicit transaction commits here, so that a deferred constraint fails here; the error is then
    /// that of the last statement.
    private mutating func receiveSync(_ last: Int) throws(PostgresError) {
        // libpq gives at most an error and an end before it.
        for _ in 0..<4 {
            let answer = try link.nextAnswer()
            if case .sync = answer { return }
            if case .failed = answer { note(answer, last) }
        }
        throw link.broken("the answers came out of order")
    }

    private mutating func note(_ outcome: Link.Answer, _ index: Int) {
        switch outcome {
        case .complete(let rows): results.append(rows)
        case .failed(let error): failure = failure ?? error.located(index)
        case .skipped, .end, .sync: break
        }
    }
}
