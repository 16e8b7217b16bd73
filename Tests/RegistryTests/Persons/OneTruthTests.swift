import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events
@testable import Funding
@testable import Registry
@testable import ServiceSupport

/// What registry, funding and events say of who lives where, with whom, in which categories, alive, member of what.
@Suite struct OneTruthTests {
    @Test func `funding and events hold what registry holds, in whatever order its facts come`()
        throws
    {
        let settings = try PropertySettings(perMille: 4)
        for number in 0..<settings.count {
            var random = PropertyRandom(settings.seed &+ UInt64(number))
            let (truth, facts) = try live(&random)
            for definition in [Events.definition, Funding.definition] {
                let bench = try ServiceBench(definition)
                var left = facts + facts.prefix(5)
                while !left.isEmpty {
                    let fact = left.remove(at: random.number(in: 0...left.count - 1))
                    let subject = try #require(UUID(uuidString: fact.subject))
                    try bench.take(fact.fact, subject: subject, sequence: fact.sequence)
                }
                #expect(
                    try held(bench) == truth,
                    "\(definition.name): seed \(settings.seed), life \(number)")
            }
        }
    }

    /// Plays a life.
    /// - Returns: what registry holds in the end, and the facts that funding and events take in.
    private func live(_ random: inout PropertyRandom) throws -> ([String], [Emission]) {
        let bench = try registryBench()
        var lives = try RandomLives(&random)
        var facts = try lives.registrations.flatMap { try bench.handle($0).emissions }
        for _ in 0..<random.number(in: 10...30) {
            let command = try lives.next(&random)
            let outcome = try bench.handle(command)
            if outcome.isAccepted { lives.note(command) }
            facts += outcome.emissions
        }
        let types = PeopleFacts.all.map { $0.type }
        return (
            try records(bench, lives),
            facts.filter { types.contains(Swift.type(of: $0.fact).type) }
        )
    }

    private func held(_ bench: ServiceBench) throws -> [String] {
        try bench.connection.run(
            """
            SELECT concat_ws(' ', id, version, birth_date, sex, stays, died_on, merged_into,
                             merged_on) AS line FROM person
            UNION ALL SELECT concat_ws(' ', id, version, places, dissolved_on) FROM household
            UNION ALL
            SELECT concat_ws(' ', assertion, version, household, subject, category, valid_from,
                             valid_to, verified_on, ended_on, revoked_on) FROM category
            UNION ALL
            SELECT concat_ws(' ', id, version, person, role, territory, enrolled_on, left_on)
            FROM membership
            """
        ).map { try $0.decode(String.self, at: 0) }.sorted()
    }

    private func records(_ bench: HandlerBench, _ lives: RandomLives) throws -> [String] {
        let unit = bench.unit
        let persons = try unit.find(Person.self, all: lives.persons.map(\.uuid)).map(\.record)
        let households = try unit.find(Household.self, all: lives.households.map(\.uuid))
        let assertions = try unit.find(CategoryAssertion.self, all: lives.assertions.map(\.uuid))
        let members = try unit.find(Membership.self, all: lives.members.map(\.uuid))
        let lines =
            persons.map(Self.line) + households.map { Self.line($0.record) }
            + assertions.map { Self.line($0.record) } + members.map { Self.line($0) }
        return lines.sorted()
    }

    // MARK: Records as lines

    private static func line(_ parts: [(any CustomStringConvertible)?]) -> String {
        parts.compactMap { $0?.description }.joined(separator: " ")
    }

    private static func line(_ record: PersonRecord) -> String {
        let stays = record.stays.map { stay in
            [
                stay.from.description, stay.territory?.rawValue ?? "-",
                stay.household?.description ?? "-", stay.role?.rawValue ?? "-",
            ].joined(separator: "/")
        }
        return line([
            record.person, record.version, record.birthDate, record.sex.rawValue,
            stays.joined(separator: " "), record.diedOn, record.mergedInto, record.mergedOn,
        ])
    }

    private static func line(_ record: HouseholdRecord) -> String {
        let places = record.places.map { "\($0.from)/\($0.territory.rawValue)" }
        return line([
            record.household, record.version, places.joined(separator: " "), record.dissolvedOn,
        ])
    }

    private static func line(_ record: CategoryRecord) -> String {
        line([
            record.assertion, record.version, record.household,
            record.subject.uuidString.lowercased(), record.category.rawValue, record.validFrom,
            record.validTo, record.verifiedOn, record.endedOn, record.revokedOn,
        ])
    }

    private static func line(_ member: Membership) -> String {
        let record = member.nextRecord
        return line([
            record.member, record.version - 1, record.person, record.role.rawValue,
            record.territory.rawValue, record.enrolledOn, record.leftOn,
        ])
    }
}
