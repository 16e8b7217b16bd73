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
    /// Earlier migrations that it replaces. The binary has their digests only.
    let replaced: [Replaced]

    /// An earlier migration that did an older version of the same work.
    public struct Replaced: Sendable {
        let name: String
        let digest: String

        public init(_ name: String, digest: String) {
            self.name = name
            self.digest = digest
        }
    }

    /// An expansion: tables, columns that may be left out, indexes, looser constraints.
    /// - Parameter replaced: earlier versions of a whole, such as a list of rows, which it brings as it is now. A database
    ///   with one of them gets the new one too. A database with none gets the new one alone, and counts as having all, so that
    ///   binaries that know only an earlier one run on it.
    public init(_ name: String, _ sql: String, replacing replaced: [Replaced] = []) {
        self.init(name, sql, isContraction: false, replaced)
    }

    public init(contracting name: String, _ sql: String) {
        self.init(name, sql, isContraction: true, [])
    }

    private init(_ name: String, _ sql: String, isContraction: Bool, _ replaced: [Replaced]) {
        self.name = name
        self.sql = sql
        self.isContraction = isContraction
        self.replaced = replaced
    }

    var digest: String {
        SHA256.hash(data: Array(sql.utf8)).map { String(format: "%02x", $0) }.joined()
    }
}
