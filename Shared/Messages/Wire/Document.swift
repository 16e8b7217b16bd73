/// A CloudEvents document that is passed on or looked into without a catalogue: by tools, which
/// leave it to the services to judge its type and all the rest.
public struct Document: Sendable {
    private let body: [UInt8]

    /// The member `id`, if it is a string.
    public let id: String?
    /// The member `type`, if it is a string.
    public let type: String?

    /// - Throws: `not_json`, or `wrong_envelope` for JSON that is no object.
    public init(_ body: [UInt8]) throws(MessageError) {
        self.body = body
        (id, type) = try Envelope.read(body) { envelope, _ in
            (envelope.anyText("id"), envelope.anyText("type"))
        }
    }

    /// The member `data` as a value of a type that the caller knows to be right.
    public func data<Value: Decodable>(as type: Value.Type) throws(MessageError) -> Value {
        try Envelope.read(body) { envelope, _ in try envelope.data().read(type) }
    }
}
