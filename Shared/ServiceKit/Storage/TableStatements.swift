internal import Postgres

// The set-based statements of a batch: one for each changed table, whatever the number of rows.

extension Table {
    /// Reads rows without locking them.
    func read(_ keys: [some PostgresValue]) -> Statement {
        let names = columns.map(\.name).joined(separator: ", ")
        return Statement(
            trusted: "SELECT \(names) FROM \(name) WHERE \(key) = ANY($1)", [.array(keys)])
    }

    func load(_ keys: Parameter) -> Statement {
        let names = columns.map(\.name).joined(separator: ", ")
        let locking = lock == .update ? "UPDATE" : "SHARE"
        return Statement(
            trusted: """
                SELECT \(names) FROM \(name) WHERE \(key) = ANY($1) ORDER BY \(key) FOR \(locking)
                """,
            [keys])
    }

    func insert(_ rows: [R]) -> Statement {
        insertStatement(name, columns, rows)
    }

    func update(_ rows: [R]) -> Statement {
        let assignments = columns.dropFirst().map { "\($0.name) = v.\($0.name)" }
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

extension TallyTable {
    func add(_ rows: [R]) -> Statement {
        let all = keys + sums + marks
        let changes =
            sums.map { "\($0.name) = \(name).\($0.name) + EXCLUDED.\($0.name)" }
            + marks.map { "\($0.name) = EXCLUDED.\($0.name)" }
        return Statement(
            trusted: """
                INSERT INTO \(name) (\(all.map(\.name).joined(separator: ", "))) \
                SELECT * FROM unnest(\(placeholders(all))) \
                ON CONFLICT (\(keys.map(\.name).joined(separator: ", "))) \
                DO UPDATE SET \(changes.joined(separator: ", "))
                """,
            arrays(all, rows))
    }
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
