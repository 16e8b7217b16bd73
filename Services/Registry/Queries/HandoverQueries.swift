import Foundation
import Messages
import Postgres
import ServiceKit

/// Answers which handovers concern a territory.
///
/// Whoever asked for one is told what the request said and what was decided, and not whether there is such a person. Whoever
/// decides is told where the person lives. Both are answered alike while nothing is decided, also if nobody can decide.
enum HandoverQueries {
    static func handovers(_ query: ListHandovers, _ unit: UnitOfWork) throws -> HandoversAnswer {
        let limit = query.limit ?? RegistryPage.usual
        let ids = try unit.query(statement(query, limit)).map { try $0.decode(UUID.self, at: 0) }
        let page = try unit.find(Handover.self, all: Array(ids.prefix(limit)))
        let people = try people(page, unit)
        var own: [UUID] = []
        let shown = try page.compactMap { handover -> HandoverAnswer? in
            let person = people[handover.person]
            let knows = try person.map { try unit.covers($0.territory) } ?? false
            let decides = knows && handover.isAccepted == nil && person?.isErased == false
            let hasDecided = try handover.decidedIn.map { try unit.covers($0) } ?? false
            guard try decides || hasDecided || unit.covers(handover.territory) else { return nil }
            if knows, let person { own.append(person.key) }
            return handover.answer(decides ? person : nil)
        }
        unit.logReading(of: own)
        return HandoversAnswer(
            handovers: shown, next: ids.count > limit ? page.last?.id : nil)
    }

    /// Three parts, so that each is read by an index: those asked for the territory and those decided in it, each in the order of
    /// its index, and those of its persons from the undecided ones, which are few.
    private static func statement(_ query: ListHandovers, _ limit: Int) -> Statement {
        """
        SELECT id FROM (
            (SELECT id FROM handover
             WHERE territory COLLATE "C" >= \(query.territory)
               AND territory COLLATE "C" < \(query.territory) || ':'
               AND (\(query.after == nil) OR id > \(query.after?.uuid))
             ORDER BY id LIMIT \(limit + 1))
            UNION
            (SELECT id FROM handover
             WHERE decided_in COLLATE "C" >= \(query.territory)
               AND decided_in COLLATE "C" < \(query.territory) || ':'
               AND (\(query.after == nil) OR id > \(query.after?.uuid))
             ORDER BY id LIMIT \(limit + 1))
            UNION
            (SELECT h.id FROM handover AS h JOIN person AS n ON n.id = h.person
                JOIN person AS p ON p.id = coalesce(n.merged_into, n.id)
             WHERE h.is_accepted IS NULL AND p.erased_on IS NULL
               AND p.territory COLLATE "C" >= \(query.territory)
               AND p.territory COLLATE "C" < \(query.territory) || ':'
               AND (\(query.after == nil) OR h.id > \(query.after?.uuid))
             ORDER BY h.id LIMIT \(limit + 1))
        ) AS found
        ORDER BY id LIMIT \(limit + 1)
        """
    }

    /// Whom the requests named, by those ids. The id of a merged registration means the survivor.
    private static func people(
        _ handovers: [Handover], _ unit: UnitOfWork
    ) throws -> [PersonID: Person] {
        let named = try unit.find(Person.self, all: handovers.map(\.person.uuid))
        _ = try unit.find(Person.self, all: named.compactMap(\.survivor?.uuid))
        return try named.reduce(into: [:]) { people, person in
            people[person.id] = try Persons.find(person.id, unit)
        }
    }
}

extension Handover {
    /// - Parameter person: for whoever decides; nil for anybody else.
    fileprivate func answer(_ person: Person?) -> HandoverAnswer {
        let state: HandoverState =
            switch isAccepted {
            case nil: .waiting
            case true?: .accepted
            case false?: .declined
            }
        return HandoverAnswer(
            handover: id, person: self.person, territory: territory, household: household,
            role: role, movedOn: movedOn, state: state, decides: person != nil,
            livesIn: person?.territory, leaves: person?.household)
    }
}
