import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Raises and settles the tasks of loans whose borrower is not there to take or repay them, or has another one.
///
/// An approval that nobody uses expires by its rule all the same. Until then it keeps money from others.
enum LoanTasks {
    static func review(_ loan: Loan, on day: BusinessDate, _ unit: UnitOfWork) throws {
        try unit.demand(
            .settleLoan, loan.key, in: loan.territory, since: since(loan, unit), settledOn: day)
    }

    private static func since(_ loan: Loan, _ unit: UnitOfWork) throws -> BusinessDate? {
        guard loan.state.isOpen, let borrower = try Persons.find(loan.borrower, unit) else {
            return nil
        }
        return try borrower.lostOn ?? doubledOn(loan, unit)
    }

    /// The day of the merge by which the borrower has turned out to have another open loan of the fund. Nobody gets a second
    /// one in another way.
    private static func doubledOn(_ loan: Loan, _ unit: UnitOfWork) throws -> BusinessDate? {
        let others = try others(beside: loan, unit).map(\.borrower)
        guard !others.isEmpty else { return nil }
        return try unit.find(Person.self, all: (others + [loan.borrower]).map(\.uuid))
            .compactMap(\.mergedOn).max()
    }

    /// Settles the task of a loan that is closed. The borrower may have only one open loan now.
    static func closed(_ loan: Loan, on day: BusinessDate, _ unit: UnitOfWork) throws {
        guard try unit.settle(.settleLoan, loan.key, on: day) else { return }
        for other in try others(beside: loan, unit) { try review(other, on: day, unit) }
    }

    /// Open loans of the fund to the same person under another id.
    private static func others(beside loan: Loan, _ unit: UnitOfWork) throws -> [Loan] {
        let ids = try Persons.ids(of: loan.borrower, unit).filter { $0 != loan.borrower }
        guard !ids.isEmpty else { return [] }
        let rows = try unit.query(
            """
            SELECT id FROM loan
            WHERE fund = \(loan.fund.uuid) AND borrower = ANY (\(ids.map(\.uuid)))
              AND state IN ('applied', 'endorsed', 'approved', 'active', 'overdue')
            ORDER BY id
            """)
        // A loan may have been closed by this message, or by one before it in the batch.
        return try unit.find(Loan.self, all: rows.map { try $0.decode(UUID.self, at: 0) })
            .filter(\.state.isOpen)
    }
}
