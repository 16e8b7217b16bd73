import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Checks persons as borrowers, under any of their ids.
enum Borrowers {
    /// Refuses a loan to a person who was outside the publisher's scope on that day, not present, or not of
    /// that community.
    static func require(
        _ borrower: Person, from territory: TerritoryCode, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        let registration = try Persons.requireScope(of: borrower, on: day, at: "/borrower", unit)
        guard borrower.isPresent(on: day), let places = registration.whereabouts else {
            throw Refusal(.personGone, at: "/borrower")
        }
        guard try unit.standing(unit.home(places, on: day)).allSatisfy(territory.contains) else {
            throw Refusal(
                .outsideTerritory, at: "/actor/territory",
                expected: "the code of the borrower's community")
        }
    }

    /// Refuses to approve or pay out a loan if the borrower is not present on that day.
    static func requirePresent(
        _ loan: Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        guard let borrower = try Persons.find(loan.borrower, unit), borrower.isPresent(on: day)
        else {
            let expected = "a loan to \(RefusalCode.personGone.expected)"
            throw Refusal(.personGone, at: "/loan", expected: expected)
        }
    }

    /// Refuses a second open loan of the fund. An office that has the borrower no more is not told of one that another office has
    /// given.
    static func requireNoOpenLoan(
        _ borrower: Person, _ fund: FundID, _ unit: UnitOfWork
    ) throws {
        let open = try openLoans(borrower.id, fund, unit)
        guard !open.isEmpty else { return }
        if try !open.contains(where: { try unit.covers($0) }), let home = borrower.lastTerritory {
            try unit.requireScope(home, at: "/borrower")
        }
        throw Refusal(.openLoan, at: "/borrower")
    }

    /// Whether the person has an open loan of the fund under any of the person's ids.
    static func hasOpenLoan(
        _ borrower: PersonID, _ fund: FundID, _ unit: UnitOfWork
    ) throws -> Bool {
        try !openLoans(borrower, fund, unit).isEmpty
    }

    /// The territories of those loans.
    private static func openLoans(
        _ borrower: PersonID, _ fund: FundID, _ unit: UnitOfWork
    ) throws -> [TerritoryCode] {
        try unit.query(
            """
            SELECT territory FROM loan
            WHERE fund = \(fund.uuid) AND borrower IN (SELECT same_person(\(borrower.uuid)))
              AND state IN ('applied', 'endorsed', 'approved', 'active', 'overdue')
            """
        ).map { try $0.decode(TerritoryCode.self, at: 0) }
    }
}
