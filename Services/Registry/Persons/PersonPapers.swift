import Foundation
import Messages
import ServiceKit

/// All papers of a person, with those of the registrations that were merged into the person's.
struct PersonPapers {
    /// One registration, with its opened data.
    struct Part {
        var person: Person
        var data: PersonalData
        var isChanged = false
    }

    /// Papers that one person has, withdrawn ones included.
    private static let limit = 40

    /// The survivor first. There is one at least.
    var parts: [Part]

    init(_ person: Person, _ unit: UnitOfWork, _ keyring: Keyring) throws {
        let all = [person] + (try unit.find(Person.self, all: person.merged.map(\.uuid)))
        parts = try all.compactMap { part in
            try keyring.open(part, unit).map { Part(person: part, data: $0) }
        }
        guard parts.first?.person.id == person.id else {
            throw StoredValueError(type: "key of a person who was not erased")
        }
    }

    /// The current resident id: the survivor's own, or else that of a merged registration.
    var residentId: ResidentID? { parts.lazy.compactMap(\.data.residentId).first }

    var all: [PersonalData.HeldPaper] { parts.flatMap(\.data.papers) }

    /// Whether the paper finds the person.
    func has(_ paper: Paper) -> Bool {
        all.contains { $0.finds && $0.paper.identity == paper.identity }
    }

    func wasWrong(_ paper: Paper) -> Bool {
        all.contains { !$0.finds && $0.paper.identity == paper.identity }
    }

    func requireRoom(at pointer: @autoclosure () -> String) throws(Refusal) {
        guard all.count < Self.limit else { throw Refusal(.tooManyPapers, at: pointer()) }
    }

    /// Adds a paper to the survivor's own.
    mutating func add(_ paper: Paper) {
        parts[0].data.papers.append(PersonalData.HeldPaper(paper: paper))
        parts[0].isChanged = true
    }

    /// Changes the papers for which `isMeant` says so, and whom they find.
    /// - Returns: how many were changed.
    mutating func change(
        _ unit: UnitOfWork, _ keyring: Keyring, where isMeant: (PersonalData.HeldPaper) -> Bool,
        to change: (inout PersonalData.HeldPaper) -> Void
    ) throws -> Int {
        var count = 0
        for part in parts.indices {
            let owner = parts[part].person.id
            for index in parts[part].data.papers.indices
            where isMeant(parts[part].data.papers[index]) {
                change(&parts[part].data.papers[index])
                let held = parts[part].data.papers[index]
                try Papers.set(
                    held.paper, of: held.finds ? owner : nil,
                    isRetired: held.finds && held.withdrawnAs != nil, unit, keyring)
                parts[part].isChanged = true
                count += 1
            }
        }
        return count
    }

    /// Seals what was changed, and stores the merged registrations. The survivor is for the caller to save.
    mutating func seal(
        into survivor: inout Person, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        for index in parts.indices where parts[index].isChanged {
            let sealed = try keyring.seal(
                parts[index].data, of: parts[index].person.id, unit)
            parts[index].person.sealed = sealed
            if parts[index].person.id == survivor.id {
                survivor.sealed = sealed
            } else {
                try unit.store(parts[index].person)
            }
        }
    }
}

extension RefusalCode {
    static let tooManyPapers = RefusalCode(
        "too_many_papers", "a person with fewer than 40 papers")
}
