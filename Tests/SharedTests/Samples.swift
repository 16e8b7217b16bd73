import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

/// Made-up values for messages.
enum Sample {
    static let programme = value(Programme("one-yuan-donation"))
    static let district = value(TerritoryCode("350203"))
    static let day = value(BusinessDate("2020-05-26"))

    /// Constants of the tests that a mistyping would make nil.
    static func value<T>(_ value: T?) -> T {
        guard let value else { preconditionFailure("a sample is invalid") }
        return value
    }

    static func donation(
        _ behaviour: ToyService.Behaviour = .plain, id: UUID = UUID(), fund: UUID = UUID(),
        reference: String? = nil, amount: Int64 = 100, territory: TerritoryCode = district
    ) -> ReceiveDonation {
        ReceiveDonation(
            donation: DonationID(id), fund: FundID(fund), campaign: behaviour.rawValue,
            territory: territory, amountFen: Fen(rawValue: amount), receivedOn: day,
            note: reference)
    }

    static func fund(_ id: UUID = UUID()) -> OpenFund {
        OpenFund(
            fund: FundID(id), kind: .donation, programme: programme, territory: district,
            nameZh: "一元捐", nameEn: "One-Yuan Donation", openedOn: day)
    }

    static func deposit(_ amount: Int64) -> DepositToFund {
        DepositToFund(
            deposit: DepositID(UUID()), fund: FundID(UUID()), amountFen: Fen(rawValue: amount),
            businessDate: day)
    }
}

extension ServiceBench {
    /// The one number that a query gives.
    func count(_ statement: Statement) throws -> Int {
        Int(try #require(connection.run(statement).first).decode(Int64.self, at: 0))
    }

    func count(of table: String) throws -> Int {
        try count(Statement(trusted: "SELECT count(*) FROM \(table)"))
    }

    func text(_ statement: Statement) throws -> String? {
        try connection.run(statement).first?.decode(optional: String.self, at: 0)
    }
}
