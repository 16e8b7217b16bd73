import Foundation
import Messages
import Postgres

@testable import ServiceKit

/// Explains each statement before it runs it, and remembers which tables were read as a whole.
final class ExplainingSource: RowSource {
    private let connection: Connection
    var scans: Set<String> = []
    /// The last plan.
    private(set) var last = ""

    init(_ connection: Connection) { self.connection = connection }

    /// Decides one message over this source, inside a transaction, which the end of the connection rolls back.
    /// - Parameter service: whose fact it is; nil for a command of the operator.
    func unit(factOf service: String? = nil) throws -> UnitOfWork {
        _ = try connection.run("BEGIN")
        let unit = UnitOfWork(
            source: self, service: "test", now: .now(),
            message: Header(
                id: UUID(), source: "", type: "", time: .now(),
                sequence: service == nil ? nil : 9))
        unit.begin(
            unit.message, publisher: service ?? "operator",
            scope: service == nil ? .unlimited : .none, alone: true)
        return unit
    }

    func load<R: Row>(_ type: R.Type, _ keys: [R.Key]) throws -> [R] {
        try decode(type, connection.run(R.table.load(.array(keys))))
    }

    func run(_ statement: Statement) throws -> Rows {
        let hasPlan = !["SET", "LOCK"].contains { statement.sql.hasPrefix($0) }
        if hasPlan { scans.formUnion(try explain(statement)) }
        return try connection.run(statement)
    }

    func explain(_ statement: Statement) throws -> Set<String> {
        let rows = try connection.run(
            Statement(trusted: "EXPLAIN " + statement.sql, statement.parameters))
        let lines = try rows.map { try $0.decode(String.self, at: 0) }
        last = lines.joined(separator: "\n")
        return Set(lines.compactMap { $0.firstMatch(of: /Seq Scan on (\w+)/)?.1 }.map(String.init))
    }
}
