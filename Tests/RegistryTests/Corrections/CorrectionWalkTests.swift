import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Registry
@testable import ServiceSupport

/// Every correction of registry: twice, early, out of scope, after a merge and after an erasure.
@Suite struct CorrectionWalkTests {
    typealias Row = RegistryWalkTable.Row

    @Test func `every correction has a row`() {
        let corrections = CorrectionTypes.all(
            of: Catalogue.registryCommands, byOfficers: true,
            // A further paper and a dismissed task put nothing right.
            without: [RecordPaper.self, SettleRegistryTask.self])
        #expect(Set(RegistryWalkTable.rows.map { $0.type.type }) == corrections)
    }

    @Test(arguments: RegistryWalkTable.rows)
    func `twice, it takes effect once`(_ row: Row) throws {
        try CorrectionWalk(row).twice()
    }

    @Test(arguments: RegistryWalkTable.rows)
    func `before there is anything, it waits or is refused`(_ row: Row) throws {
        try CorrectionWalk(row).early()
    }

    @Test(arguments: RegistryWalkTable.rows)
    func `before its record, it waits or is refused`(_ row: Row) throws {
        try CorrectionWalk(row).beforeRecord()
    }

    @Test(arguments: RegistryWalkTable.rows)
    func `out of scope, it has no effect`(_ row: Row) throws {
        try CorrectionWalk(row).outOfScope()
    }

    @Test(arguments: RegistryWalkTable.rows)
    func `after a merge, by the merged id`(_ row: Row) throws {
        try CorrectionWalk(row).merged { $0.person }
    }

    @Test(arguments: RegistryWalkTable.rows)
    func `after a merge, by the surviving id`(_ row: Row) throws {
        try CorrectionWalk(row).merged { $0.double }
    }

    @Test(arguments: RegistryWalkTable.rows)
    func `after an erasure, it is refused or names nobody`(_ row: Row) throws {
        try CorrectionWalk(row).erased()
    }

    @Test(arguments: RegistryWalkLimits.rows)
    func `no constraint of the tables answers it`(
        _ limit: CorrectionLimit<RegistryWalkWorld>
    ) throws {
        try limit.play()
    }

    /// Each publisher chooses the ids of its messages.
    @Test func `two publishers take a consent back by messages of one id`() throws {
        let world = try RegistryWalkWorld()
        let bench = try world.bench()
        let id = UUID()
        try bench.make([
            world.household(),
            GrantPublisher(
                publisher: "street", territories: [world.actor.territory], types: ["registry.*"]),
        ])
        for publisher in ["operator", "street"] {
            let decision = RecordConsent(
                person: world.person, purpose: .service, decision: .given,
                decidedOn: try world.day("2019-07-01"))
            let answer = try bench.decide(decision, id: id, publisher: publisher)
            #expect(try answer.fate == .accepted, "\(publisher): \(answer.code ?? "")")
        }
        let mistake = UUID()
        for publisher in ["operator", "street"] {
            let void = VoidConsent(
                person: world.person, purpose: .service, decision: .given,
                decidedOn: try world.day("2019-07-01"), reason: "a slip", actor: world.actor)
            let answer = try bench.decide(void, id: mistake, publisher: publisher)
            #expect(try answer.fate == .accepted, "\(publisher): \(answer.code ?? "")")
        }
        #expect(try bench.number("SELECT count(*) FROM consent_record") == 4)
    }
}
