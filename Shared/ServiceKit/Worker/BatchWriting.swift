internal import Foundation
internal import Messages
internal import Postgres

// What a batch writes when its messages are decided.

extension Batch {
    /// Second round trip: all changes, the journal, the answers, and COMMIT.
    func store(
        _ decider: Decider, _ unit: UnitOfWork, _ entries: [Journal.Entry],
        _ owed: [Publication], _ now: Timestamp
    ) throws {
        var statements = unit.statements()
        if !entries.isEmpty {
            statements.append(Journal.insert(entries, owner: journal.owner, at: now))
        }
        let inserted = decider.inboxRows(isNew: true)
        if !inserted.isEmpty { statements.append(Inbox.insert(inserted)) }
        let decided = decider.inboxRows(isNew: false)
        if !decided.isEmpty { statements.append(Inbox.decide(decided)) }
        if !decider.parked.isEmpty {
            statements.append(try Parked.insert(decider.parked, bodies))
        }
        // After the insert: a message may wait for a row that a later one of this batch brings.
        let woken = unit.insertedIDs + unit.wokenIDs
        if !woken.isEmpty { statements.append(Parked.wake(woken, at: now)) }
        if !owed.isEmpty { statements.append(OwedReceipts.insert(owed)) }
        if !decider.dead.isEmpty {
            statements.append(try DeadLetters.insert(decider.dead, bodies, at: now))
        }
        statements += try FreeText.statements(unit, settings.secret, on: now.day)
        if !positions.isEmpty { statements.append(Journal.write(positions)) }
        statements += trialEnds(decider)
        let examined = decider.decisions.filter(\.isTaken).map(\.examined)
        if let arrived = Arrivals.insert(examined, at: definition.name, now) {
            statements.append(arrived)
        }
        statements.append("COMMIT")
        CrashPoint.beforeCommit.pass()
        _ = try connection.pipeline(statements)
    }

    /// Second round trip of a dry run: all changes, so that the database may refuse them too, and back.
    func forget(
        _ decider: Decider, _ unit: UnitOfWork, _ owed: [Publication]
    ) throws {
        var statements = unit.statements()
        statements += ["SET CONSTRAINTS ALL IMMEDIATE", "ROLLBACK TO SAVEPOINT dry_run"]
        statements += unit.noteStatements()
        if !owed.isEmpty { statements.append(OwedReceipts.insert(owed)) }
        if !positions.isEmpty { statements.append(Journal.write(positions)) }
        statements += trialEnds(decider)
        statements.append("COMMIT")
        _ = try connection.pipeline(statements)
    }

    private func trialEnds(_ decider: Decider) -> [Statement] {
        let tried = decider.decisions.map(\.examined).filter(\.intake.isSuspect).map(\.digest)
        return tried.isEmpty ? [] : [Trials.end(tried)]
    }

    func journalEntries(
        _ decisions: [Decider.Decision], _ now: Timestamp
    ) throws -> [Journal.Entry] {
        var entries: [Journal.Entry] = []
        var end = journal.end
        for decision in decisions {
            guard case .success(let message) = decision.examined.content else { continue }
            for (index, emission) in decision.facts.enumerated() {
                var header = message.header.fact(
                    index, emission, service: definition.name, time: now)
                let place = end.next(header.type, owner: journal.owner)
                if !place.before.isEmpty { header.journal = place.text }
                entries.append(
                    Journal.Entry(
                        end: end, id: header.id, type: header.type,
                        subject: emission.subject, sequence: emission.sequence,
                        cause: message.header.id,
                        publisher: decision.examined.intake.publisher,
                        body: try encoder.encode(header, emission.fact)))
            }
        }
        return entries
    }
}
