import Foundation
import Messages
import Postgres
import ServiceKit

/// A short list of ids in the order of their arrival, stored in one text column with spaces between
/// them.
struct IDList<Kind>: Hashable, Sendable, ExpressibleByArrayLiteral {
    private(set) var ids: [ID<Kind>]

    init(arrayLiteral ids: ID<Kind>...) { self.ids = ids }

    /// Adds an id that is not in the list.
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
