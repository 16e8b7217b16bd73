import Foundation
import Messages
import ServiceKit

/// Corrects what was registered of a person. What was there before stays sealed with the person's data.
enum PersonCorrections {
    static func register(in router: inout Router, _ keyring: Keyring) {
        router.on(
            CorrectPerson.self,
            keys: { command, keys in
                keys.need(Person.self, command.person.uuid)
                keys.need(DataKey.self, command.person.uuid)
                if let number = command.residentId {
                    Papers.keys(of: Paper(number), keyring, &keys)
                }
                keys.need(Membership.self, command.actor.staff.uuid)
            }, { try correct($0, $1, keyring) })
    }

    static func correct(
        _ command: CorrectPerson, _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Emission {
        var person = try Persons.requireInScope(command.person, unit)
        try command.correctedOn.require(
            from: person.registeredOn, else: .beforeRegistration, at: "/correctedOn")
        try Actors.require(command.actor, for: person, on: command.correctedOn, unit)
        var papers = try PersonPapers(person, unit, keyring)
        var fields = correctTexts(command, &papers.parts[0].data)
        fields += try correctBirth(command, &person, &papers.parts[0].data)
        if try correctNumber(command, of: person, &papers, unit, keyring) {
            fields.append(.residentID)
            person.requireVerificationAgain()
        }
        guard !fields.isEmpty else { throw Refusal(.nothingToCorrect, at: "") }
        try requireAgreement(papers, with: person)
        papers.parts[0].isChanged = true
        try papers.seal(into: &person, unit, keyring)
        person.codes = keyring.codes(papers.parts[0].data)
        unit.keep(command.reason, "reason", of: unit.message.id, about: person.subjects)
        person.version += 1
        return try unit.save(
            &person,
            PersonCorrected(
                person: person.id, territory: person.territory, fields: fields,
                birthDate: person.birthDate, sex: person.sex, standing: person.standing,
                correctedOn: command.correctedOn, actor: command.actor,
                records: PeopleRecords(persons: [person.record])))
    }

    /// - Returns: what changed.
    private static func correctTexts(
        _ command: CorrectPerson, _ data: inout PersonalData
    ) -> [PersonField] {
        var fields: [PersonField] = []
        if let name = command.name.map(PersonalData.trimmed), name != data.name {
            data.keep(.name, data.name, until: command.correctedOn)
            data.name = name
            fields.append(.name)
        }
        let phone =
            command.withoutPhone == true
            ? nil : command.phone.map(PersonalData.trimmed) ?? data.phone
        if phone != data.phone {
            data.keep(.phone, data.phone, until: command.correctedOn)
            data.phone = phone
            fields.append(.phone)
        }
        return fields
    }

    private static func correctBirth(
        _ command: CorrectPerson, _ person: inout Person, _ data: inout PersonalData
    ) throws(Refusal) -> [PersonField] {
        var fields: [PersonField] = []
        if let birthDate = command.birthDate, birthDate != person.birthDate {
            guard birthDate <= person.latestBirth else {
                throw Refusal(
                    .bornTooLate, at: "/birthDate", expected: "a date up to \(person.latestBirth)")
            }
            data.keep(.birthDate, "\(person.birthDate)", until: command.correctedOn)
            person.birthDate = birthDate
            fields.append(.birthDate)
        }
        if let sex = command.sex, sex != person.sex {
            data.keep(.sex, person.sex.rawValue, until: command.correctedOn)
            person.sex = sex
            fields.append(.sex)
        }
        return fields
    }

    /// Makes a number the person's only resident id. Others that were current are free from then on.
    /// - Returns: whether anything changed.
    private static func correctNumber(
        _ command: CorrectPerson, of person: Person, _ papers: inout PersonPapers,
        _ unit: UnitOfWork, _ keyring: Keyring
    ) throws -> Bool {
        guard let number = command.residentId else { return false }
        let paper = Paper(number)
        var count = try papers.change(unit, keyring) {
            $0.withdrawnAs == nil && $0.paper.kind.isResidentID
                && $0.paper.identity != paper.identity
        } to: {
            $0.withdrawnAs = .wrong
        }
        if papers.has(paper) {
            count += try papers.change(unit, keyring) {
                $0.finds && $0.withdrawnAs != nil && $0.paper.identity == paper.identity
            } to: {
                $0.withdrawnAs = nil
            }
        } else {
            try papers.requireRoom(at: "/residentId")
            try Papers.claim(paper, for: person.id, at: "/residentId", unit, keyring)
            papers.add(paper)
            count += 1
        }
        return count > 0
    }

    /// Refuses a birth date or a sex that the number of a current paper contradicts.
    private static func requireAgreement(
        _ papers: PersonPapers, with person: Person
    ) throws(Refusal) {
        for held in papers.all where held.withdrawnAs == nil {
            guard let number = held.paper.citizenNumber else { continue }
            guard number.birthDate == person.birthDate else {
                throw Refusal(.numberDisagrees, at: "/birthDate")
            }
            guard number.sex == person.sex else { throw Refusal(.numberDisagrees, at: "/sex") }
        }
    }
}

extension Person {
    /// The last day on which somebody with this row can have been born.
    fileprivate var latestBirth: BusinessDate {
        earliest(diedOn, registeredOn) ?? registeredOn
    }
}

extension RefusalCode {
    static let bornTooLate = RefusalCode(
        "born_too_late", "a date up to the person's registration and death")
    static let numberDisagrees = RefusalCode(
        "number_disagrees", "what the numbers of the person's papers say, corrected ones included")
}
