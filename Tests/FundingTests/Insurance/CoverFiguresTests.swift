import Foundation
import Messages
import Postgres
import Support
import Testing

@testable import Funding
@testable import Reporting

/// Funding's policies and reporting's figures agree; the figures come from funding's own facts.
@Suite struct CoverFiguresTests {
    typealias Samples = FundingSamples
    let cover: FundingCover
    let reporting: ServiceBench
    var world: FundingWorld { cover.world }

    init() throws {
        cover = try FundingCover()
        reporting = try ServiceBench(Reporting.definition)
    }

    /// Brings reporting all that funding has published so far, most of it again.
    private func publish() throws {
        try reporting.take(published: world.bench.bodies.reversed())
    }

    /// In the order of the names; 0 where there is no figure.
    private func figures() throws -> [String: Int64] {
        let rows = try reporting.connection.run(
            """
            SELECT measure, value FROM cell_value
            WHERE territory = '350203' AND period = 'all' AND dimension = '' AND value <> 0
              AND measure IN ('insured_households', 'premium_paid_fen', 'policies_terminated',
                              'premium_returned_fen')
            """)
        return Dictionary(
            uniqueKeysWithValues: try rows.map {
                (try $0.decode(String.self, at: 0), try $0.decode(Int64.self, at: 1))
            })
    }

    /// At the end of the policy year.
    private func covered() throws -> Int64? {
        try reporting.connection.run(
            """
            SELECT value FROM cell_value
            WHERE territory = '350203' AND period = '2020' AND dimension = ''
              AND measure = 'households_covered'
            """
        ).first?.decode(Int64.self, at: 0)
    }

    private func expectAgreement(_ location: SourceLocation = #_sourceLocation) throws {
        try publish()
        let figures = try figures()
        let insured = try world.count("SELECT count(*) FROM policy WHERE state <> 'refused'")
        let active = try world.count("SELECT count(*) FROM policy WHERE state = 'active'")
        let paid = try world.balance(.premiumExpense, of: cover.fund)
        #expect(
            figures["insured_households", default: 0] == Int64(insured), sourceLocation: location)
        #expect(try covered() ?? 0 == Int64(active), sourceLocation: location)
        #expect(
            figures["premium_paid_fen", default: 0]
                == paid + figures["premium_returned_fen", default: 0], sourceLocation: location)
        #expect(
            try reporting.connection.run("SELECT FROM cell_mismatches()").isEmpty,
            sourceLocation: location)
        try world.expectSoundBooks(location)
    }

    @Test("Insured households and premium paid are what policies and books say, after each step")
    func agree() throws {
        let families = try cover.families(3).map(\.id.uuid)
        let run = try cover.submittedRun()
        try world.accept(try cover.reconcile(run))
        try expectAgreement()
        #expect(try figures() == ["insured_households": 3, "premium_paid_fen": 24_000])
        try world.accept(try cover.terminate(run, families[0], from: "2020-10-01"))
        try expectAgreement()
        #expect(
            try figures() == [
                "insured_households": 3, "premium_paid_fen": 24_000,
                "policies_terminated": 1, "premium_returned_fen": 2_010,
            ])
        try world.accept(
            try Samples.reverse(
                try world.transfer(.premiumReturn, of: cover.fund), on: "2020-12-01"))
        try expectAgreement()
        #expect(try figures() == ["insured_households": 3, "premium_paid_fen": 24_000])
        try world.accept(try Samples.reverse(try cover.premium(), on: "2020-12-01"))
        try expectAgreement()
        #expect(try figures() == [:])
        let next = try cover.submittedRun()
        try world.accept(try cover.reconcile(next))
        try expectAgreement()
        #expect(try figures() == ["insured_households": 3, "premium_paid_fen": 24_000])
    }

    @Test("A supplement that is taken back counts no persons")
    func supplement() throws {
        let cover = try FundingCover(.person, premium: .yuan(300))
        try cover.world.register([
            TestHousehold(
                territory: try Samples.territory(Samples.community),
                members: [
                    .init(role: .head, birth: try Samples.date("1960-01-01")),
                    .init(role: .spouse, birth: try Samples.date("1962-01-01")),
                ],
                recognitions: [.init(category: .bereaved, from: try Samples.date("2017-01-01"))])
        ])
        let run = try cover.submittedRun()
        try cover.world.accept(try cover.reconcile(run))
        try cover.world.accept(try Samples.reverse(try cover.premium()))
        let bodies = cover.world.bench.bodies
        for order in [bodies, bodies.reversed()] {
            let reporting = try ServiceBench(Reporting.definition)
            try reporting.take(published: order)
            let rows = try reporting.connection.run(
                "SELECT measure FROM cell_value WHERE measure LIKE '%supplement%'")
            #expect(rows.isEmpty)
            #expect(
                try reporting.connection.run("SELECT FROM cell_mismatches()").isEmpty)
        }
    }
}
