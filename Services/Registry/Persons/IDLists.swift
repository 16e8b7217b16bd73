import Foundation
import Messages
import Postgres
import ServiceKit

// Short lists of ids in a column of text. Whoever adds an id holds the row, and so sees all others.

extension Array {
    /// The ids in order, with a space between them.
    func listed<Kind>() -> String where Element == ID<Kind> {
        map { $0.description }.joined(separator: " ")
    }
}

extension Field {
    /// A list of ids, kept as one text.
    init<Kind>(_ name: String, list: @escaping @Sendable (R) -> [ID<Kind>]) where V == [ID<Kind>] {
        self.init([Column(name) { list($0).listed() }]) { row in
            try row.next(list: ID<Kind>.self)
        }
    }
}

extension RowCursor {
    mutating func next<Kind>(list type: ID<Kind>.Type) throws -> [ID<Kind>] {
        try next(String.self).split(separator: " ").compactMap {
            UUID(wireText: String($0)).map { ID($0) }
        }
    }
}
