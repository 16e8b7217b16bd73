import Foundation
import Messages
import Postgres
import ServiceKit

/// Says what stands between a person, whatever the ids, and a loan.
enum Borrowers {
    /// Why nobody there can borrow through that community on that day; nil if somebody can.
    static func refusal(
        of borrower: Person, from territory: TerritoryCode, on day: BusinessDate
    ) -> Refusal? {
        guard borrower.isPresent(on: day), let home = borrower.territory else {
            return Refusal(.personGone, at: "/borrower")
        }
        guard territory.contains(home) else {
            return Refusal(
                .outsideTerritory, at: "/actor/territory",
                expected: "the code of the borrower's community")
        }
        return nil
    }

    /// Why a loan is neither approved nor paid out on that day; nil if there is somebody to pay it to.
    static func refusal(
        of loan: Loan, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Refusal? {
        guard case .person(let borrower) = try Persons.find(loan.borrower, unit),
            borrower.isPresent(on: day)
        else {
            let expected = "a loan to \(RefusalCode.personGone.expected)"
            return Refusal(.personGone, at: "/loan", expected: expected)
        }
        return nil
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
