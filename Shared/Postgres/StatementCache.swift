/// The statements that the server has prepared for this session, by their text and parameter types.
///
/// Bounded: when the server holds `bound` of them, all are dropped together by `DEALLOCATE ALL`. A service
/// has a few dozen, so that happens only to SQL that varies without need, and costs nothing in between.
struct StatementCache {
    static let bound = 512

    /// The same text with other parameter types is another statement: binary values would be misread.
    struct Key: Hashable {
        let sql: String
        let types: [UInt32]

        init(_ statement: Statement) {
            sql = statement.sql
            types = statement.parameters.map(\.oid)
        }
    }

    private var names: [Key: String] = [:]
    /// Never reset, so that a name is never used twice in a session.
    private var named = 0
    /// How many the server may hold, forgotten ones included.
    private var held = 0

    var isFull: Bool { held >= Self.bound }

    subscript(key: Key) -> String? { names[key] }

    /// Gives the statement a name, to be prepared under it at once.
    mutating func insert(_ key: Key) -> String {
        named += 1
        held += 1
        let name = "s\(named)"
        names[key] = name
        return name
    }

    /// Its preparation failed or was skipped.
    mutating func remove(_ key: Key) {
        if names.removeValue(forKey: key) != nil { held -= 1 }
    }

    /// Forgets all names, so that every statement is prepared anew; the server still holds the old ones.
    mutating func forgetAll() { names.removeAll(keepingCapacity: true) }

    /// The server has dropped all.
    mutating func reset() {
        forgetAll()
        held = 0
    }
}
