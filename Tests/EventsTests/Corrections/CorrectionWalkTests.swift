import Foundation
import Messages
import Testing

@testable import Events
@testable import ServiceSupport

/// Every correction of events: twice, early, out of scope, after a merge and after an erasure.
@Suite struct CorrectionWalkTests {
    typealias Row = EventsWalkTable.Row

    @Test func `every correction has a row`() {
        let corrections = CorrectionTypes.all(
            of: Catalogue.eventsCommands, byOfficers: true,
            // A dismissed task puts nothing right.
            without: [SettleEventsTask.self])
        #expect(Set(EventsWalkTable.rows.map { $0.type.type }) == corrections)
    }

    @Test(arguments: EventsWalkTable.rows)
    func `twice, it takes effect once`(_ row: Row) throws {
        try CorrectionWalk(row).twice()
    }

    @Test(arguments: EventsWalkTable.rows)
    func `before there is anything, it waits or is refused`(_ row: Row) throws {
        try CorrectionWalk(row).early()
    }

    @Test(arguments: EventsWalkTable.rows)
    func `before its record, it waits or is refused`(_ row: Row) throws {
        try CorrectionWalk(row).beforeRecord()
    }

    @Test(arguments: EventsWalkTable.rows)
    func `out of scope, it has no effect`(_ row: Row) throws {
        try CorrectionWalk(row).outOfScope()
    }

    @Test(arguments: EventsWalkTable.rows)
    func `after a merge, by the merged id`(_ row: Row) throws {
        try CorrectionWalk(row).merged { $0.person }
    }

    @Test(arguments: EventsWalkTable.rows)
    func `after a merge, by the surviving id`(_ row: Row) throws {
        try CorrectionWalk(row).merged { $0.double }
    }

    @Test(arguments: EventsWalkTable.rows)
    func `after an erasure, it is refused or names nobody`(_ row: Row) throws {
        try CorrectionWalk(row).erased()
    }

    @Test(arguments: EventsWalkLimits.rows)
    func `no constraint of the tables answers it`(
        _ limit: CorrectionLimit<EventsWalkWorld>
    ) throws {
        try limit.play()
    }
}
