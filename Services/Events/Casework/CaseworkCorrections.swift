import Foundation
import Messages
import People
import ServiceKit

/// Puts individual services right. A void one is made good by a correction, which says all that holds.
enum CaseworkCorrections {
    static func void(_ command: VoidCasework, _ unit: UnitOfWork) throws -> Emission {
        var record = try require(command.casework, unit)
        guard !record.isVoid else { throw Refusal(.alreadyVoid, at: "/casework") }
        let mark = try Corrections.mark(
            command, over: [record.territory], of: record.persons, about: record.about, unit)
        record.isVoid = true
        try CaseworkTasks.check(record, unit)
        return try unit.save(&record, CaseworkVoided(record.subject, mark))
    }

    static func correct(_ command: CorrectCasework, _ unit: UnitOfWork) throws -> Emission {
        var record = try require(command.casework, unit)
        let before = record
        record.kind = command.kind
        record.programme = command.programme
        record.territory = command.about.territory
        record.servedOn = command.servedOn
        record.person = try command.person.map { named in
            // Nothing more is asked of the same person, who may have been erased since.
            if let person = before.person,
                try Persons.areSame(named, person, at: "/person", unit)
            {
                return person
            }
            _ = try Persons.require(named, aliveOn: record.servedOn, at: "/person", unit)
            return named
        }
        guard record.isVoid || record.subject != before.subject else {
            throw Refusal(.nothingChanges, at: "/casework")
        }
        let mark = try Corrections.mark(
            command, over: [before.territory, record.territory],
            of: before.persons + record.persons, about: before.about.union(record.about), unit)
        record.isVoid = false
        try CaseworkTasks.check(record, unit)
        return try unit.save(&record, CaseworkCorrected(record.subject, mark))
    }

    private static func require(_ id: CaseworkID, _ unit: UnitOfWork) throws -> CaseworkRecord {
        let record = try unit.require(
            CaseworkRecord.self, id.uuid, else: .unknownCasework, at: "/casework")
        try unit.requireScope(record.territory, at: "/casework")
        return record
    }
}

extension CaseworkRecord {
    fileprivate var persons: [PersonID] { person.map { [$0] } ?? [] }

    /// The person whom a free text about it may name.
    fileprivate var about: Set<UUID> { Set(persons.map(\.uuid)) }
}

extension RefusalCode {
    static let unknownCasework = RefusalCode(
        "unknown_casework", "the id of a recorded individual service")
}
