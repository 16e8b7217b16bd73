public import Foundation
import Messages
public import ServiceKit

extension UnitOfWork {
    /// Keeps the reason of a correction, unless it is about a person who was erased: nothing more is kept that may name the
    /// person.
    /// - Parameters:
    ///   - record: the id of the row; nil for that of the message.
    ///   - about: the persons and households whose record is corrected.
    public func keepReason(_ reason: String?, of record: UUID? = nil, about: Set<UUID>) throws {
        for id in about where try Persons.find(PersonID(id), self)?.isErased ?? false { return }
        keep(reason, "reason", of: record ?? message.id, about: about)
    }
}
