internal import AMQP
internal import Foundation
internal import Logging
internal import Postgres

// What a worker does besides messages, and at its end.

extension Worker {
    private static let takeOverInterval: Duration = .seconds(2)
    /// Time after the stop signal by which the last batch is confirmed and acknowledged.
    private static let drainLimit: Duration = .seconds(5)

    /// Does what is due besides messages. It is done under load too, because others wait for it.
    func doChores() {
        guard let session else { return }
        do {
            try writePositions(session)
            try takeOver(session)
            // A job that ended the process would lay the blame on a message on trial beside it.
            guard TrialGate.ofProcess.enter(index, isTrial: false) else { return }
            defer { TrialGate.ofProcess.leave(index) }
            try jobs.run(session.connection, jobOutlet) { [unowned self] in
                guard outlet.hasRoom else { return }
                outlet.publish(try session.batch.decide(own: $0))
            }
        } catch let error as AMQPError {
            // The database session is well, and whatever could not be published is published at the next turn.
            lose("broker", error)
        } catch {
            fail(error)
        }
    }

    /// Nothing to do: waits until a socket has something, for 50 ms at most.
    func rest() {
        // Nobody reads the queues while there is no room, so their socket would be ready again at once.
        let queues = isFull ? nil : consumer?.connection
        let connections = [queues, outlet.waitable].compactMap(\.self)
        if connections.isEmpty {
            Thread.sleep(forTimeInterval: 0.05)
        } else {
            AMQPConnection.wait(for: connections, milliseconds: 50)
        }
    }

    private func writePositions(_ session: Session) throws {
        guard !outlet.positions.isEmpty, ContinuousClock.now >= nextPosition else { return }
        CrashPoint.beforePosition.pass()
        let positions = outlet.positions
        _ = try session.connection.run(Journal.write(positions))
        outlet.positionsWritten(positions)
    }

    private func takeOver(_ session: Session) throws {
        guard ContinuousClock.now >= nextTakeOver, outlet.isConnected else { return }
        nextTakeOver = .now + Self.takeOverInterval
        jobOutlet.discard()
        let count = try TakeOver.run(session.connection, jobOutlet, except: session.owner)
        if count > 0 {
            logger.notice("published for a worker that is gone", metadata: ["facts": "\(count)"])
        }
    }

    /// The last batch is committed; waits for its confirms, acknowledges, writes the position.
    func drain() {
        let deadline = ContinuousClock.now + Self.drainLimit
        while !outlet.isIdle || !unacknowledged.isEmpty, ContinuousClock.now < deadline {
            settle()
            if consumer == nil { unacknowledged.removeAll() }
            guard let connection = outlet.waitable else { break }
            AMQPConnection.wait(for: [connection], milliseconds: 20)
        }
        nextPosition = .now
        if let session { try? writePositions(session) }
    }

    /// Receipts that a full queue has refused are owed from now on. Their messages are acknowledged after that.
    /// - Returns: whether nothing is left to store.
    func storeRefused() -> Bool {
        guard !outlet.refused.isEmpty else { return true }
        guard let session else { return false }
        do {
            _ = try session.connection.run(OwedReceipts.insert(outlet.refused))
            outlet.refusedStored()
            return true
        } catch {
            fail(error)
            return false
        }
    }
}
