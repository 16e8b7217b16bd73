/// SQL with its bound values. An interpolated value becomes `$1`, `$2` … and can never become SQL:
///
///     let statement: Statement = "UPDATE loan SET state = \(state) WHERE id = ANY (\(ids))"
public struct Statement: ExpressibleByStringInterpolation, Sendable {
    public let sql: String
    public let parameters: [Parameter]

    /// A batch is bound as arrays, one for each column, so a statement never needs more.
    public static let maximumParameters = 256

    /// For SQL put together from names that stand in code (tables, columns), never from anything received.
    public init(trusted sql: String, _ parameters: [Parameter] = []) {
        precondition(parameters.count <= Self.maximumParameters, "too many parameters")
        self.sql = sql
        self.parameters = parameters
    }

    public init(stringLiteral sql: String) {
        self.init(trusted: sql)
    }

    public init(stringInterpolation: StringInterpolation) {
        self.init(trusted: stringInterpolation.sql, stringInterpolation.parameters)
    }

    /// Accepts what can be bound, and nothing else.
    public struct StringInterpolation: StringInterpolationProtocol {
        var sql = ""
        var parameters: [Parameter] = []

        public init(literalCapacity: Int, interpolationCount: Int) {
            sql.reserveCapacity(literalCapacity + interpolationCount * 3)
            parameters.reserveCapacity(interpolationCount)
        }

        public mutating func appendLiteral(_ literal: String) { sql += literal }

        public mutating func appendInterpolation(_ parameter: Parameter) {
            parameters.append(parameter)
            sql += "$\(parameters.count)"
        }

        @inlinable
        public mutating func appendInterpolation<V: PostgresValue>(_ value: V?) {
            appendInterpolation(Parameter(value))
        }

        @inlinable
        public mutating func appendInterpolation<V: PostgresValue>(_ values: [V]) {
            appendInterpolation(.array(values))
        }

        @inlinable
        public mutating func appendInterpolation<V: PostgresValue>(_ values: [V?]) {
            appendInterpolation(.array(values))
        }

        /// A part with values of its own. In its text `$` and a number stand only for a bound value.
        public mutating func appendInterpolation(part: Statement) {
            let before = parameters.count
            sql += part.sql.replacing(/\$([0-9]+)/) { match in
                "$\(before + (Int(match.output.1) ?? 0))"
            }
            parameters += part.parameters
        }
    }
}
