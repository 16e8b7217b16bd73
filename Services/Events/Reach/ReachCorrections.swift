import Foundation
import Messages
import Postgres
import ServiceKit

/// Puts readings right. A reading that leaves its place gives the one after it back to the one before; where it comes to stand, it
/// takes its share of the one after. A void reading is made good by a correction, which says all that holds.
enum ReachCorrections {
    static func register(in router: inout Router) {
        // Alone, because both ask the database for the readings before and after.
        router.on(
            VoidReach.self,
            keys: {
                $1.need(ReachReading.self, $0.reach.uuid)
                Corrections.keys($0, &$1)
            }, alone: true, void)
        router.on(
            CorrectReach.self,
            keys: { command, keys in
                keys.need(ReachReading.self, command.reach.uuid)
                if let session = command.session { keys.need(Session.self, session.uuid) }
                Corrections.keys(command, &keys)
            }, alone: true, correct)
    }

    static func void(_ command: VoidReach, _ unit: UnitOfWork) throws -> [Emission] {
        var reading = try require(command.reach, unit)
        guard !reading.isVoid else { throw Refusal(.alreadyVoid, at: "/reach") }
        let mark = try Corrections.mark(command, over: [reading.territory], unit)
        let left = try close(reading, unit)
        let fact = ReachVoided(reading.recorded, mark)
        reading.isVoid = true
        return [try unit.save(&reading, fact)] + (try restate(left, unit))
    }

    static func correct(_ command: CorrectReach, _ unit: UnitOfWork) throws -> [Emission] {
        let held = try require(command.reach, unit)
        var reading = ReachReading(command.about, kind: try Reach.kind(of: command.about, unit))
        reading.sequence = held.sequence
        reading.change = held.change
        guard held.isVoid || reading.recorded != held.recorded else {
            throw Refusal(.nothingChanges, at: "/reach")
        }
        let mark = try Corrections.mark(
            command, over: [held.territory, reading.territory], unit)
        var changed = held.isVoid ? nil : try close(held, unit)
        let (before, after) = try Reach.place(reading, unit)
        reading.change = reading.count - (before?.count ?? 0)
        let corrected = try unit.save(&reading, ReachCorrected(reading.recorded, mark))
        guard var after else { return [corrected] + (try restate(changed, unit)) }
        if changed?.id == after.id { changed = nil }
        after.change = after.count - reading.count
        return [corrected] + (try restate(changed, unit)) + (try restate(after, unit))
    }

    /// Holds the series that a reading leaves.
    /// - Returns: the reading after it, with its change from the one before.
    private static func close(_ reading: ReachReading, _ unit: UnitOfWork) throws -> ReachReading? {
        _ = try unit.find(ReachSeries.self, reading.series)
        let (before, after) = try Reach.neighbours(of: reading, unit)
        guard var after else { return nil }
        after.change = after.count - (before?.count ?? 0)
        return after
    }

    private static func restate(
        _ reading: ReachReading?, _ unit: UnitOfWork
    ) throws -> [Emission] {
        guard var reading else { return [] }
        return [try unit.save(&reading, reading.recorded)]
    }

    private static func require(_ id: ReachID, _ unit: UnitOfWork) throws -> ReachReading {
        let reading = try unit.require(
            ReachReading.self, id.uuid, else: .unknownReach, at: "/reach")
        try unit.requireScope(reading.territory, at: "/reach")
        return reading
    }
}

extension RefusalCode {
    static let unknownReach = RefusalCode("unknown_reach", "the id of a recorded reading")
}
