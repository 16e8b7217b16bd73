import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Random sequences of what moves money and goods, against a plain model.
@Suite struct PropertyFundingTests {
    @Test("Whatever comes in whatever order, the books are what was accepted, and never overdrawn")
    func books() async throws {
        try await PropertyRun(FundingSequence.self, perMille: FundingSequence.perMille).play()
    }
}

/// A revolving fund that lends, and one more use of money or goods, with reversals of any of it.
struct FundingSequence: PropertySequence {
    let commands: [PropertyCommand]

    static let perMille = 400

    static let borrowers = (0..<3).map { _ in PersonID(UUID()) }

    static func definition() throws -> ServiceDefinition { Funding.definition }

    /// The site of a sequence's goods. Each sequence has one of its own.
    private static func site(_ number: Int) -> SiteID {
        let digits = String(number, radix: 16)
        let text = "01726000-0005-7000-8000-" + String(repeating: "0", count: 12 - digits.count)
        return SiteID(UUID(uuidString: text + digits) ?? UUID())
    }

    static func prepare(_ bench: ServiceBench) throws {
        try bench.connection.script(FundingSamples.rules)
        let sites = try (0..<PropertySettings(perMille: perMille).count).map { site($0).uuid }
        _ = try bench.connection.run(
            """
            INSERT INTO known_site (id, territory)
            SELECT id, \(FundingSamples.community) FROM unnest(\(sites)) AS s (id)
            """)
        for id in borrowers {
            let fact = HouseholdRegistered(
                household: HouseholdID(UUID()),
                territory: try FundingSamples.territory(FundingSamples.community),
                registeredOn: try FundingSamples.date("2018-03-01"),
                members: [
                    MemberFact(
                        person: id, role: .head, birthDate: try FundingSamples.date("1975-04-05"),
                        sex: .female)
                ], categories: [])
            try bench.take(fact, subject: fact.household.uuid, sequence: 1)
        }
    }

    static func problemsAtEnd(_ bench: ServiceBench) throws -> [String] {
        let rows = try bench.connection.run(
            "SELECT problem FROM ledger_check UNION ALL SELECT problem FROM goods_check")
        return try rows.map { try $0.decode(String.self, at: 0) }
    }

    init(number: Int, _ random: inout PropertyRandom) throws {
        var drawing = try FundingDrawing(random)
        let revolving = try drawing.lending()
        switch drawing.random.number(in: 0...2) {
        case 0: try drawing.granting()
        case 1: try drawing.giving(to: revolving)
        default: try drawing.goods(at: Self.site(number))
        }
        try drawing.reversals()
        commands = drawing.random.merged(drawing.lines)
        random = drawing.random
    }

    func problems(_ answers: PropertyAnswers, _ bench: ServiceBench) throws -> [String] {
        let model = FundingModel(commands.filter(answers.isAccepted))
        let (funds, sites) = (model.funds.map(\.uuid), model.sites.map(\.uuid))
        let rows = try bench.connection.run(
            """
            SELECT 'account ' || fund || ' ' || name, balance_fen
            FROM account WHERE fund = ANY(\(funds)) AND balance_fen <> 0
            UNION ALL
            SELECT 'cash ' || fund || ' ' || day, fen
            FROM account_day WHERE fund = ANY(\(funds)) AND account = 'cash' AND fen <> 0
            UNION ALL
            SELECT 'loan ' || id || ' ' || state, outstanding_fen
            FROM loan WHERE fund = ANY(\(funds))
            UNION ALL
            SELECT 'budget ' || b.id || ' ' || v.name, v.fen
            FROM budget AS b, LATERAL (
                VALUES ('allotted', b.allotted_fen), ('reserved', b.reserved_fen),
                       ('paid', b.paid_fen)) AS v (name, fen)
            WHERE b.fund = ANY(\(funds))
            UNION ALL
            SELECT 'donation ' || d.id,
                   CASE WHEN u.reversed_on IS NOT NULL THEN 0
                   ELSE d.amount_fen - coalesce(u.allocated_fen + u.refunded_fen, 0) END
            FROM donation AS d LEFT JOIN donation_use AS u ON u.id = d.id
            WHERE d.fund = ANY(\(funds))
            UNION ALL
            SELECT 'stock ' || site, quantity FROM stock WHERE site = ANY(\(sites))
            """)
        var stored: [String: Int64] = [:]
        for row in rows {
            stored[try row.decode(String.self, at: 0)] = try row.decode(Int64.self, at: 1)
        }
        let expected = model.figures
        let differences = Set(stored.keys).union(expected.keys).sorted().compactMap { name in
            stored[name] == expected[name]
                ? nil : "\(name) is \(stored[name] ?? 0), not \(expected[name] ?? 0)"
        }
        return differences + model.problems
    }
}
