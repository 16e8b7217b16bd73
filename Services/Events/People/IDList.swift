import Foundation
import Messages
import Postgres
import ServiceKit

/// A few ids in the order in which they came, kept in one column of text with spaces between them.
struct IDList<Kind>: Hashable, Sendable, ExpressibleByArrayLiteral {
    private(set) var ids: [ID<Kind>]

    init(arrayLiteral ids: ID<Kind>...) { self.ids = ids }

    /// Adds an id that is not among them.
    mutating func insert(_ id: ID<Kind>) {
        if !ids.contains(id) { ids.append(id) }
    }
}

extension IDList: PostgresValue {
    static var postgresType: PostgresType { .text }

    func encode(into buffer: inout [UInt8]) {
        ids.map(\.description).joined(separator: " ").encode(into: &buffer)
    }

    static func decode(_ bytes: UnsafeRawBufferPointer) throws -> IDList {
        var list: IDList = []
        for word in try String.decode(bytes).split(separator: " ") {
            guard let uuid = UUID(uuidString: String(word)) else {
                throw StoredValueError(type: "list of ids")
            }
            list.ids.append(ID(uuid))
        }
        return list
    }
}
