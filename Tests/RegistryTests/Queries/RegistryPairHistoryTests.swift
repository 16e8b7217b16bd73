import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry

/// The histories of two registrations that were one, or were thought to be.
@Suite struct RegistryPairHistoryTests {
    private typealias Samples = RegistrySamples
    private let book: HistoryBook

    init() throws { book = try HistoryBook() }

    private func day(_ text: String) throws -> BusinessDate { try Samples.date(text) }

    // MARK: Two registrations

    @Test func `after an unmerge both persons' histories show the merge and what undid it`() throws
    {
        try book.accept([
            book.merge(book.double, into: book.child), book.unmerge(book.double, from: book.child),
        ])
        let steps = [PersonsMerged.type, PersonsUnmerged.type]
        #expect(try book.types(of: book.double.uuid) == [PersonRegistered.type] + steps)
        #expect(try book.types(of: book.child.uuid) == [HouseholdRegistered.type] + steps)
        let last = try book.history(of: book.double.uuid).entries.last
        #expect(last?.actor == (try Samples.officer.staff.uuid))
        #expect(last?.on == (try day("2020-04-01")))
        #expect(last?.texts?.map(\.text) == ["示例人 is another one"])
        // What becomes of the other one since is not of this one.
        try book.accept([VerifyPerson(person: book.child, verifiedOn: day("2020-05-01"))])
        #expect(try book.types(of: book.double.uuid) == [PersonRegistered.type] + steps)
    }

    @Test func `of three registrations that were one, each history shows what it was part of`()
        throws
    {
        let last = PersonID(UUID())
        try book.accept([
            Samples.person(8, last), book.merge(book.double, into: book.child),
            book.merge(book.child, into: last), book.unmerge(book.double, from: last),
            book.unmerge(book.child, from: last),
        ])
        #expect(
            try book.types(of: book.double.uuid) == [
                PersonRegistered.type, PersonsMerged.type, PersonsUnmerged.type,
            ])
        #expect(
            try book.types(of: book.child.uuid) == [
                HouseholdRegistered.type, PersonsMerged.type, PersonsMerged.type,
                PersonsUnmerged.type, PersonsUnmerged.type,
            ])
        let undone = try #require(
            book.bench.facts.compactMap { $0.payload as? PersonsUnmerged }.first)
        #expect((undone.survivor, undone.into) == (last, book.child))
    }

    @Test(arguments: [true, false])
    func `the reason of an unmerge goes with the erasure of either`(isSurvivor: Bool) throws {
        let member = MemberID(UUID())
        try book.accept([
            EnrolMember(
                MemberSubject(
                    member: member, person: book.double, role: .volunteer,
                    territory: Samples.territory(Samples.communities[0])),
                enrolledOn: day("2020-01-01")),
            EnrolMember(
                MemberSubject(
                    member: MemberID(UUID()), person: book.child, role: .volunteer,
                    territory: Samples.territory(Samples.communities[0])),
                enrolledOn: day("2020-01-01")),
            book.merge(book.double, into: book.child), book.unmerge(book.double, from: book.child),
        ])
        let restored = try book.history(of: member.uuid).entries
        #expect(
            restored.map(\.type) == [MemberEnrolled.type, MemberLeft.type, MemberEnrolled.type])
        #expect(restored.last?.texts?.count == 1)
        let erased = isSurvivor ? book.child : book.double
        try book.accept([ErasePerson(person: erased, erasedOn: day("2020-06-01"))])
        #expect(try book.history(of: member.uuid).entries.allSatisfy { $0.texts == nil })
        #expect(try book.bench.texts() == [])
    }

    @Test func `a reason that was given while two were one goes with the erasure of either`() throws
    {
        try book.accept([
            book.merge(book.double, into: book.child),
            RecordDeath(person: book.double, diedOn: day("2020-03-02")),
            VoidDeath(
                person: book.double, voidedOn: day("2020-03-03"), reason: "it was 示例人",
                actor: Samples.officer),
            book.unmerge(book.double, from: book.child),
        ])
        #expect(try book.bench.texts(about: book.double.uuid).count == 2)
        try book.accept([ErasePerson(person: book.double, erasedOn: day("2020-06-01"))])
        #expect(try book.bench.texts() == [])
    }

    @Test func `no reason is kept about somebody who was erased`() throws {
        let member = MemberID(UUID())
        try book.accept([
            EnrolMember(
                MemberSubject(
                    member: member, person: book.double, role: .volunteer,
                    territory: Samples.territory(Samples.communities[0])),
                enrolledOn: day("2020-01-01")),
            ErasePerson(person: book.double, erasedOn: day("2020-06-01")),
            CorrectMember(
                member: member, enrolledOn: day("2020-01-02"), leftOn: day("2020-05-01"),
                reason: "示例人 came later", actor: Samples.officer),
            ErasePerson(person: book.head, erasedOn: day("2020-06-01")),
            CorrectCategory(
                assertion: book.poor.assertion, validFrom: day("2016-01-01"),
                reason: "示例人 worked until then", actor: Samples.officer),
        ])
        #expect(try book.bench.texts() == [])
        let last = try book.history(of: member.uuid).entries.last
        #expect(last?.type == MemberCorrected.type)
        #expect(last?.on == Timestamp.now().businessDay)
    }

    // MARK: Tasks

    @Test func `a task that somebody has dismissed is a step of the record that it is about`()
        throws
    {
        let task = Tasks.id(.nameSuccessor, book.household.uuid)
        let community = try Samples.territory(Samples.communities[0])
        _ = try book.bench.connection.run(
            """
            INSERT INTO task (id, kind, subject, territory, raised_on, raised_by, is_dismissed,
                              sequence)
            VALUES (\(task), 'name_successor', \(book.household), \(community), '2020-02-01', \(task),
                    false, 0)
            """)
        try book.accept([
            SettleRegistryTask(
                TaskDismissal(
                    task: task, settledOn: day("2020-02-11"), reason: "they move out",
                    actor: Samples.officer))
        ])
        let last = try book.history(of: book.household.uuid).entries.last
        #expect(last?.type == RegistryTaskSettled.type)
        #expect(last?.on == (try day("2020-02-11")))
        #expect(last?.actor == (try Samples.officer.staff.uuid))
    }

    @Test func `two registrations that are two by an officer's decision both say so`() throws {
        let pair = Doubles.pair(book.double, book.child)
        let task = Tasks.id(.reviewDouble, pair)
        let community = try Samples.territory(Samples.communities[0])
        let (first, second) = ("\(book.double)", "\(book.child)")
        _ = try book.bench.connection.run(
            """
            INSERT INTO probable_double (id, first, second, task)
            VALUES (\(pair), least(\(first)::uuid, \(second)::uuid),
                    greatest(\(first)::uuid, \(second)::uuid), \(task))
            """)
        _ = try book.bench.connection.run(
            """
            INSERT INTO task (id, kind, subject, territory, raised_on, raised_by, is_dismissed,
                              sequence)
            VALUES (\(task), 'review_double', \(pair), \(community), '2020-02-01', \(task),
                    false, 0)
            """)
        try book.accept([
            SettleRegistryTask(
                TaskDismissal(
                    task: task, settledOn: day("2020-02-11"), reason: "twins",
                    actor: Samples.officer))
        ])
        for person in [book.double, book.child] {
            #expect(try book.types(of: person.uuid).last == RegistryTaskSettled.type)
        }
        #expect(try book.types(of: book.head.uuid).last == HouseholdRegistered.type)
    }
}
