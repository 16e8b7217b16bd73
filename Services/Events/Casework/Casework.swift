import Foundation
import Messages
import Postgres
import ServiceKit

/// One individual service.
struct CaseworkRecord: Aggregate {
    let id: CaseworkID
    let kind: CaseworkKind
    let programme: Programme
    let territory: TerritoryCode
    let person: PersonID?
    let servedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<CaseworkRecord>(
        "casework", key: "id",
        columns: [
            Column("id", { $0.id }), Column("kind", { $0.kind.rawValue }),
            Column("programme", { $0.programme }), Column("territory", { $0.territory }),
            Column("person", optional: { $0.person }), Column("served_on", { $0.servedOn }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        CaseworkRecord(
            id: try row.next(CaseworkID.self), kind: try row.next(enum: CaseworkKind.self),
            programme: try row.next(Programme.self), territory: try row.next(TerritoryCode.self),
            person: try row.next(optional: PersonID.self),
            servedOn: try row.next(BusinessDate.self), sequence: try row.next(Int64.self))
    }
}

/// Records individual services, without any content of the conversations.
enum Casework {
    static func register(in router: inout Router) {
        router.on(
            RecordCasework.self,
            keys: { command, keys in
                keys.need(CaseworkRecord.self, command.casework.uuid)
                if let person = command.person { keys.need(Person.self, person.uuid) }
            }, record)
    }

    static func record(_ command: RecordCasework, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            CaseworkRecord.self, command.casework.uuid, else: .caseworkExists, at: "/casework")
        let person = try command.person.map { try Persons.require($0, at: "/person", unit) }
        var record = CaseworkRecord(
            id: command.casework, kind: command.kind, programme: command.programme,
            territory: command.territory, person: person?.id, servedOn: command.servedOn)
        let fact = CaseworkRecorded(
            RecordCasework(
                casework: record.id, kind: record.kind, programme: record.programme,
                territory: record.territory, person: record.person, servedOn: record.servedOn))
        return try unit.save(&record, fact)
    }
}

extension RefusalCode {
    static let caseworkExists = RefusalCode(
        "casework_exists", "the id of a service that was not recorded yet")
}
