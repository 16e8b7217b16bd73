import Foundation
import Messages
import Postgres
import ServiceKit
import Support

/// A service whose handlers do what a test asks for: `campaign` names the behaviour. It uses messages of
/// the contract, because the foundation knows no others, and tables of its own.
enum ToyService {
    enum Behaviour: String {
        /// Stores the donation and counts it.
        case plain
        /// The same, and waits for its fund first.
        case wait
        case refuse, fail
        /// A value the column is too narrow for (class 22).
        case tooLong = "too-long"
        /// Breaks a CHECK (class 23).
        case check
        /// Breaks a foreign key that is checked at COMMIT.
        case dangling
        /// Asks the database for what it cannot compute.
        case divide
    }

    static let definition = ServiceDefinition(
        name: "funding", version: "0", migrations: [migration],
        constraints: ["toy_reference": (.referenceTaken, "/note")], router: router)

    private static let router: Router = {
        var router = Router()
        router.on(OpenFund.self, keys: { $1.need(ToyFund.self, $0.fund.uuid) }, open)
        router.on(
            ReceiveDonation.self, keys: { $1.need(ToyDonation.self, $0.donation.uuid) }, receive)
        router.on(DepositToFund.self, alone: true, deposit)
        return router
    }()

    static func open(_ command: OpenFund, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(ToyFund.self, command.fund.uuid, else: .toyRule, at: "/fund")
        var fund = ToyFund(id: command.fund.uuid)
        return try unit.save(
            &fund,
            FundOpened(command))
    }

    static func receive(_ command: ReceiveDonation, _ unit: UnitOfWork) throws -> Emission {
        let behaviour = Behaviour(rawValue: command.campaign) ?? .plain
        if behaviour == .wait {
            _ = try unit.require(
                ToyFund.self, command.fund.uuid, else: .toyFundUnknown, at: "/fund")
        }
        var donation = ToyDonation(
            id: command.donation.uuid, amount: command.amountFen, reference: command.note,
            label: "short")
        switch behaviour {
        case .plain, .wait: break
        case .tooLong: donation.label = "a label of more than ten characters"
        case .check: donation.label = "forbidden"
        case .dangling: donation.fund = command.fund.uuid
        case .divide: _ = try unit.query("SELECT 1 / \(Int64(0))")
        case .refuse, .fail: break
        }
        try unit.save(&donation)
        unit.append(ToyEffect(donation: donation.id, message: unit.message.id))
        // Too late on purpose: what was changed before must be dropped.
        if behaviour == .refuse { throw Refusal(.toyRule, at: "/campaign") }
        if behaviour == .fail { throw ToyFailure() }
        return Emission(
            DonationReceived(
                DonationSubject(
                    donation: command.donation, fund: command.fund, programme: Sample.programme,
                    campaign: command.campaign, territory: command.territory),
                amountFen: command.amountFen, receivedOn: command.receivedOn),
            of: donation)
    }

    /// Alone in its transaction: the amount decides what becomes of what it has executed.
    static func deposit(_ command: DepositToFund, _ unit: UnitOfWork) throws -> [Emission] {
        try unit.execute(
            """
            INSERT INTO toy_effect (donation, message)
            VALUES (\(command.deposit.uuid), \(unit.message.id))
            """)
        switch command.amountFen.rawValue {
        case 1: throw Refusal(.toyRule, at: "/amountFen")
        case 2: throw ToyFailure()
        case 3: throw Wait(for: command.fund.uuid, else: .toyFundUnknown, at: "/fund")
        case 4: try unit.execute("INSERT INTO toy_donation (id, label) VALUES (NULL, 'x')")
        default: break
        }
        return []
    }

    static let migration = Migration(
        "0001_toy",
        """
        CREATE TABLE toy_fund (id uuid PRIMARY KEY, sequence bigint NOT NULL);
        CREATE TABLE toy_donation (
            id         uuid        PRIMARY KEY,
            amount_fen bigint      NOT NULL,
            reference  text        CONSTRAINT toy_reference UNIQUE,
            label      varchar(10) NOT NULL CONSTRAINT toy_label CHECK (label <> 'forbidden'),
            fund       uuid        CONSTRAINT toy_fund_exists
                                   REFERENCES toy_fund DEFERRABLE INITIALLY DEFERRED,
            sequence   bigint      NOT NULL
        );
        -- Without a key on purpose: it counts how often a message took effect.
        CREATE TABLE toy_effect (donation uuid NOT NULL, message uuid NOT NULL);
        """)
}

struct ToyFailure: Error {}

struct ToyFund: Aggregate {
    let id: UUID
    var sequence: Int64 = 0
    var key: UUID { id }
    static let table = Table(
        "toy_fund", key: "id", lock: .share, ToyFund.init,
        Field("id", \.id), Field("sequence", \.sequence))
}

struct ToyDonation: Aggregate {
    let id: UUID
    var amount: Fen
    var reference: String?
    var label: String
    var fund: UUID?
    var sequence: Int64 = 0
    var key: UUID { id }
    static let table = Table(
        "toy_donation", key: "id", ToyDonation.init,
        Field("id", \.id), Field("amount_fen", \.amount),
        Field("reference", \.reference), Field("label", \.label),
        Field("fund", \.fund), Field("sequence", \.sequence))
}

struct ToyEffect: Record {
    let donation: UUID
    let message: UUID
    static let table = RecordTable<ToyEffect>(
        "toy_effect",
        columns: [Column("donation", \.donation), Column("message", \.message)])
}

extension RefusalCode {
    static let toyRule = RefusalCode("toy_rule", "something else")
    static let toyFundUnknown = RefusalCode("toy_fund_unknown", "the id of a fund")
    static let referenceTaken = RefusalCode("reference_taken", "a reference that is free")
}
