import Foundation
import Messages
import People
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

    static let table = Table(
        "casework", key: "id", CaseworkRecord.init,
        Field("id", \.id), Field("kind", \.kind), Field("programme", \.programme),
        Field("territory", \.territory), Field("person", \.person), Field("served_on", \.servedOn),
        Field("sequence", \.sequence))
}

/// Records individual services, without any content of the conversations.
enum Casework {
    static func register(in router: inout Router) {
        router.on(
            RecordCasework.self,
            keys: { command, keys in
                keys.need(CaseworkRecord.self, command.casework.uuid)
                if let person = command.person { Persons.keys(person, &keys) }
            }, record)
    }

    static func record(_ command: RecordCasework, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            CaseworkRecord.self, command.casework.uuid, else: .caseworkExists, at: "/casework")
        if let person = command.person {
            _ = try Persons.require(person, aliveOn: command.servedOn, at: "/person", unit)
        }
        var record = CaseworkRecord(
            id: command.casework, kind: command.kind, programme: command.programme,
            territory: command.territory, person: command.person, servedOn: command.servedOn)
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
