import Foundation
import Messages
import ServiceKit
import Support
import Testing

@testable import ServiceSupport

/// Random lives in all four services, against a plain model.
///
/// Registry decides what is accepted; the model takes its receipts as given. What is refused, and why, is tested by each rule's own tests. A
/// model that repeated the rules would be a second registry, and would say nothing of what accepted commands mean.
@Suite struct LivesTests {
    /// After all that happens.
    private static let today = LifeValue.day("2025-06-30")
    private static let years = (2_015...2_024).map { LifeValue.day("\($0)-12-31") }

    @Test func `whatever happens in lives, all services say the same of them as a plain model`()
        throws
    {
        let settings = try PropertySettings(perMille: 1_000)
        print("LivesTests: \(settings.count) lives, NUANXIN_TEST_SEED=\(settings.seed)")
        var random = PropertyRandom(settings.seed)
        let script = try LifeScript(lives: settings.count, random)
        let services = try LifeServices()
        try services.play(script, &random)
        let accepted = services.accepted(script)
        print("LivesTests: \(accepted.count) of \(script.commands.count) steps accepted")
        var model = LifeModel()
        for command in accepted { model.take(command.step) }
        var problems = services.answers.problems(script.commands.map(\.sent))
        problems += try LifeComparison(services, model, on: Self.today).problems()
        for day in [Self.today] + Self.years where problems.isEmpty {
            problems += try figures(services, model, on: day)
        }
        for problem in problems.prefix(20) {
            Issue.record("NUANXIN_TEST_SEED=\(settings.seed): \(problem)")
        }
        if settings.count >= 500 { expectAll(accepted) }
    }

    private func figures(
        _ services: LifeServices, _ model: LifeModel, on day: BusinessDate
    ) throws -> [String] {
        guard let reporting = services.others.first(where: { $0.name == "reporting" }) else {
            return ["reporting is missing"]
        }
        return try LifeFigures(reporting.bench.connection, on: day)
            .problems(model.figures(on: day)).map { "reporting on \(day): \($0)" }
    }

    /// A kind of step that is never accepted says nothing.
    private func expectAll(_ accepted: [LifeCommand]) {
        let types = Set(accepted.map { type(of: $0.sent.command).type })
        let kinds: [any Command.Type] = [
            RegisterHousehold.self, RegisterPerson.self, MovePerson.self, MoveHousehold.self,
            RecordDeath.self, ErasePerson.self, MergePersons.self, AssertCategory.self,
            VerifyCategory.self, EndCategory.self, RevokeCategory.self, EnrolMember.self,
            LeaveMember.self, LoadTerritory.self,
        ]
        for type in kinds.map({ $0.type }) + LaterSteps.taken.map(\.rawValue) {
            #expect(types.contains(type), "none was accepted")
        }
    }
}

/// What registry, events and funding say, beside each other and beside the model.
struct LifeComparison {
    private let answers: [(name: String, said: LifeAnswers)]
    private let model: LifeModel
    private let day: BusinessDate

    init(_ services: LifeServices, _ model: LifeModel, on day: BusinessDate) throws {
        self.model = model
        self.day = day
        let benches =
            [("registry", services.registry)] + services.others.map { ($0.name, $0.bench) }
        answers = try benches.filter { $0.0 != "reporting" }.map { name, bench in
            (name, try LifeAnswers(of: name, bench.connection, on: day))
        }
    }

    func problems() -> [String] {
        answers.flatMap { name, said in
            (persons(said) + households(said) + categories(said) + memberships(said))
                .map { "\(name): \($0)" }
        } + disagreements()
    }

    private func persons(_ said: LifeAnswers) -> [String] {
        let known = Set(model.persons)
        let others = said.persons.keys.filter { !known.contains($0) }
        return others.map { "\($0) is there, whom nobody registered" }
            + known.compactMap { id in
                let due = person(id)
                return said.persons[id] == due
                    ? nil : "\(id) is \(said.persons[id].map { "\($0)" } ?? "missing"), not \(due)"
            }
    }

    private func person(_ id: PersonID) -> LifeAnswers.Person {
        let human = model.human(id)
        guard human == id else { return LifeAnswers.Person(mergedInto: human, isErased: false) }
        var person = LifeAnswers.Person(
            diedOn: model.diedOn(id), isErased: model.isErased(id))
        if !person.isErased, let stay = model.stay(of: id, on: day) {
            (person.territory, person.household) = (stay.territory?.rawValue, stay.household)
            person.role = stay.role?.rawValue
        }
        return person
    }

    private func households(_ said: LifeAnswers) -> [String] {
        model.households.compactMap { id in
            let due = model.place(of: id, on: day)?.rawValue
            return said.households[id] == due
                ? nil
                : "household \(id) is in \(said.households[id] ?? "none"), not \(due ?? "none")"
        }
    }

    private func categories(_ said: LifeAnswers) -> [String] {
        let due = Set(
            model.holding(on: day).map {
                LifeAnswers.Category(category: $0.category.rawValue, subject: $0.subject)
            })
        return said.categories.subtracting(due).map { "\($0) holds" }
            + due.subtracting(said.categories).map { "\($0) does not hold" }
    }

    /// Of those who never died and were never two: what a death or a merge means to a membership is registry's rule.
    private func memberships(_ said: LifeAnswers) -> [String] {
        model.memberships.compactMap { id, due in
            guard model.isPresent(due.person, on: day), !model.changed.contains(due.person) else {
                return nil
            }
            let expected = LifeAnswers.Membership(
                person: due.person, role: due.role.rawValue, territory: due.territory.rawValue,
                enrolledOn: due.enrolledOn, leftOn: due.leftOn, isVoid: false)
            return said.memberships[id] == expected
                ? nil
                : "membership \(id) is \(said.memberships[id].map { "\($0)" } ?? "missing"), not \(expected)"
        }
    }

    /// Of all memberships: what registry holds, the others hold.
    private func disagreements() -> [String] {
        guard let registry = answers.first?.said else { return [] }
        return answers.dropFirst().flatMap { name, said in
            registry.memberships.compactMap { id, due in
                said.memberships[id] == due
                    ? nil : "\(name): membership \(id) is not as registry has it"
            }
        }
    }
}
