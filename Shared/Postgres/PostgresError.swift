/// An error of the server or of the connection. It carries no value of a row or parameter.
public struct PostgresError: Error, Sendable, CustomStringConvertible {
    public let sqlState: SQLState
    /// The server's primary message, or a constant where that may quote values. Never its DETAIL.
    public let message: String
    /// The violated constraint's name, if it is one.
    public let constraint: String?
    public let table: String?
    /// The position in the pipeline of the statement that failed.
    public let statementIndex: Int?
    /// Whether running the same transaction again may succeed.
    public let isRetriable: Bool

    public var isDataFault: Bool { sqlState.isDataFault }

    public var isConnectionLost: Bool { sqlState.isConnectionLost }

    /// Whether it is a fault of the infrastructure, which holds and runs again; see `SQLState.isPassing`.
    public var isPassing: Bool { isRetriable || sqlState.isPassing }

    /// - Parameter isRetriable: nil for what the SQLSTATE says.
    public init(
        sqlState: SQLState, message: String, constraint: String? = nil, table: String? = nil,
        statementIndex: Int? = nil, isRetriable: Bool? = nil
    ) {
        self.sqlState = sqlState
        self.message = message
        self.constraint = constraint
        self.table = table
        self.statementIndex = statementIndex
        self.isRetriable = isRetriable ?? sqlState.isRetriable
    }

    public var description: String {
        var text = "\(sqlState): \(message)"
        if let constraint { text += ", constraint \(constraint)" }
        if let table { text += ", table \(table)" }
        if let statementIndex { text += ", statement \(statementIndex)" }
        return text
    }
}
