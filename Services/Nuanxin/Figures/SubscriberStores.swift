import CommandLineKit
import Foundation
import Messages
import Postgres
import ServiceKit

/// Keeps cells in memory, and optionally in a file: a line with the position, then a cell a line, in the order of their
/// keys. A new file replaces the old one by a rename, so that a reader, also after a crash, finds a whole file.
final class FileStore: SubscriberStore {
    struct Unreadable: Error, CustomStringConvertible {
        let path: String
        var description: String { "\(path) holds no cells of this dataset: give another file" }
    }

    /// The interval at which a busy dataset is written.
    private static let interval: Duration = .seconds(1)

    private let url: URL?
    private let encoder = MessageEncoder()
    private var cells: [CellChanged.Key: CellChanged] = [:]
    private var sum = SetDigest()
    private(set) var position: SubscriberPosition?
    private var isDirty = false
    private var lastWritten = ContinuousClock.now

    /// - Parameter path: nil to keep nothing beyond the process.
    init(_ path: String?, dataset: String) throws {
        url = path.map { URL(filePath: $0) }
        // A copy that cannot be read is not overwritten.
        guard let path, FileManager.default.fileExists(atPath: path) else { return }
        let content = try NamedFile.read(path, as: "a file of cells, or a new one")
        let text = String(decoding: content, as: UTF8.self)
        let lines = text.split(separator: "\n")
        let decoder = JSONDecoder()
        guard let head = lines.first,
            let position = try? decoder.decode(SubscriberPosition.self, from: Data(head.utf8)),
            position.dataset == dataset
        else { throw Unreadable(path: path) }
        for line in lines.dropFirst() {
            guard let cell = try? decoder.decode(CellChanged.self, from: Data(line.utf8)) else {
                throw Unreadable(path: path)
            }
            try put(cell)
        }
        self.position = position
    }

    func replace(_ position: SubscriberPosition, _ nextPage: () throws -> [CellChanged]?) throws {
        var fresh: [CellChanged] = []
        while let page = try nextPage() { fresh += page }
        cells.removeAll(keepingCapacity: true)
        sum = SetDigest()
        for cell in fresh { try put(cell) }
        self.position = position
        isDirty = true
        try flush()
    }

    func apply(_ cells: [CellChanged], _ position: SubscriberPosition) throws {
        for cell in cells { try put(cell) }
        isDirty = isDirty || !cells.isEmpty || position != self.position
        self.position = position
        if ContinuousClock.now - lastWritten > Self.interval { try flush() }
    }

    func digest() -> SetDigest { sum }

    private func put(_ cell: CellChanged) throws {
        if let old = cells.updateValue(cell, forKey: cell.key) {
            sum.toggle(try old.canonicalLine(encoder))
        }
        sum.toggle(try cell.canonicalLine(encoder))
    }

    func flush() throws {
        guard isDirty, let url, let position else { return }
        var bytes = try encoder.encode(data: position)
        let order = cells.keys.sorted {
            ($0.territory.rawValue, $0.period, $0.programme)
                < ($1.territory.rawValue, $1.period, $1.programme)
        }
        for case let cell? in order.map({ cells[$0] }) {
            bytes.append(UInt8(ascii: "\n"))
            bytes += try encoder.encode(data: cell)
        }
        bytes.append(UInt8(ascii: "\n"))
        let fresh = url.appendingPathExtension("new")
        try Data(bytes).write(to: fresh)
        let handle = try FileHandle(forUpdating: fresh)
        try handle.synchronize()
        try handle.close()
        guard rename(fresh.path, url.path) == 0 else {
            throw CocoaError(.fileWriteUnknown, userInfo: [NSFilePathErrorKey: url.path])
        }
        isDirty = false
        lastWritten = .now
    }
}

/// Keeps cells in two tables of a PostgreSQL database, and creates them if they are missing. One transaction writes cells
/// and position.
final class PostgresStore: SubscriberStore {
    private let connection: Connection
    private let dataset: String
    private let encoder = MessageEncoder()
    private(set) var position: SubscriberPosition?

