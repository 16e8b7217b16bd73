import CPostgres

extension Rows {
    /// Copies a result into one buffer; nil when its values take more than 4 GiB.
    init?(copying result: OpaquePointer) {
        let rowCount = PQntuples(result)
        let columnCount = PQnfields(result)
        let affected = Int(String(cString: PQcmdTuples(result))) ?? 0
        var cells: [RowStorage.Cell] = []
        cells.reserveCapacity(Int(rowCount) * Int(columnCount))
        var size = 0
        for row in 0..<rowCount {
            for column in 0..<columnCount {
                let isNull = PQgetisnull(result, row, column) == 1
                let length = isNull ? -1 : PQgetlength(result, row, column)
                guard let offset = UInt32(exactly: size) else { return nil }
                cells.append(RowStorage.Cell(offset: offset, length: length))
                if !isNull { size += Int(length) }
            }
        }
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, used in
            let destination = UnsafeMutableRawBufferPointer(buffer)
            for row in 0..<rowCount {
                for column in 0..<columnCount {
                    let length = Int(PQgetlength(result, row, column))
                    // An empty result has no buffer, and a NULL or empty value nothing to copy.
                    guard length > 0, let value = PQgetvalue(result, row, column) else { continue }
                    UnsafeMutableRawBufferPointer(rebasing: destination[used...])
                        .copyMemory(from: UnsafeRawBufferPointer(start: value, count: length))
                    used += length
                }
            }
        }
        self.init(
            RowStorage(
                rowCount: Int(rowCount), columns: (0..<columnCount).map { PQftype(result, $0) },
                cells: cells, bytes: bytes),
            affected: affected)
    }
}

extension PostgresError {
    /// The server's error; nil when it is libpq's own, which then has no SQLSTATE: the session is lost.
    init?(_ result: OpaquePointer) {
        func field(_ code: Int32) -> String? {
            PQresultErrorField(result, code).map { String(cString: $0) }
        }
        guard let code = field(NX_DIAG_SQLSTATE) else { return nil }
        let state = SQLState(code)
        self.init(
            sqlState: state,
            message: Self.constantMessage(state) ?? field(NX_DIAG_MESSAGE_PRIMARY) ?? "",
            constraint: field(NX_DIAG_CONSTRAINT_NAME), table: field(NX_DIAG_TABLE_NAME))
    }

    /// Our message for errors whose own may quote values: a data exception quotes the offending value, and a function's RAISE
    /// may say anything.
    private static func constantMessage(_ state: SQLState) -> String? {
        if state == .divisionByZero { return "division by zero" }
        if state.code.hasPrefix("22") { return "a value was refused (data exception)" }
        if state.code.hasPrefix("P0") { return "a function raised an error" }
        return nil
    }

    /// The server refuses a statement it prepared earlier: its result type has changed, or it is gone.
    var isStaleStatement: Bool {
        sqlState == .featureNotSupported || sqlState == .unknownPreparedStatement
    }

    /// The same error, of a statement at a position of the pipeline.
    func located(_ index: Int, isRetriable: Bool? = nil) -> PostgresError {
        PostgresError(
            sqlState: sqlState, message: message, constraint: constraint, table: table,
            statementIndex: index, isRetriable: isRetriable ?? self.isRetriable)
    }
}
