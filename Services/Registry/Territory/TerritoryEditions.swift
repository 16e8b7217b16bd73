import Messages
import Postgres
import ServiceKit

/// Loads editions of the list of territories. The newest edition that lists a territory counts, in
/// whatever order editions arrive. Loading an edition again corrects it.
///
/// Units end in two ways. A predecessor that the edition does not list ends the day before its
/// successor begins. Inside `completeWithin`, a unit that the edition does not list ends the day
/// before the edition.
enum TerritoryEditions {
    static func register(in router: inout Router) {
        // Alone, because it may close many units by one statement.
        router.on(
            LoadTerritory.self,
            keys: { command, keys in
                keys.need(TerritoryEdition.self, command.edition)
                for unit in command.units {
                    keys.need(Territory.self, unit.code)
                    for code in unit.predecessors ?? [] { keys.need(Territory.self, code) }
                }
            }, alone: true, load)
    }

    static func load(_ command: LoadTerritory, _ unit: UnitOfWork) throws -> Emission {
        var listed: Set<TerritoryCode> = []
        for (index, entry) in command.units.enumerated() {
            try check(entry, at: "/units/\(index)", &listed, unit)
        }
        if let within = command.completeWithin {
            try requireGranted(within, at: "/completeWithin", unit)
        }
        var changes = EditionChanges(edition: command.edition, listed: listed)
        for entry in command.units { try store(entry, &changes, unit) }
        for (index, entry) in command.units.enumerated() {
            try link(entry, at: "/units/\(index)", &changes, unit)
        }
        if let within = command.completeWithin { try closeUnlisted(within, &changes, unit) }
        var edition =
            try unit.find(TerritoryEdition.self, command.edition)
            ?? TerritoryEdition(edition: command.edition, source: command.source)
        edition.source = command.source
        return try unit.save(
            &edition,
            TerritoryLoaded(
                edition: command.edition, source: command.source, units: command.units,
                successions: changes.successions.isEmpty ? nil : changes.successions,
                closed: changes.closed.isEmpty ? nil : changes.closures))
    }

    /// Refuses a unit that is listed twice, is outside the publisher's scope, or has a predecessor
    /// that is not known.
    /// - Parameter listed: gets the unit's code.
    private static func check(
        _ entry: TerritoryUnit, at pointer: @autoclosure () -> String,
        _ listed: inout Set<TerritoryCode>, _ unit: UnitOfWork
    ) throws {
        try requireGranted(entry.code, at: "\(pointer())/code", unit)
        guard listed.insert(entry.code).inserted else {
            throw Refusal(.territoryListedTwice, at: "\(pointer())/code")
        }
        for (index, code) in (entry.predecessors ?? []).enumerated() {
            try requireGranted(code, at: "\(pointer())/predecessors/\(index)", unit)
            guard code != entry.code, try unit.find(Territory.self, code) != nil else {
                throw Refusal(.unknownPredecessor, at: "\(pointer())/predecessors/\(index)")
            }
        }
    }

    /// Refuses a unit that the publisher was not granted, or that others have taken over. Listing it again
    /// would take their records back.
    private static func requireGranted(
        _ code: TerritoryCode, at pointer: @autoclosure () -> String, _ unit: UnitOfWork
    ) throws {
        guard unit.isGranted(code) else { throw Refusal(.outOfScope, at: pointer()) }
        try unit.requireScope(code, at: pointer())
    }

    /// The changes by an edition besides the units that it lists.
    private struct EditionChanges {
        let edition: BusinessDate
        let listed: Set<TerritoryCode>
        /// Codes that a newer edition lists.
        var outdated: Set<TerritoryCode> = []
        var successions: [TerritorySuccession] = []
        var closed: [TerritoryCode: BusinessDate] = [:]

        var closures: [TerritoryClosure] {
            closed.sorted { $0.key < $1.key }.map {
                TerritoryClosure(code: $0.key, validTo: $0.value)
            }
        }
    }

    /// Stores a unit as the edition lists it, unless a newer edition lists it.
    private static func store(
        _ entry: TerritoryUnit, _ changes: inout EditionChanges, _ unit: UnitOfWork
    ) throws {
        let held = try unit.find(Territory.self, entry.code)
        if let held, held.edition > changes.edition {
            changes.outdated.insert(entry.code)
            return
        }
        var predecessors = held?.predecessors ?? []
        if let held, held.edition == changes.edition {
            // The same edition again: a predecessor that it no longer names was wrong.
            let wrong = predecessors.filter { !(entry.predecessors ?? []).contains($0) }
            predecessors.removeAll(where: wrong.contains)
            for var old in try unit.find(Territory.self, all: wrong) {
                old.successors.removeAll { $0 == entry.code }
                try unit.store(old)
            }
        }
        predecessors += (entry.predecessors ?? []).filter { !predecessors.contains($0) }
        let successors = try unit.find(Territory.self, entry.code)?.successors ?? []
        try unit.store(
            Territory(
                code: entry.code, nameZh: entry.nameZh, nameEn: entry.nameEn,
                validFrom: entry.validFrom, validTo: entry.validTo, edition: changes.edition,
                predecessors: predecessors, successors: successors))
    }

    /// Links a unit with its predecessors, and ends those that this edition does not list.
    private static func link(
        _ entry: TerritoryUnit, at pointer: @autoclosure () -> String,
        _ changes: inout EditionChanges, _ unit: UnitOfWork
    ) throws {
        guard !changes.outdated.contains(entry.code) else { return }
        for var old in try unit.find(Territory.self, all: entry.predecessors ?? []) {
            let code = old.code
            if !old.successors.contains(entry.code) { old.successors.append(entry.code) }
            let isGone =
                !changes.listed.contains(code)
                && (old.edition < changes.edition || changes.closed[code] != nil)
            if isGone {
                let last = entry.validFrom.adding(days: -1)
                guard last >= old.validFrom else {
                    throw Refusal(.successorTooEarly, at: "\(pointer())/validFrom")
                }
                let end = [last, old.validTo].compactMap(\.self).min() ?? last
                old.validTo = end
                old.edition = changes.edition
                changes.closed[code] = end
            }
            try unit.store(old)
            changes.successions.append(
                TerritorySuccession(
                    predecessor: code, successor: entry.code, from: entry.validFrom))
        }
    }

    /// Ends the units inside a territory that older editions list and this one does not.
    private static func closeUnlisted(
        _ within: TerritoryCode, _ changes: inout EditionChanges, _ unit: UnitOfWork
    ) throws {
        let kept = Array(changes.listed) + changes.closed.keys
        let last = changes.edition.adding(days: -1)
        let rows = try unit.execute(
            """
            UPDATE territory
            SET valid_to = greatest(valid_from, \(last)), edition = \(changes.edition)
            WHERE starts_with(code, \(within)) AND edition < \(changes.edition)
              AND (valid_to IS NULL OR valid_to > \(last)) AND code <> ALL (\(kept))
            RETURNING code, valid_to
            """)
        for row in rows {
            changes.closed[try row.decode(TerritoryCode.self, at: 0)] = try row.decode(
                BusinessDate.self, at: 1)
        }
    }
}

extension RefusalCode {
    static let territoryListedTwice = RefusalCode(
        "territory_listed_twice", "each territory once")
    static let unknownPredecessor = RefusalCode(
        "unknown_predecessor", "the code of another territory that was loaded")
    static let successorTooEarly = RefusalCode(
        "successor_too_early", "a date after the first day of its predecessors")
}
