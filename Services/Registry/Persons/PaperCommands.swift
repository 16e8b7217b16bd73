import Foundation
import Messages
import ServiceKit

/// Records further papers of registered persons, and withdraws papers.
enum PaperCommands {
    static func register(in router: inout Router, _ keyring: Keyring) {
        router.on(
            RecordPaper.self,
            keys: { keys($0.person, $0.paper, $0.actor, keyring, &$1) },
            { try record($0, $1, keyring) })
        router.on(
            WithdrawPaper.self,
            keys: { keys($0.person, $0.paper, $0.actor, keyring, &$1) },
            { try withdraw($0, $1, keyring) })
    }

    private static func keys(
        _ person: PersonID, _ paper: Paper, _ actor: Actor, _ keyring: Keyring,
        _ keys: inout Keys
    ) {
        keys.need(Person.self, person.uuid)
        keys.need(DataKey.self, person.uuid)
        Papers.keys(of: paper, keyring, &keys)
        keys.need(Membership.self, actor.staff.uuid)
    }

    static func record(
        _ command: RecordPaper, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        var person = try Persons.requireInScope(command.person, unit)
        try command.recordedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/recordedOn")
        try Actors.require(command.actor, for: person, on: command.recordedOn, unit)
        try requireAgreement(command.paper, with: person)
        var papers = try PersonPapers(person, unit, keyring)
        if papers.has(command.paper) {
            try renew(command.paper, in: &papers, unit, keyring)
        } else {
            guard !command.paper.kind.isResidentID || papers.residentId == nil else {
                throw Refusal(.otherResident, at: "/paper/number")
            }
            try papers.requireRoom(at: "/paper")
            try Papers.claim(command.paper, for: person.id, at: "/paper/number", unit, keyring)
            papers.add(command.paper)
        }
        try papers.seal(into: &person, unit, keyring)
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.subjects)
        return try unit.save(
            &person,
            PaperRecorded(
                person: person.id, territory: person.territory, kind: command.paper.kind,
                recordedOn: command.recordedOn, actor: command.actor))
    }

    /// Takes a paper that the person has already: one that is valid for longer, was withdrawn before, or is the new form of a
    /// retired number.
    private static func renew(
        _ paper: Paper, in papers: inout PersonPapers, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws {
        let renewed = PersonalData.HeldPaper(paper: paper)
        let count = try papers.change(unit, keyring) {
            $0.finds && $0.paper.identity == paper.identity && $0 != renewed
        } to: {
            $0 = renewed
        }
        guard count > 0 else { throw Refusal(.paperKnown, at: "/paper/number") }
    }

    private static func requireAgreement(
        _ paper: Paper, with person: Person
    ) throws(Refusal) {
        guard let number = paper.citizenNumber else { return }
        guard number.birthDate == person.birthDate, number.sex == person.sex else {
            throw Refusal(.otherBirth, at: "/paper/number")
        }
    }

    static func withdraw(
        _ command: WithdrawPaper, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        var person = try Persons.requireInScope(command.person, unit)
        try command.withdrawnOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/withdrawnOn")
        try Actors.require(command.actor, for: person, on: command.withdrawnOn, unit)
        var papers = try PersonPapers(person, unit, keyring)
        let ending = command.as
        let count = try papers.change(unit, keyring) {
            $0.finds && $0.withdrawnAs != ending
                && $0.paper.identity == command.paper.identity
        } to: {
            $0.withdrawnAs = ending
        }
        guard count > 0 else { throw Refusal(.unknownPaper, at: "/paper/number") }
        if ending == .wrong, command.paper.kind.isResidentID { person.requireVerificationAgain() }
        try papers.seal(into: &person, unit, keyring)
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.subjects)
        return try unit.save(
            &person,
            PaperWithdrawn(
                person: person.id, territory: person.territory, kind: command.paper.kind,
                as: ending, standing: person.standing, withdrawnOn: command.withdrawnOn,
                actor: command.actor))
    }
}

extension Person {
    /// Makes a verified person provisional, because what was verified was wrong.
    mutating func requireVerificationAgain() {
        own.verifiedOn = nil
        inherited.verifiedOn = nil
    }
}

extension RefusalCode {
    static let paperKnown = RefusalCode("paper_known", "a paper that the person does not have yet")
    static let unknownPaper = RefusalCode(
        "unknown_paper", "a paper of this person that was not withdrawn like that")
    static let otherBirth = RefusalCode(
        "other_birth",
        "a number of the person's birth date and sex, which registry.person.correct.v1 corrects")
}
