import Messages
import Postgres
import ServiceKit

/// A snapshot of a dataset on the boundaries of a day: a first line with the position, then a line for each cell of the units
/// that were in force on that day. It has no digest, and a subscriber cannot continue from it.
///
/// It names the units whose figures cannot be divided: in the first line, or in CSV with a line each, whose state is `divided`.
struct BoundarySnapshot: Sendable {
    /// Units read at once.
    private static let step = 50

    private let place: DatasetPlace
    private let isCSV: Bool
    private let filter: ProgrammeFilter
    private let cells: BoundaryCells
    private let units: [TerritoryCode]

    /// - Throws: `BoundaryProblem`.
    init(
        on day: BusinessDate, of place: DatasetPlace, _ filter: ProgrammeFilter, _ isCSV: Bool,
        _ readers: DatabaseReaders
    ) async throws {
        try self.init(
            of: place, filter, isCSV,
            await readers.read { connection in
                try ConsistentRead.run(connection) { read in
                    BoundaryCells(
                        boundaries: try Boundaries.on(day, read),
                        measures: try MeasureCatalogue(read))
                }
            })
    }

    init(
        of place: DatasetPlace, _ filter: ProgrammeFilter, _ isCSV: Bool, _ cells: BoundaryCells
    ) {
        self.place = place
        self.filter = filter
        self.isCSV = isCSV
        self.cells = cells
        units = cells.boundaries.units
    }

    private struct Head: Encodable {
        let dataset: String
        let epoch: Int64
        let seq: Int64
        let edition: Int64?
        let asOf: Timestamp?
        let boundaries: BusinessDate
        /// Those whose cells follow; nil for all.
        let programmes: [String]?
        let divided: [DividedUnit]
    }

    private var divided: [DividedUnit] {
        units.compactMap { unit in
            cells.boundaries.divided[unit].map { DividedUnit(territory: unit, codes: $0) }
        }
    }

    func head() throws -> String {
        let (state, edition) = (place.state, place.edition)
        if isCSV {
            return CellCSV.head
                + divided.map {
                    CellCSV.line(of: $0.territory, divided: state, edition)
                }.joined()
        }
        return try DatasetRoutes.line(
            Head(
                dataset: state.name, epoch: state.epoch, seq: state.seq, edition: edition?.number,
                asOf: edition?.asOf, boundaries: cells.boundaries.day,
                programmes: filter.programmes?.sorted(), divided: divided))
    }

    /// - Parameter start: how many units have been sent.
    func page(_ start: Int64, _ readers: DatabaseReaders) async throws -> DatasetRoutes.Page {
        let some = units.dropFirst(Int(start)).prefix(Self.step)
        let next = start + Int64(some.count)
        return try await readers.read { connection in
            let found = try cells.cells(of: some, in: place.state) { try connection.run($0) }
            return try DatasetRoutes.Page(
                found.filter { filter.takes($0.key.programme) }, place.edition, isCSV,
                last: next < units.count ? next : nil)
        }
    }
}