    init(_ url: String, dataset: String) throws {
        self.dataset = dataset
        connection = try Connection(
            PostgresConfiguration(url: url, applicationName: "nuanxin-subscribe"))
        try connection.script(Self.schema)
        position = try connection.run(
            """
            SELECT epoch, seq, stream_offset FROM nuanxin_position WHERE dataset = \(dataset)
            """
        ).first.map { row in
            SubscriberPosition(
                dataset: dataset, epoch: try row.decode(Int64.self, at: 0),
                seq: try row.decode(Int64.self, at: 1),
                offset: try row.decode(optional: Int64.self, at: 2))
        }
    }

    private static let schema = """
        SET client_min_messages = warning;
        CREATE TABLE IF NOT EXISTS nuanxin_position (
            dataset       text   PRIMARY KEY,
            epoch         bigint NOT NULL,
            seq           bigint NOT NULL,
            stream_offset bigint
        );
        CREATE TABLE IF NOT EXISTS nuanxin_cell (
            dataset   text    NOT NULL,
            territory text    NOT NULL,
            period    text    NOT NULL,
            programme text    NOT NULL,
            seq       bigint  NOT NULL,
            vintage   integer NOT NULL,
            status    text    NOT NULL,
            cell      jsonb   NOT NULL,
            -- SHA-256 of the canonical line.
            digest    text    NOT NULL,
            PRIMARY KEY (dataset, territory, period, programme)
        );
        """

    func replace(_ position: SubscriberPosition, _ nextPage: () throws -> [CellChanged]?) throws {
        try inTransaction {
            _ = try connection.run("DELETE FROM nuanxin_cell WHERE dataset = \(dataset)")
            while let page = try nextPage() { try put(page) }
            try move(position)
        }
        self.position = position
    }

    func apply(_ cells: [CellChanged], _ position: SubscriberPosition) throws {
        guard !cells.isEmpty || position != self.position else { return }
        try inTransaction {
            try put(cells)
            try move(position)
        }
        self.position = position
    }

    func digest() throws -> SetDigest {
        var sum = SetDigest()
        let rows = try connection.run(
            "SELECT digest FROM nuanxin_cell WHERE dataset = \(dataset)")
        for row in rows {
            if let line = SetDigest(try row.decode(String.self, at: 0)) { sum.toggle(line) }
        }
        return sum
    }

    func flush() {}

    private func inTransaction(_ body: () throws -> Void) throws {
        _ = try connection.run("BEGIN")
        do {
            try body()
            _ = try connection.run("COMMIT")
        } catch {
            _ = try? connection.run("ROLLBACK")
            throw error
        }
    }

    private func move(_ position: SubscriberPosition) throws {
        _ = try connection.run(
            """
            INSERT INTO nuanxin_position (dataset, epoch, seq, stream_offset)
            VALUES (\(position.dataset), \(position.epoch), \(position.seq), \(position.offset))
            ON CONFLICT (dataset) DO UPDATE
            SET epoch = EXCLUDED.epoch, seq = EXCLUDED.seq, stream_offset = EXCLUDED.stream_offset
            """)
    }

    /// The last one of each key counts.
    private func put(_ cells: [CellChanged]) throws {
        let last = Dictionary(cells.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
        let cells = Array(last.values)
        let digests = try cells.map { cell in
            var digest = SetDigest()
            digest.toggle(try cell.canonicalLine(encoder))
            return digest.description
        }
        let bodies = try cells.map { String(decoding: try encoder.encode(data: $0), as: UTF8.self) }
        _ = try connection.run(
            """
            INSERT INTO nuanxin_cell
                (dataset, territory, period, programme, seq, vintage, status, cell, digest)
            SELECT \(dataset), territory, period, programme, seq, vintage, status, cell::jsonb, digest
            FROM unnest(\(cells.map(\.key.territory)), \(cells.map(\.key.period)),
                        \(cells.map(\.key.programme)), \(cells.map(\.seq)),
                        \(cells.map { Int32($0.vintage) }), \(cells.map(\.status.rawValue)),
                        \(bodies), \(digests))
                AS c (territory, period, programme, seq, vintage, status, cell, digest)
            ON CONFLICT (dataset, territory, period, programme) DO UPDATE
            SET seq = EXCLUDED.seq, vintage = EXCLUDED.vintage, status = EXCLUDED.status,
                cell = EXCLUDED.cell, digest = EXCLUDED.digest
            """)
    }
}
