import Messages
import ServiceKit

extension Refusal {
    /// Refuses a definition that is not the next version.
    /// - Parameter sequence: of the version in force; 0 for none.
    static func requireNext(
        _ version: Int, after sequence: Int64, else code: RefusalCode
    ) throws(Refusal) {
        guard version == sequence + 1 else {
            throw Refusal(code, at: "/version", expected: "\(sequence + 1)")
        }
    }
}
