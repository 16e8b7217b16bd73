import Foundation
import Hummingbird
import Messages
import Postgres
import ServiceKit

/// Serves published cells over HTTP.
///
///     GET /v1/datasets                                   what there is, and where each dataset is
///     GET /v1/datasets/{d}/snapshot?format=ndjson|csv    all cells; a line that says where, then a cell a line
///                                  &boundaries=          the same on the boundaries of a day (`BoundarySnapshot`)
///     GET /v1/datasets/{d}/events?since=&until=&epoch=   the cells of a range, each as it was published
///     GET /v1/datasets/{d}/groups?by=series|key_task     sums over programmes that belong together
///                                &territory=&period=&boundaries=
///     GET /v1/datasets/{d}/dictionary                    what the measures and the words mean
///
/// A snapshot and events may be of one series or key task only: &series=&key_task=. Long answers are read and sent in pages, all
/// of the same place in the stream. Each says which edition it is of, and of which moment; neither before the first edition.
enum DatasetRoutes {
    private static let page = 1_000
    private static let ndjson = "application/x-ndjson"
    private static let csv = "text/csv; charset=utf-8; header=present"

    @Sendable static func add(to router: WebRouter, _ readers: DatabaseReaders) {
        router.get("/v1/datasets") { _, _ in
            let list = try await readers.read { connection in
                try ConsistentRead.run(connection) { read in
                    DatasetList(try DatasetState.all(read), try EditionMoment.inForce(read))
                }
            }
            return try json(list)
        }
        router.get("/v1/datasets/:dataset/snapshot") { request, context in
            try await answer(context, readers) { try await snapshot(of: $0, request, readers) }
        }
        router.get("/v1/datasets/:dataset/events") { request, context in
            try await answer(context, readers) { try await range(of: $0, request, readers) }
        }
        router.get("/v1/datasets/:dataset/groups") { request, context in
            try await answer(context, readers) {
                try json(await groups(of: $0, request, readers))
            }
        }
        router.get("/v1/datasets/:dataset/dictionary") { _, context in
            try await answer(context, readers) { place in
                let name = place.state.name
                return try json(await readers.read { try DataDictionary(of: name, $0) })
            }
        }
    }

    /// Finds the dataset of the path, and turns a problem into its answer.
    private static func answer(
        _ context: BasicRequestContext, _ readers: DatabaseReaders,
        _ body: (DatasetPlace) async throws -> Response
    ) async throws -> Response {
        let name = context.parameters.get("dataset") ?? ""
        let found = try await readers.read { connection in
            try ConsistentRead.run(connection) { read in
                try DatasetState.find(name, read).map {
                    DatasetPlace(state: $0, edition: try EditionMoment.inForce(read))
                }
            }
        }
        do {
            guard let place = found else {
                throw WebProblem(.notFound, .unknownDataset, found: name)
            }
            guard place.state.epoch > 0 else {
                throw WebProblem(.serviceUnavailable, .notPublished, found: "no epoch yet")
            }
            return try await body(place)
        } catch let problem as WebProblem {
            return try json(problem.refusal, problem.status)
        } catch let problem as BoundaryProblem {
            let web = WebProblem(
                .badRequest, problem.code, pointer: "/\(problem.field)", found: problem.found,
                expected: problem.expected)
            return try json(web.refusal, web.status)
        }
    }

    private static func json(
        _ value: some Encodable, _ status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let body = try MessageEncoder().encode(data: value) + [UInt8(ascii: "\n")]
        return Response(
            status: status, headers: [.contentType: "application/json"],
            body: .init(byteBuffer: ByteBuffer(bytes: body)))
    }

    // MARK: Cells

    private static func snapshot(
        of place: DatasetPlace, _ request: Request, _ readers: DatabaseReaders
    ) async throws -> Response {
        let isCSV = try wantsCSV(request)
        let filter = try await filter(request, readers)
        if let day = try boundaries(request) {
            let snapshot = try await BoundarySnapshot(on: day, of: place, filter, isCSV, readers)
            return lines(isCSV ? csv : ndjson, try snapshot.head()) { after in
                try await snapshot.page(after, readers)
            }
        }
        let (state, edition) = (place.state, place.edition)
        let isWhole = filter.programmes == nil
        let head = SnapshotHead(
            dataset: state.name, epoch: state.epoch, seq: state.seq, edition: edition?.number,
            asOf: edition?.asOf, programmes: filter.programmes?.sorted(),
            cells: isWhole ? state.cells : nil, digest: isWhole ? state.digest.description : nil)
        return lines(isCSV ? csv : ndjson, isCSV ? CellCSV.head : try line(head)) { after in
            try await readers.read { connection in
                let found = try DatasetState.snapshot(
                    of: state.name, at: state.seq, after: after, limit: page
                ) { try connection.run($0) }
                return try Page(found, state.epoch, edition, filter, isCSV)
            }
        }
    }

