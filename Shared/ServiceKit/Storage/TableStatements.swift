internal import Postgres

// The set-based statements of a batch: one for each changed table, whatever the number of rows.

extension Table {
    /// Reads rows without locking them.
    func read(_ keys: [some PostgresValue]) -> Statement {
        Statement(
            trusted: "SELECT \(selection) FROM \(name) WHERE \(key) = ANY($1)", [.array(keys)])
    }

    func load(_ keys: Parameter) -> Statement {
        let locking = lock == .update ? "UPDATE" : "SHARE"
        return Statement(
            trusted: """
                SELECT \(selection) FROM \(name) WHERE \(key) = ANY($1) ORDER BY \(key) FOR \(locking)
                """,
            [keys])
    }

    func insert(_ rows: [R]) -> Statement {
        insertStatement(name, columns, rows)
    }

    func update(_ rows: [R]) -> Statement {
        let assignments = columns.filter { $0.name != key }.map { "\($0.name) = v.\($0.name)" }
        let names = columns.map(\.name).joined(separator: ", ")
        return Statement(
            trusted: """
                UPDATE \(name) AS t SET \(assignments.joined(separator: ", ")) \
                FROM unnest(\(placeholders(columns))) AS v(\(names)) WHERE t.\(key) = v.\(key)
                """,
            arrays(columns, rows))
    }
}

extension RecordTable {
    func insert(_ rows: [R]) -> Statement { insertStatement(name, columns, rows) }
}

private func insertStatement<R>(_ name: String, _ columns: [Column<R>], _ rows: [R]) -> Statement {
    Statement(
        trusted: """
            INSERT INTO \(name) (\(columns.map(\.name).joined(separator: ", "))) \
            SELECT * FROM unnest(\(placeholders(columns)))
            """,
        arrays(columns, rows))
}

private func placeholders<R>(_ columns: [Column<R>]) -> String {
    columns.enumerated().map { "$\($0.offset + 1)::\($0.element.type.name)[]" }
        .joined(separator: ", ")
}

private func arrays<R>(_ columns: [Column<R>], _ rows: [R]) -> [Parameter] {
    columns.map { column in
        var array = ArrayBuilder(column.type)
        for row in rows { column.append(row, &array) }
        return array.finish()
    }
}
