public import FoundationEssentials

/// The answer of a service to a command. On the wire its type is `<service>.receipt.v1`. The receipt of
/// a query also has a member `answer`. With the status `notice` it is no answer: it says what has become of
/// an accepted command's record since.
public struct Receipt: Payload, Hashable {
    public static let type = "receipt.v1"

    public enum Status: String, OpenName {
        case accepted, duplicate, rejected, parked, notice
    }

    /// What became of what a command asked for.
    public struct Outcome: Codable, Hashable, Sendable {
        /// State of the record, such as `confirmed` or `waitlisted`. More states may be added.
        public var state: String
        /// Its place in the waiting line, from 1: how many are there up to it.
        public var place: Int?

        public init(_ state: String, place: Int? = nil) {
            self.state = state
            self.place = place
        }
    }

    /// A field of a command that its type does not have. Nothing was done with it.
    public struct IgnoredField: Codable, Hashable, Sendable {
        /// JSON Pointer to it. `*` stands for a name that may be somebody's: one that is long, or has other characters than
        /// letters, `_`, `-` and a few digits.
        public var pointer: String
        /// The field of the type whose name is most like it, if one is like it.
        public var nearest: String?

        public init(pointer: String, nearest: String? = nil) {
            self.pointer = pointer
            self.nearest = nearest
        }
    }

    /// The answer that a duplicate got when it was sent first.
    public struct First: Codable, Hashable, Sendable {
        public var status: Status
        public var code: String?
        public var pointer: String?
        public var expected: String?
        public var facts: [String]?
        public var outcome: Outcome?
        public var until: Timestamp?

        public init(
            status: Status, code: String? = nil, pointer: String? = nil, expected: String? = nil,
            facts: [String]? = nil, outcome: Outcome? = nil, until: Timestamp? = nil
        ) {
            self.status = status
            self.code = code
            self.pointer = pointer
            self.expected = expected
            self.facts = facts
            self.outcome = outcome
            self.until = until
        }
    }

    /// Id of the command; missing if it could not be read.
    public var command: String?
    public var status: Status
    /// Why it was not accepted. With `accepted`, a remark: what stands instead of what was asked for.
    public var code: String?
    /// JSON Pointer to what is wrong.
    public var pointer: String?
    /// The kind of value that would be right there.
    public var expected: String?
    public var found: String?
    /// Ids of the facts that followed.
    public var facts: [String]?
    /// What became of it, if the publisher cannot know that otherwise.
    public var outcome: Outcome?
    /// With `parked`: when the wait ends at the latest. Missing if it waits for an operator.
    public var until: Timestamp?
    /// With `notice`: the record that the command has made.
    public var record: UUID?
    public var first: First?
    /// True for a dry run: nothing was kept.
    public var dryRun: Bool?
    /// The fields of the command that its type does not have, 20 at most.
    public var ignored: [IgnoredField]?

    public init(
        command: String?, status: Status, code: String? = nil, pointer: String? = nil,
        expected: String? = nil, facts: [String]? = nil, outcome: Outcome? = nil,
        first: First? = nil
    ) {
        self.command = command
        self.status = status
        self.code = code
        self.pointer = pointer
        self.expected = expected
        self.facts = facts
        self.outcome = outcome
        self.first = first
    }

    /// - Parameter command: nil if its id could not be read.
    public init(refusing refusal: Refusal, command: String? = nil) {
        self.init(
            command: command, status: .rejected, code: refusal.code, pointer: refusal.pointer,
            expected: refusal.expected)
        found = refusal.found.isEmpty ? nil : refusal.found
    }

    /// Reads the body of a message from a queue of receipts; nil if it is none.
    public init?(body: [UInt8]) {
        guard let document = try? Document(body), document.type?.contains(".receipt.v") == true,
            let receipt = try? document.data(as: Receipt.self)
        else { return nil }
        self = receipt
    }
}

extension Receipt {
    /// The answer that counts: of a duplicate, the first one.
    public var decision: First {
        first
            ?? First(
                status: status, code: code, pointer: pointer, expected: expected, facts: facts,
                outcome: outcome, until: until)
    }

    /// Whether it answers nothing, and says what has become of a record since.
    public var isNotice: Bool { status == .notice }

    /// Whether another receipt will follow: a parked command is decided later, unless it was only asked about.
    public var isProvisional: Bool { decision.status == .parked && dryRun != true }
}