    private static func range(
        of place: DatasetPlace, _ request: Request, _ readers: DatabaseReaders
    ) async throws -> Response {
        let isCSV = try wantsCSV(request)
        let filter = try await filter(request, readers)
        if let day = try boundaries(request) {
            throw WebProblem(
                .badRequest, .wrongParameter, pointer: "/boundaries", found: "\(day)",
                expected: "none: events are as they were published; a snapshot has boundaries")
        }
        let state = place.state
        let since = try number("since", request) ?? state.first - 1
        let until = min(try number("until", request) ?? state.seq, state.seq)
        if let epoch = try number("epoch", request), epoch != state.epoch {
            throw WebProblem(
                .gone, .epochGone, pointer: "/epoch", found: "\(epoch)",
                expected: "\(state.epoch), and a snapshot of it")
        }
        guard state.first - 1...state.seq ~= since else {
            throw WebProblem(
                .gone, .rangeGone, pointer: "/since", found: "\(since)", expected: state.kept)
        }
        let head = RangeHead(
            dataset: state.name, epoch: state.epoch, seq: state.seq, edition: place.edition?.number,
            asOf: place.edition?.asOf, programmes: filter.programmes?.sorted(), since: since,
            until: until)
        return lines(isCSV ? csv : ndjson, isCSV ? CellCSV.head : try line(head), from: since) {
            since in
            try await readers.read { connection in
                let found = try DatasetState.range(
                    of: state.name, since: since, until: until, limit: page
                ) { try connection.run($0) }
                return try Page(found, state.epoch, nil, filter, isCSV)
            }
        }
    }

    /// A page as it is sent, and where it ends.
    struct Page: Sendable {
        let bytes: [UInt8]
        let last: Int64?

        fileprivate init(
            _ summaries: [Summary], _ epoch: Int64, _ edition: EditionMoment?,
            _ filter: ProgrammeFilter, _ isCSV: Bool
        ) throws {
            let cells = summaries.filter { filter.takes($0.key.programme) }
            try self.init(
                cells.map { $0.published(in: epoch) }, edition, isCSV,
                last: summaries.count == DatasetRoutes.page ? summaries.last?.seq : nil)
        }

        /// - Parameters:
        ///   - edition: that a line of CSV is of; nil for its cell's own.
        ///   - last: where the page ends; nil if there is no other.
        init(
            _ cells: [CellChanged], _ edition: EditionMoment?, _ isCSV: Bool, last: Int64?
        ) throws {
            let encoder = MessageEncoder()
            var bytes: [UInt8] = []
            for cell in cells {
                if isCSV {
                    bytes += CellCSV.lines(cell, of: edition).utf8
                } else {
                    bytes += try encoder.encode(data: cell)
                    bytes.append(UInt8(ascii: "\n"))
                }
            }
            self.bytes = bytes
            self.last = last
        }
    }

    private static func lines(
        _ type: String, _ head: String, from start: Int64 = 0,
        _ next: @escaping @Sendable (Int64) async throws -> Page
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: type],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: head))
                var place: Int64? = start
                while let after = place {
                    let page = try await next(after)
                    try await writer.write(ByteBuffer(bytes: page.bytes))
                    place = page.last
                }
                try await writer.finish(nil)
            })
    }

    static func line(_ value: some Encodable) throws -> String {
        String(decoding: try MessageEncoder().encode(data: value), as: UTF8.self) + "\n"
    }

    // MARK: The request

    private static func number(_ name: String, _ request: Request) throws -> Int64? {
        try value(name, request, "a whole number from 0 on") { text in
            Int64(text).flatMap { $0 >= 0 ? $0 : nil }
        }
    }

    private static func wantsCSV(_ request: Request) throws -> Bool {
        switch request.uri.queryParameters["format"] {
        case "csv": return true
        case "ndjson": return false
        case nil: return request.headers[.accept]?.contains("text/csv") ?? false
        case let other?:
            throw WebProblem(
                .badRequest, .wrongParameter, pointer: "/format", found: String(other),
                expected: "ndjson or csv")
        }
    }
}

/// Where a dataset is, and which edition that is; nil before the first one.
struct DatasetPlace: Sendable {
    let state: DatasetState
    let edition: EditionMoment?
}

private struct DatasetList: Encodable, Sendable {
    struct Dataset: Encodable, Sendable {
        let dataset: String
        let epoch: Int64
        let first: Int64
        let seq: Int64
        let cells: Int64
        let digest: String
    }
    /// In force, for all of them.
    let edition: Int64?
    let asOf: Timestamp?
    let datasets: [Dataset]

    init(_ states: [DatasetState], _ moment: EditionMoment?) {
        edition = moment?.number
        asOf = moment?.asOf
        datasets = states.map {
            Dataset(
                dataset: $0.name, epoch: $0.epoch, first: $0.first, seq: $0.seq, cells: $0.cells,
                digest: $0.digest.description)
        }
    }
}

private struct SnapshotHead: Encodable {
    let dataset: String
    let epoch: Int64
    let seq: Int64
    let edition: Int64?
    let asOf: Timestamp?
    /// Those whose cells follow; nil for all.
    let programmes: [String]?
    /// Of all programmes; nil if not all follow.
    let cells: Int64?
    let digest: String?
}

private struct RangeHead: Encodable {
    let dataset: String
    let epoch: Int64
    let seq: Int64
    /// In force, which is where the dataset is.
    let edition: Int64?
    let asOf: Timestamp?
    /// Those whose cells follow; nil for all.
    let programmes: [String]?
    let since: Int64
    let until: Int64
}
