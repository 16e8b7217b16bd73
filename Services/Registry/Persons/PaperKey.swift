import Messages
import Postgres
import ServiceKit

/// The person who has a paper, found by the paper's keyed hash. No two live persons have the same one.
struct PaperKey: Row {
    let hash: [UInt8]
    /// Nil once the paper was withdrawn as wrong: its owner can be registered.
    var person: PersonID?
    /// Whether the paper was replaced or has expired. It finds the person all the same.
    var isRetired = false

    var key: [UInt8] { hash }

    static let table = Table(
        "paper", key: "hash", PaperKey.init,
        Field("hash", \.hash), Field("person", \.person), Field("retired", \.isRetired))
}
