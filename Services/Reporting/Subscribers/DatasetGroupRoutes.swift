import Hummingbird
import Messages
import Postgres
import ServiceKit

/// Serves the figures of a dataset by series or by key task.
extension DatasetRoutes {
    static func groups(
        of place: DatasetPlace, _ request: Request, _ readers: DatabaseReaders
    ) async throws -> GroupedFigures {
        guard let dataset = Dataset(rawValue: place.state.name) else {
            throw WebProblem(.notFound, .unknownDataset, found: place.state.name)
        }
        let grouping = try value("by", request, ProgrammeGrouping.expected) {
            ProgrammeGrouping(rawValue: $0)
        }
        guard let grouping else {
            throw WebProblem(
                .badRequest, .wrongParameter, pointer: "/by", found: "none",
                expected: ProgrammeGrouping.expected)
        }
        let territory = try value(
            "territory", request, TerritoryCode.expectedOfCells, TerritoryCode.ofCells)
        let period = try value("period", request, PagePeriod.expected) { PagePeriod($0) } ?? .all
        let day = try boundaries(request)
        let found = try await readers.read { connection in
            try ConsistentRead.run(connection) {
                try GroupedFigures.read(dataset, by: grouping, in: territory, period, on: day, $0)
            }
        }
        guard let found else {
            throw WebProblem(.serviceUnavailable, .notPublished, found: "no figures yet")
        }
        return found
    }

    /// The programmes whose cells are sent.
    static func filter(
        _ request: Request, _ readers: DatabaseReaders
    ) async throws -> ProgrammeFilter {
        let query = request.uri.queryParameters
        let (series, keyTask) = (
            query["series"].map(String.init), query["key_task"].map(String.init)
        )
        do {
            return try await readers.read { connection in
                try ProgrammeFilter.read(series: series, keyTask: keyTask) {
                    try connection.run($0)
                }
            }
        } catch let unknown as UnknownGroup {
            throw WebProblem(
                .badRequest, .wrongParameter, pointer: "/\(unknown.grouping.rawValue)",
                found: unknown.code, expected: unknown.expected)
        }
    }

    /// The day of the boundaries.
    static func boundaries(_ request: Request) throws -> BusinessDate? {
        try value("boundaries", request, BusinessDate.expected) { BusinessDate($0) }
    }

    static func value<Value>(
        _ name: String, _ request: Request, _ expected: String, _ make: (String) -> Value?
    ) throws -> Value? {
        guard let text = request.uri.queryParameters[Substring(name)] else { return nil }
        guard let value = make(String(text)) else {
            throw WebProblem(
                .badRequest, .wrongParameter, pointer: "/\(name)", found: String(text),
                expected: expected)
        }
        return value
    }
}
