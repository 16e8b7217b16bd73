import Foundation
import Messages
import ServiceKit

/// The papers of persons: who has which, and what a registration says of them. The numbers are in the
/// person's sealed data, and the table `paper` finds the person by a keyed hash of each.
enum Papers {
    // MARK: Keys

    /// The rows that tell whose the papers of a registration are.
    static func keys(of said: some PersonDescription, _ keyring: Keyring, _ keys: inout Keys) {
        for paper in said.allPapers { Self.keys(of: paper, keyring, &keys) }
    }

    static func keys(of paper: Paper, _ keyring: Keyring, _ keys: inout Keys) {
        for hash in keyring.hashes(paper) { keys.need(PaperKey.self, hash) }
    }

    /// Gives a person a paper that nobody has. Refuses that of another person.
    ///
    /// The refusal tells that somebody has it, so it is noted as a read of that person. A dry run does not tell it of
    /// somebody outside the publisher's scope: it answers as if nobody had the paper.
    /// - Parameter pointer: where the command has the number.
    /// - Returns: whether the person did not have it before.
    @discardableResult
    static func claim(
        _ paper: Paper, for person: PersonID, at pointer: @autoclosure () -> String,
        _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Bool {
        let hashes = keyring.hashes(paper)
        for hash in hashes {
            guard let owner = try unit.find(PaperKey.self, hash)?.person else { continue }
            if owner == person { return false }
            let other = try Persons.find(owner, unit)
            if let other, other.subjects.contains(person.uuid) { return false }
            unit.note(ReadAccess(of: owner.uuid, by: unit))
            if unit.message.isDryRun, let other, try !unit.covers(other.territory) { return true }
            throw Refusal(.residentExists, at: pointer())
        }
        try unit.store(PaperKey(hash: hashes[0], person: person))
        return true
    }

    /// Sets whom the paper finds: nobody, if there is no person.
    static func set(
        _ paper: Paper, of person: PersonID?, isRetired: Bool, _ unit: UnitOfWork,
        _ keyring: Keyring
    ) throws {
        let hashes = keyring.hashes(paper)
        let known = try hashes.first { try unit.find(PaperKey.self, $0)?.person != nil }
        try unit.store(
            PaperKey(hash: known ?? hashes[0], person: person, isRetired: isRetired))
    }

    // MARK: Registration

    /// Takes the papers of somebody who is not registered yet.
    /// - Parameter pointer: JSON Pointer to what is said of the person.
    static func admit(
        _ said: some PersonDescription, as person: PersonID,
        at pointer: @autoclosure () -> String, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> PersonalData {
        for (index, paper) in said.allPapers.enumerated() {
            try claim(
                paper, for: person, at: pointer() + place(of: index, in: said), unit, keyring)
        }
        return PersonalData(name: said.name, phone: said.phone, papers: said.allPapers)
    }

    /// Where a registration has the number of one of its papers.
    private static func place(of index: Int, in said: some PersonDescription) -> String {
        guard said.residentId != nil else { return "/papers/\(index)/number" }
        return index == 0 ? "/residentId" : "/papers/\(index - 1)/number"
    }

    /// Birth date and sex, as said or as the number of a paper says.
    static func birth(
        of said: some PersonDescription, at pointer: @autoclosure () -> String
    ) throws(Refusal) -> (date: BusinessDate, sex: Sex) {
        guard let date = said.statedBirthDate else {
            throw Refusal(.birthMissing, at: pointer() + "/birthDate")
        }
        guard let sex = said.statedSex else {
            throw Refusal(.birthMissing, at: pointer() + "/sex")
        }
        return (date, sex)
    }

    /// Adds what a registration says of somebody who is registered already: a phone number or papers that registry did
    /// not have. Refuses whatever else it says of that person, so that nobody is renamed in passing.
    static func confirm(
        _ said: some PersonDescription, of known: Person, at pointer: @autoclosure () -> String,
        _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> PersonalData {
        guard var data = try keyring.open(known, unit) else {
            throw Refusal(.personErased, at: pointer() + "/person")
        }
        func isSame(_ new: String, _ old: String, _ field: LookupField) -> Bool {
            field.form(of: new) == field.form(of: old)
        }
        for (index, paper) in said.allPapers.enumerated() {
            try confirm(
                paper, of: known, &data, at: pointer() + place(of: index, in: said), unit, keyring)
        }
        guard isSame(said.name, data.name, .name) else {
            throw Refusal(.otherPerson, at: pointer() + "/name")
        }
        if let phone = said.phone {
            guard isSame(phone, data.phone ?? phone, .phone) else {
                throw Refusal(.otherPerson, at: pointer() + "/phone")
            }
            if data.phone == nil { data.phone = PersonalData.trimmed(phone) }
        }
        guard said.statedBirthDate ?? known.birthDate == known.birthDate else {
            throw Refusal(.otherPerson, at: pointer() + "/birthDate")
        }
        guard said.statedSex ?? known.sex == known.sex else {
            throw Refusal(.otherPerson, at: pointer() + "/sex")
        }
        return data
    }

    private static func confirm(
        _ paper: Paper, of known: Person, _ data: inout PersonalData,
        at pointer: @autoclosure () -> String, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        let held = try PersonPapers(known, unit, keyring)
        if held.has(paper) { return }
        guard !held.wasWrong(paper), !paper.kind.isResidentID || held.residentId == nil else {
            throw Refusal(.otherResident, at: pointer())
        }
        try held.requireRoom(at: pointer())
        if try claim(paper, for: known.id, at: pointer(), unit, keyring) {
            data.papers.append(PersonalData.HeldPaper(paper: paper))
        }
    }

    // MARK: Withdrawal

    /// Withdraws all papers of one registration as wrong, because they are another person's, who can be registered
    /// with them from then on. The papers of registrations that were merged into it stay. The caller stores the person.
    /// - Parameter merged: the registration with whose merge it turned out.
    static func free(
        _ person: inout Person, by merged: PersonID, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        guard var data = try keyring.open(person, unit) else { return }
        for index in data.papers.indices where data.papers[index].finds {
            data.papers[index].freeing = .init(
                merged: merged, endedBefore: data.papers[index].withdrawnAs)
            data.papers[index].withdrawnAs = .wrong
            try set(data.papers[index].paper, of: nil, isRetired: false, unit, keyring)
        }
        person.sealed = try keyring.seal(data, of: person.id, unit)
    }

    /// Gives registrations the papers back that a merge has freed, once it was none. One that somebody has by now, or in whose
    /// place the registration has another resident id, stays withdrawn.
    static func restore(
        _ persons: [PersonID], freedBy merged: PersonID, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        for var person in try unit.find(Person.self, all: persons.map(\.uuid)) {
            guard var data = try keyring.open(person, unit) else { continue }
            for index in data.papers.indices {
                let held = data.papers[index]
                guard let freeing = held.freeing, freeing.merged == merged else { continue }
                data.papers[index].freeing = nil
                let isTaken = try keyring.hashes(held.paper).contains {
                    try unit.find(PaperKey.self, $0)?.person != nil
                }
                let isReplaced =
                    held.paper.kind.isResidentID && freeing.endedBefore == nil
                    && data.residentId != nil
                guard !isTaken, !isReplaced else { continue }
                data.papers[index].withdrawnAs = freeing.endedBefore
                try set(
                    held.paper, of: person.id, isRetired: freeing.endedBefore != nil, unit, keyring)
            }
            person.sealed = try keyring.seal(data, of: person.id, unit)
            try unit.store(person)
        }
    }
}

extension RefusalCode {
    static let birthMissing = RefusalCode(
        "birth_missing", "birth date and sex, because no number of a paper says them")
    static let otherPerson = RefusalCode(
        "other_person",
        "what is registered of this person, or a correction of it by registry.person.correct.v1")
}

extension PaperKind {
    /// Whether it carries the number of a citizen, of whom each has one.
    var isResidentID: Bool { self == .residentID || self == .residentID15 }
}
