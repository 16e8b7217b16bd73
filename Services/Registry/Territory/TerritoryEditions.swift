import Messages
import Postgres
import ServiceKit

/// Takes editions of the list of territories in. A newer edition replaces what an older one says of a
/// territory, in whatever order they arrive; loading an edition again corrects it.
///
/// Units end in two ways: a predecessor that the edition does not list ends the day before its successor
/// begins; and inside `completeWithin`, whatever is not listed ends the day before the edition.
enum TerritoryEditions {
    static func register(in router: inout Router) {
        // Alone, because it may close many units by one statement.
        router.on(LoadTerritory.self, keys: keys, alone: true, load)
    }

    static func keys(_ command: LoadTerritory, _ keys: inout Keys) {
        keys.need(TerritoryEdition.self, command.edition)
        for unit in command.units {
            keys.need(Territory.self, unit.code)
            for code in unit.predecessors ?? [] { keys.need(Territory.self, code) }
        }
    }

    static func load(_ command: LoadTerritory, _ unit: UnitOfWork) throws -> Emission {
        var listed: Set<TerritoryCode> = []
        for (index, entry) in command.units.enumerated() {
            try list(entry, at: "/units/\(index)", in: &listed, unit)
        }
        if let within = command.completeWithin {
            try unit.requireScope(within, at: "/completeWithin")
        }
        var news = News(edition: command.edition, listed: listed)
        for entry in command.units { try update(entry, &news, unit) }
        for (index, entry) in command.units.enumerated() {
            try succeed(entry, at: "/units/\(index)", &news, unit)
        }
        if let within = command.completeWithin { try closeRest(within, &news, unit) }
        var edition =
            try unit.find(TerritoryEdition.self, command.edition)
            ?? TerritoryEdition(edition: command.edition, source: command.source)
        edition.source = command.source
        return try unit.save(
            &edition,
            TerritoryLoaded(
                edition: command.edition, source: command.source, units: command.units,
                successions: news.successions.isEmpty ? nil : news.successions,
                closed: news.closed.isEmpty ? nil : news.closures))
    }

    /// Puts a unit on the list of those that the edition names, if the publisher may speak for it and there are those
    /// that it took over.
    private static func list(
        _ entry: TerritoryUnit, at pointer: @autoclosure () -> String,
        in listed: inout Set<TerritoryCode>, _ unit: UnitOfWork
    ) throws {
        try unit.requireScope(entry.code, at: "\(pointer())/code")
        guard listed.insert(entry.code).inserted else {
            throw Refusal(.territoryListedTwice, at: "\(pointer())/code")
        }
        for (index, code) in (entry.predecessors ?? []).enumerated() {
            try unit.requireScope(code, at: "\(pointer())/predecessors/\(index)")
            guard code != entry.code, try unit.find(Territory.self, code) != nil else {
                throw Refusal(.unknownPredecessor, at: "\(pointer())/predecessors/\(index)")
            }
        }
    }

    /// What an edition changes besides the units it lists.
    private struct News {
        let edition: BusinessDate
        let listed: Set<TerritoryCode>
        /// Codes of which a newer edition has spoken already.
        var outdated: Set<TerritoryCode> = []
        var successions: [TerritorySuccession] = []
        var closed: [TerritoryCode: BusinessDate] = [:]

        var closures: [TerritoryClosure] {
            closed.sorted { $0.key < $1.key }.map {
                TerritoryClosure(code: $0.key, validTo: $0.value)
            }
        }
    }

    /// Stores what the edition says of a unit, unless a newer one has spoken of it.
    private static func update(
        _ entry: TerritoryUnit, _ news: inout News, _ unit: UnitOfWork
    ) throws {
        let held = try unit.find(Territory.self, entry.code)
        if let held, held.edition > news.edition {
            news.outdated.insert(entry.code)
            return
        }
        var predecessors = held?.predecessors ?? []
        if let held, held.edition == news.edition {
            // The same edition again: what it no longer says was wrong.
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
                validFrom: entry.validFrom, validTo: entry.validTo, edition: news.edition,
                predecessors: predecessors, successors: successors))
    }

    /// Links a unit with those it took over, and ends those that this edition does not list.
    private static func succeed(
        _ entry: TerritoryUnit, at pointer: @autoclosure () -> String, _ news: inout News,
        _ unit: UnitOfWork
    ) throws {
        guard !news.outdated.contains(entry.code) else { return }
        for var old in try unit.find(Territory.self, all: entry.predecessors ?? []) {
            let code = old.code
            if !old.successors.contains(entry.code) { old.successors.append(entry.code) }
            let isGone =
                !news.listed.contains(code)
                && (old.edition < news.edition || news.closed[code] != nil)
            if isGone {
                let last = entry.validFrom.adding(days: -1)
                guard last >= old.validFrom else {
                    throw Refusal(.successorTooEarly, at: "\(pointer())/validFrom")
                }
                let end = [last, old.validTo].compactMap(\.self).min() ?? last
                old.validTo = end
                old.edition = news.edition
                news.closed[code] = end
            }
            try unit.store(old)
            news.successions.append(
                TerritorySuccession(
                    predecessor: code, successor: entry.code, from: entry.validFrom))
        }
    }

    /// Ends what older editions know inside a territory and this one does not list.
    private static func closeRest(
        _ within: TerritoryCode, _ news: inout News, _ unit: UnitOfWork
    ) throws {
        let kept = Array(news.listed) + news.closed.keys
        let last = news.edition.adding(days: -1)
        let rows = try unit.execute(
            """
            UPDATE territory
            SET valid_to = greatest(valid_from, \(last)), edition = \(news.edition)
            WHERE starts_with(code, \(within)) AND edition < \(news.edition)
              AND (valid_to IS NULL OR valid_to > \(last)) AND code <> ALL (\(kept))
            RETURNING code, valid_to
            """)
        for row in rows {
            news.closed[try row.decode(TerritoryCode.self, at: 0)] = try row.decode(
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
