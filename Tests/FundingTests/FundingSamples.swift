import Foundation
import Messages
import People
import ServiceKit
import Support
import Testing

@testable import Funding

/// Funds, people and commands for the tests of funding. All people are made up.
enum FundingSamples {
    static let district = "350203"
    static let subdistrict = "350203007"
    static let community = "350203007901"

    static func date(_ text: String) throws -> BusinessDate { try #require(BusinessDate(text)) }

    static func territory(_ text: String) throws -> TerritoryCode {
        try #require(TerritoryCode(text))
    }

    static func programme(_ text: String = "happiness-project") throws -> Programme {
        try #require(Programme(text))
    }

    /// The holder of an office there: another one for each line that asks.
    static func actor(
        _ territory: String, file: String = #fileID, line: Int = #line
    ) throws -> Actor {
        let number = (file.utf8.reduce(0) { $0 + Int($1) } + line) % offices
        return Actor(
            staff: StaffID(try office(territory, number)), territory: try Self.territory(territory))
    }

    // MARK: Rows

    static func fund(
        _ kind: FundKind = .revolving, programme: String = "happiness-project",
        territory: String = district, state: Fund.State = .open
    ) throws -> Fund {
        Fund(
            id: FundID(UUID()), kind: kind, programme: try Self.programme(programme),
            territory: try Self.territory(territory), nameZh: "示例", nameEn: "Sample",
            openedOn: try date("2018-12-01"), state: state, sequence: 1)
    }

    static func mother(in territory: String = community, sex: Sex = .female) throws -> Person {
        Person(
            PersonRecord(
                person: PersonID(UUID()), version: 1, birthDate: try date("1975-04-05"), sex: sex,
                stays: [
                    Stay(
                        from: try date("2018-03-01"), territory: try Self.territory(territory),
                        household: HouseholdID(UUID()), role: .head)
                ]))
    }

    static func rule() throws -> LoanRule {
        LoanRule(
            programme: try programme(), version: 1, validFrom: try date("2000-01-01"),
            minimum: .yuan(10_000), maximum: .yuan(30_000), borrowerSex: .female)
    }

    static func loan(
        _ state: LoanState, since: String = "2019-03-01", owed: Fen = .zero,
        principal: Fen = .yuan(20_000), by borrower: PersonID = PersonID(UUID())
    ) throws -> Loan {
        Loan(
            id: LoanID(UUID()), fund: FundID(UUID()), programme: try programme(),
            borrower: borrower, territory: try territory(community), principal: principal,
            ruleVersion: 1, state: state, since: try date(since), lastOn: try date(since),
            outstanding: owed, sequence: 1)
    }

    // MARK: Commands

    static func open(_ fund: Fund) -> OpenFund {
        OpenFund(
            fund: fund.id, kind: fund.kind, programme: fund.programme, territory: fund.territory,
            nameZh: fund.nameZh, nameEn: fund.nameEn, openedOn: fund.openedOn)
    }

    static func deposit(
        _ amount: Fen, to fund: FundID, on day: String = "2019-01-01"
    ) throws -> DepositToFund {
        DepositToFund(
            deposit: DepositID(UUID()), fund: fund, amountFen: amount, businessDate: try date(day))
    }

    static func donate(
        _ amount: Fen = .yuan(100), to fund: FundID, id: DonationID = DonationID(UUID()),
        in territory: String = community, on day: String = "2020-02-12"
    ) throws -> ReceiveDonation {
        ReceiveDonation(
            donation: id, fund: fund, campaign: "one-yuan-donation",
            territory:
                try Self.territory(territory), amountFen: amount, receivedOn: try date(day))
    }

    static func apply(
        for principal: Fen = .yuan(20_000), by borrower: PersonID, to fund: FundID,
        loan: LoanID = LoanID(UUID()), from territory: String = community,
        on day: String = "2019-03-01"
    ) throws -> ApplyForLoan {
        ApplyForLoan(
            loan: loan, fund: fund, borrower: borrower, principalFen: principal,
            appliedOn: try date(day), actor: try actor(territory))
    }

    static func endorse(
        _ loan: LoanID, by territory: String = subdistrict, on day: String = "2019-03-05"
    ) throws -> EndorseLoan {
        EndorseLoan(loan: loan, endorsedOn: try date(day), actor: try actor(territory))
    }

    static func approve(
        _ loan: LoanID, by territory: String = district, on day: String = "2019-03-12"
    ) throws -> ApproveLoan {
        ApproveLoan(loan: loan, approvedOn: try date(day), actor: try actor(territory))
    }

    static func reject(
        _ loan: LoanID, by territory: String = district, on day: String = "2019-03-12"
    ) throws -> RejectLoan {
        RejectLoan(
            loan: loan, rejectedOn: try date(day), reason: "no plan", actor: try actor(territory))
    }

    static func disburse(_ loan: LoanID, on day: String = "2019-03-19") throws -> DisburseLoan {
        DisburseLoan(loan: loan, businessDate: try date(day))
    }

    static func repay(
        _ amount: Fen, of loan: LoanID, id: RepaymentID = RepaymentID(UUID()),
        on day: String = "2019-06-01"
    ) throws -> RepayLoan {
        RepayLoan(repayment: id, loan: loan, amountFen: amount, businessDate: try date(day))
    }

    static func writeOff(
        _ loan: LoanID, by territory: String = district, on day: String = "2020-03-01"
    ) throws -> WriteOffLoan {
        WriteOffLoan(
            loan: loan, businessDate: try date(day), reason: "gone", actor: try actor(territory))
    }

    // MARK: Facts of registry

    static func registered(
        _ person: Person, household: HouseholdID = HouseholdID(UUID())
    ) throws -> HouseholdRegistered {
        HouseholdRegistered(
            household: household, territory: try #require(person.lastTerritory),
            registeredOn: try date("2018-03-01"),
            members: [
                MemberFact(
                    person: person.id, role: .head, birthDate: try #require(person.birthDate),
                    sex: person.sex)
            ], categories: [])
    }

    /// A household of the community with one woman.
    static func registered(
        _ household: HouseholdID, _ person: PersonID, categories: [CategoryFact] = []
    ) throws -> HouseholdRegistered {
        HouseholdRegistered(
            household: household, territory: try territory(community),
            registeredOn: try date("2018-03-01"),
            members: [
                MemberFact(
                    person: person, role: .head, birthDate: try date("1960-02-29"), sex: .female)
            ], categories: categories)
    }
}
