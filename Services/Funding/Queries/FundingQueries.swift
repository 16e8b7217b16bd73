import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Answers publishers' queries about loans, cover, grants, funds and decisions in their scope, by ids alone. Every answer is noted
/// in `ReadAccess`, with each person and household that it is about. Nothing else is stored.
enum FundingQueries {
    static func register(in router: inout Router) {
        router.on(GetLoan.self, LoanQueries.loan)
        router.on(ListLoans.self, LoanQueries.loans)
        router.on(ListPolicies.self, PolicyQueries.policies)
        router.on(ListGrants.self, GrantQueries.grants)
        router.on(GetFund.self, FundQueries.fund)
        router.on(ListDecisions.self, DecisionQueries.decisions)
        router.on(ListEnrolment.self, EnrolmentQueries.list)
    }

    /// Whoever may not know all ids is not told whether there is one: the answer is that for an id outside the scope.
    static func unknown(_ code: RefusalCode, at pointer: String, _ unit: UnitOfWork) -> Refusal {
        Refusal(unit.isUnlimited ? code : .outOfScope, at: pointer)
    }

    /// The person whom the id means now, if it is in the publisher's scope. Who was erased is found too: what was lent or
    /// insured remains on the books.
    static func person(
        _ id: PersonID, else code: RefusalCode, at pointer: String, _ unit: UnitOfWork
    ) throws -> Person {
        guard let person = try Persons.find(id, unit), let territory = person.lastTerritory else {
            throw unknown(code, at: pointer, unit)
        }
        try unit.requireScope(territory, at: pointer)
        return person
    }

    /// Refuses a query for records in a state that none can have.
    static func requireState<S>(_ name: String?, _ states: [S]) throws(Refusal)
    where S: RawRepresentable<String> {
        guard let name, !states.contains(where: { $0.rawValue == name }) else { return }
        throw Refusal(
            .unknownState, at: "/state",
            expected: "one of " + states.map(\.rawValue).joined(separator: ", "))
    }
}

extension RefusalCode {
    static let unknownState = RefusalCode("unknown_state", "a state that such a record can have")
}
