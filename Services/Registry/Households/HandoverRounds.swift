import Foundation
import Messages
import Postgres
import ServiceKit

extension Handovers {
    /// Lets the tasks of undecided handovers follow their persons: to the office where a person lives now, and to none if
    /// nothing is to be decided any more. A handover that was asked for before the registration gets its task here.
    static func look(at changes: LifeRounds.Changes, _ connection: Connection) throws -> TaskRound {
        let rows = try connection.run(
            """
            SELECT h.id, h.territory, h.moved_on, n.id, p.territory, p.erased_on,
                   least(p.died_on, p.inherited_died_on)
            FROM handover AS h JOIN person AS n ON n.id = h.person
                JOIN person AS p ON p.id = coalesce(n.merged_into, n.id)
            WHERE h.person = ANY(\(changes.persons)) AND h.is_accepted IS NULL
            """)
        var round = TaskRound(.decideHandover)
        for row in rows {
            var cursor = row.cursor()
            let handover = try cursor.next(UUID.self)
            let asked = try cursor.next(TerritoryCode.self)
            let movedOn = try cursor.next(BusinessDate.self)
            let named = try cursor.next(UUID.self)
            let territory = try cursor.next(TerritoryCode.self)
            let isErased = try cursor.next(optional: BusinessDate.self) != nil
            let diedOn = try cursor.next(optional: BusinessDate.self)
            guard let cause = changes.cause(of: [named]) else { continue }
            let isAlive = diedOn.map { movedOn < $0 } ?? true
            if !isErased, isAlive, !asked.contains(territory) {
                round.raise(handover, in: territory, on: movedOn, because: cause)
            } else {
                round.settle(handover, because: cause)
            }
        }
        return round
    }

    /// The subjects of tasks about the person: reasons that officers gave for dismissing one are about them.
    static func ids(of person: Person, _ unit: UnitOfWork) throws -> [UUID] {
        try unit.query(
            "SELECT id FROM handover WHERE person = ANY(\(Array(person.subjects)))"
        ).map { try $0.decode(UUID.self, at: 0) }
    }
}
