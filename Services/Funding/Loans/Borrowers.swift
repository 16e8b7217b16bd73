import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Checks persons as borrowers, under any of their ids.
enum Borrowers {
    /// Refuses a loan to a person who is outside the publisher's scope, not present on that day, or not of
    /// that community.
    static func require(
        _ borrower: Person, from territory: TerritoryCode, on day: BusinessDate,
        _ unit: UnitOfWork
    ) throws {
        if let home = borrower.lastTerritory { try unit.requireScope(home, at: "/borrower") }
        guard borrower.isPresent(on: day), let home = borrower.stay(on: day)?.territory else {
            throw Refusal(.personGone, at: "/borrower")
        }
        guard try unit.standing(home).allSatisfy(territory.contains) else {
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

    /// Whether the person has an open loan of the fund under any of the person's ids.
    static func hasOpenLoan(
        _ borrower: PersonID, _ fund: FundID, _ unit: UnitOfWork
    ) throws -> Bool {
        let open = try unit.query(
            """
            SELECT id FROM loan
            WHERE fund = \(fund.uuid) AND borrower IN (SELECT same_person(\(borrower.uuid)))
              AND state IN ('applied', 'endorsed', 'approved', 'active', 'overdue')
            """)
        return !open.isEmpty
    }
}
