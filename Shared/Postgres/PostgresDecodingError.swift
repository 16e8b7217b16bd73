/// A result does not have the shape the code reads it with: a programmer's error that only a query can show.
///
/// Says nothing of the value but its size.
public struct PostgresDecodingError: Error, Sendable, CustomStringConvertible {
    public let expected: String
    public let found: String
    public internal(set) var column: Int?

    @inlinable
    public init(expected: String, found: String, column: Int? = nil) {
        self.init(expected, found, column)
    }

    /// For a decoder: it got `found` bytes and cannot make the value of them.
    @inlinable
    public init(expected: String, found count: Int) {
        self.init(expected, "\(count) bytes", nil)
    }

    @usableFromInline
    init(_ expected: String, _ found: String, _ column: Int?) {
        self.expected = expected
        self.found = found
        self.column = column
    }

    public var description: String {
        let place = column.map { "column \($0): " } ?? ""
        return "\(place)expected \(expected), found \(found)"
    }
}
