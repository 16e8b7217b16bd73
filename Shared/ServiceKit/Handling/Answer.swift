internal import Crypto
internal import Foundation
internal import Messages

/// What the inbox remembers of a message: enough to give its first answer again.
struct Answer: Sendable {
    enum State: Int16 {
        case accepted = 1
        case rejected = 2
        case parked = 3
        case applied = 4
        case dead = 5

        var isFinal: Bool { self != .parked && self != .dead }
    }

    var state: State
    /// How many facts followed; their ids derive from the message's.
    var facts: Int16 = 0
    var refusal: Refusal?
    /// What became of an accepted command.
    var outcome: Receipt.Outcome?
    /// When the wait of a parked message ends at the latest.
    var until: Timestamp?
}

extension Receipt {
    /// The answer as it was first given.
    init(_ answer: Answer, to command: DecidedMessage) {
        let status: Status =
            switch answer.state {
            case .accepted, .applied: .accepted
            case .rejected: .rejected
            case .parked, .dead: .parked
            }
        self.init(
            command: command.id.wireText, status: status, code: answer.refusal?.code,
            pointer: answer.refusal?.pointer, expected: answer.refusal?.expected)
        outcome = answer.outcome
        until = answer.until
        if answer.state == .accepted {
            facts = (0..<Int(answer.facts)).map { command.fact($0).wireText }
        }
    }

    /// The same answer again, to the same message sent again.
    init(duplicateOf answer: Answer, _ command: DecidedMessage) {
        let first = Receipt(answer, to: command)
        self.init(command: first.command, status: .duplicate, first: first.decision)
    }
}

/// The body of a receipt that answers a query.
struct AnsweringReceipt<A: Codable & Sendable>: Payload {
    static var type: String { Receipt.type }

    var command: String?
    var status: Receipt.Status
    var answer: A
    var ignored: [Receipt.IgnoredField]?
}

/// A message as one service decides it. Publishers choose the ids of messages, so that one id may come from two publishers, and to
/// two services. What follows from a message has an id that follows from all three, so that handling it again gives the same one,
/// and another message never does (UUID version 8).
struct DecidedMessage {
    let id: UUID
    /// The broker's user; a service's own name for facts.
    let publisher: String
    /// The service that decides it.
    let service: String

    func fact(_ index: Int) -> UUID { derive("fact \(index)") }

    /// The receipt that says how it was decided in the end.
    var receipt: UUID { derive("receipt") }

    /// The receipt that says that it is parked.
    var parkedReceipt: UUID { derive("parked") }

    /// One of several rows that it makes.
    func row(_ name: String) -> UUID { derive("row \(name)") }

    /// No name holds a NUL, so that no two messages give one text.
    private func derive(_ salt: String) -> UUID {
        withUnsafeBytes(of: id.uuid) {
            DerivedID.derive(Array($0), "\(service)\0\(publisher)\0\(salt)")
        }
    }
}

/// Ids that follow from something else than a message (UUID version 8).
enum DerivedID {
    /// The task of a kind for a subject.
    static func task(_ kind: String, of subject: UUID) -> UUID {
        withUnsafeBytes(of: subject.uuid) { derive(Array($0), "task \(kind)") }
    }

    /// The receipt for a message that has no id of its own, or no right to it. The digest is a service's own, and its publisher's.
    static func refusal(of digest: [UInt8]) -> UUID { derive(digest, "refusal") }

    /// What a message waits for that waits for a territory.
    static func territory(_ code: TerritoryCode) -> UUID {
        derive(Array(code.rawValue.utf8), "territory")
    }

    /// What a command waits for whose publisher has no such grant yet.
    static func grant(of publisher: String) -> UUID { derive(Array(publisher.utf8), "grant") }

    fileprivate static func derive(_ origin: [UInt8], _ salt: String) -> UUID {
        var bytes = Array(SHA256.hash(data: origin + Array(salt.utf8)).prefix(16))
        bytes[6] = bytes[6] & 0x0F | 0x80
        bytes[8] = bytes[8] & 0x3F | 0x80
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }
}
