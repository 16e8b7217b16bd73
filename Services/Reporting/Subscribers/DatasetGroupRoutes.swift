import Hummingbird
import Messages
import Postgres
import ServiceKit

/// What of a dataset belongs together: a series, or a key task.
extension DatasetRoutes {
    static func groups(
        of place: DatasetPlace, _ request: Request, _ readers: DatabaseReaders
    ) async throws -> GroupedFigures {
        guard let dataset = Dataset(rawValue: place.state.name) else {
            throw WebProblem(.notFound, .unknownDataset, found: place.state.name)
        }
        let grouping = try value("by", request, "series or key_task") {
            ProgrammeGrouping(rawValue: $0)
        }
        guard let grouping else {
            throw WebProblem(
                .badRequest, .wrongParameter, pointer: "/by", found: "none",
                expected: "series or key_task")
        }
        let territory = try value(
            "territory", request, PageParameters.territoryExpected, PageParameters.territory)
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

    /// Of whose programmes cells are sent.
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

    /// The day on whose boundaries figures are asked for.
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
