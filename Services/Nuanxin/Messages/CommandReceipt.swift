import Messages

/// The answer of a service to a command.
struct CommandReceipt: Codable, Sendable, Equatable {
    enum Status: String, Codable, Sendable {
        case accepted, duplicate, rejected, parked
    }

    struct First: Codable, Sendable, Equatable {
        var status: Status
        var code: String?
        var pointer: String?
        var expected: String?
        var facts: [String]?
    }

    /// Nil if the service could not read the command's id.
    var command: String?
    var status: Status
    var code: String?
    /// JSON Pointer to what is wrong, and what would be right there.
    var pointer: String?
    var expected: String?
    var found: String?
    /// The ids of the facts that followed.
    var facts: [String]?
    /// The answer that a duplicate got when it was sent first.
    var first: First?
    /// True if nothing of it was kept.
    var dryRun: Bool?

    /// The answer that counts: of a duplicate, the first one.
    var decision: First {
        first
            ?? First(
                status: status, code: code, pointer: pointer, expected: expected, facts: facts)
    }
}

extension CommandReceipt {
    /// Whether another receipt will follow: a parked command is decided later, unless it was only asked about.
    var isProvisional: Bool { decision.status == .parked && dryRun != true }

    /// Reads the body of a message from a queue of receipts; nil if it is none.
    init?(body: [UInt8]) {
        guard let document = try? Document(body), document.type?.contains(".receipt.v") == true,
            let receipt = try? document.data(as: CommandReceipt.self)
        else { return nil }
        self = receipt
    }

    /// A refusal by this tool: the command was not sent.
    init(refusing code: MessageError.Code, at pointer: String, expected: String, found: String) {
        status = .rejected
        self.code = code.rawValue
        self.pointer = pointer
        self.expected = expected
        self.found = found
    }

    init(refusing error: MessageError) {
        self.init(
            refusing: error.code, at: error.pointer, expected: error.expected, found: error.found)
    }
}
