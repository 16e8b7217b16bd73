import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// One individual service.
struct CaseworkRecord: Aggregate {
    let id: CaseworkID
    var kind: CaseworkKind
    var programme: Programme
    var territory: TerritoryCode
    var person: PersonID?
    var servedOn: BusinessDate
    /// Whether a correction has said that it was none.
    var isVoid = false
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "casework", key: "id", CaseworkRecord.init,
        Field("id", \.id), Field("kind", \.kind), Field("programme", \.programme),
        Field("territory", \.territory), Field("person", \.person), Field("served_on", \.servedOn),
        Field("is_void", \.isVoid), Field("sequence", \.sequence))
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
        router.on(
            VoidCasework.self,
            keys: {
                $1.need(CaseworkRecord.self, $0.casework.uuid)
                Corrections.keys($0, &$1)
            }, CaseworkCorrections.void)
        router.on(
            CorrectCasework.self,
            keys: { command, keys in
                keys.need(CaseworkRecord.self, command.casework.uuid)
                if let person = command.person { Persons.keys(person, &keys) }
                Corrections.keys(command, &keys)
            }, CaseworkCorrections.correct)
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
        return try unit.save(&record, CaseworkRecorded(record.subject))
    }
}

extension CaseworkRecord {
    /// All that is recorded of it.
    var subject: RecordCasework {
        RecordCasework(
            casework: id, kind: kind, programme: programme, territory: territory, person: person,
            servedOn: servedOn)
    }
}

extension RefusalCode {
    static let caseworkExists = RefusalCode(
        "casework_exists", "the id of a service that was not recorded yet")
}
