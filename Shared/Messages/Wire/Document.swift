/// A CloudEvents document that a tool passes on or inspects without a catalogue. The services judge
/// its type and everything else.
public struct Document: Sendable {
    private let body: [UInt8]

    /// The member `id`, if it is a string.
    public let id: String?
    /// The member `type`, if it is a string.
    public let type: String?
    /// The member `journal`, if it is a string.
    public let journal: String?
    /// Whether the member `dryrun` says anything but false.
    public let isDryRun: Bool

    /// - Throws: `not_json`, or `wrong_envelope` for JSON that is no object.
    public init(_ body: [UInt8]) throws(Refusal) {
        self.body = body
        (id, type, journal, isDryRun) = try Envelope.read(body) { envelope, _ in
            (
                envelope.anyText("id"), envelope.anyText("type"), envelope.anyText("journal"),
                envelope.seemsDryRun
            )
        }
    }

    /// The member `data` as a value of a type that the caller knows to be right.
    public func data<Value: Decodable>(as type: Value.Type) throws(Refusal) -> Value {
        try Envelope.read(body) { envelope, _ in try envelope.data().read(type) }
    }
}
