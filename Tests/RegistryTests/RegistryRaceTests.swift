import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Two workers of registry over one database, each on a thread of its own.
@Suite struct RegistryRaceTests {
    private let definition: ServiceDefinition

    init() throws { definition = try RegistrySamples.definition() }

    @Test func `of two workers that register one resident id at once, one is refused`() async throws
    {
        let url = try await prepare([])
        let commands = try (0..<2).map { _ in
            try (0..<40).map {
                try RegistrySamples.household(members: [RegistrySamples.member($0)])
            }
        }
        let answers = try await decide(commands[0], commands[1].reversed(), url)
        #expect(answers.filter { $0.status == "accepted" }.count == 40)
        #expect(answers.filter { $0.code == "resident_exists" }.count == 40)
    }

    @Test func `of two workers that register the true owner of a wrong paper, one is refused`()
        async throws
    {
        let holder = try RegistrySamples.member(900)
        let papers = try (0..<20).map { try RegistrySamples.passport($0) }
        let day = try RegistrySamples.date("2020-01-01")
        let actor = try RegistrySamples.officer
        var commands: [any Command] = try RegistrySamples.appointment()
        commands.append(try RegistrySamples.household(members: [holder]))
        for paper in papers {
            commands.append(
                RecordPaper(person: holder.person, paper: paper, recordedOn: day, actor: actor))
            commands.append(
                WithdrawPaper(
                    person: holder.person, paper: paper, as: .wrong, withdrawnOn: day,
                    reason: "of another person", actor: actor))
        }
        let url = try await prepare(commands)
        func owners(_ first: Int) throws -> [any Command] {
            try papers.enumerated().map { index, paper in
                var owner = try RegistrySamples.person(first + index)
                owner.papers = [paper]
                return owner
            }
        }
        let answers = try await decide(owners(100), owners(200).reversed(), url)
        #expect(answers.filter { $0.status == "accepted" }.count == 20)
        #expect(answers.filter { $0.code == "resident_exists" }.count == 20)
    }

    @Test func `of two workers that assert one category at once, one is refused`() async throws {
        let household = HouseholdID(UUID())
        let url = try await prepare([
            try RegistrySamples.household(household, members: [RegistrySamples.member(1)])
        ])
        let day = try RegistrySamples.date("1999-01-01")
        // Closed periods: no index refuses their overlap, only the rule under the lock does.
        let asserts = (0..<2).map { _ in
            (0..<20).map { year in
                AssertCategory(
                    assertion: AssertionID(UUID()), household: household, subject: household.uuid,
                    category: .lowIncome, validFrom: day.adding(days: 365 * year),
                    validTo: day.adding(days: 365 * year + 364))
            }
        }
        let answers = try await decide(asserts[0], asserts[1].reversed(), url)
        #expect(answers.filter { $0.status == "accepted" }.count == 20)
        #expect(answers.filter { $0.code == "category_overlaps" }.count == 20)
    }

    @Test func `of two workers that merge two persons into each other, one survivor is left`()
        async throws
    {
        let pairs = (0..<20).map { _ in (PersonID(UUID()), PersonID(UUID())) }
        let url = try await prepare(
            pairs.enumerated().flatMap { index, pair in
                [
                    try RegistrySamples.person(index * 2, pair.0),
                    try RegistrySamples.person(index * 2 + 1, pair.1),
                ]
            })
        let day = try RegistrySamples.date("2020-04-01")
        let answers = try await decide(
            pairs.map { MergePersons(survivor: $0.0, merged: $0.1, mergedOn: day) },
            pairs.reversed().map { MergePersons(survivor: $0.1, merged: $0.0, mergedOn: day) }, url)
        #expect(answers.filter { $0.status == "accepted" }.count == 20)
        #expect(answers.filter { $0.code == "same_person" }.count == 20)
    }

    @Test func `of two workers that merge one person into two others, one is refused`() async throws
    {
        let ids = (0..<3).map { _ in PersonID(UUID()) }
        let url = try await prepare(
            ids.enumerated().map { try RegistrySamples.person($0.offset, $0.element) })
        let day = try RegistrySamples.date("2020-04-01")
        let answers = try await decide(
            [MergePersons(survivor: ids[0], merged: ids[2], mergedOn: day)],
            [MergePersons(survivor: ids[1], merged: ids[2], mergedOn: day)], url)
        #expect(answers.filter { $0.status == "accepted" }.count == 1)
        #expect(answers.filter { $0.code == "already_merged" }.count == 1)
    }

    @Test func `whoever moves while being merged is in one household`() async throws {
        let members = try (0..<20).map { try RegistrySamples.member($0) }
        let homes = members.map { _ in HouseholdID(UUID()) }
        let others = try (20..<40).map { try RegistrySamples.person($0) }
        let url = try await prepare(
            zip(homes, members).map { try RegistrySamples.household($0, members: [$1]) } + others)
        let day = try RegistrySamples.date("2020-04-01")
        let community = try RegistrySamples.territory(RegistrySamples.communities[0])
        let moves = zip(others, homes).map { other, home in
            MovePerson(
                person: other.person, destination: community, household: home, role: .parent,
                movedOn: day)
        }
        let merges = zip(others, members).map { other, member in
            MergePersons(survivor: other.person, merged: member.person, mergedOn: day)
        }
        let answers = try await decide(moves, merges.reversed(), url)
        #expect(answers.filter { $0.code != nil && $0.code != "not_moved" }.isEmpty)
        let strays = try await onThread {
            let rows = try Connection(PostgresConfiguration(url: url)).run(
                """
                SELECT (SELECT count(*) FROM person p JOIN household h
                        ON strpos(h.members, p.id::text) > 0 AND p.household IS DISTINCT FROM h.id)
                     + (SELECT count(*) FROM person p JOIN household h ON p.household = h.id
                        WHERE strpos(h.members, p.id::text) = 0)
                """)
            return try #require(rows.first).decode(Int64.self, at: 0)
        }
        #expect(strays == 0)
    }

    /// A new database with the territories and what `commands` bring.
    private func prepare(_ commands: [any Command]) async throws -> String {
        let definition = definition
        return try await onThread {
            let bench = try ServiceBench(definition)
            try bench.decide(RegistrySamples.loadTerritory())
            try bench.decide(commands)
            return bench.url
        }
    }

    /// Each command is a batch of its own.
    private func decide(
        _ first: [any Command], _ second: [any Command], _ url: String
    ) async throws -> [ServiceBench.Answered] {
        let definition = definition
        func worker(_ commands: [any Command]) async throws -> [ServiceBench.Answered] {
            try await onThread {
                let bench = try ServiceBench(definition, url: url)
                return try commands.map { try bench.decide($0) }
            }
        }
        async let one = worker(first)
        async let other = worker(second)
        return try await one + other
    }
}
