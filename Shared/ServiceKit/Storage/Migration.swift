internal import Crypto
internal import Foundation

/// A change of the schema. Once released it is never edited: the database remembers its digest.
///
/// An upgrade takes two steps. An expansion adds what is new, so that the previous binaries keep running beside the new ones
/// and can be started again in their place. A contraction takes away what nobody uses any more, one release later at the
/// earliest.
public struct Migration: Sendable {
    let name: String
    let sql: String
    /// Takes away or tightens something that binaries rely on which do not know it.
    let isContraction: Bool

    /// An expansion: tables, columns that may be left out, indexes, looser constraints.
    public init(_ name: String, _ sql: String) {
        self.init(name, sql, isContraction: false)
    }

    public init(contracting name: String, _ sql: String) {
        self.init(name, sql, isContraction: true)
    }

    private init(_ name: String, _ sql: String, isContraction: Bool) {
        self.name = name
        self.sql = sql
        self.isContraction = isContraction
    }

    var digest: String {
        SHA256.hash(data: Array(sql.utf8)).map { String(format: "%02x", $0) }.joined()
    }
}
