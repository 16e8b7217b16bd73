public import FoundationEssentials

/// The message types a program knows, and how a document becomes one of them.
public struct Catalogue: Sendable {
    private let types: [String: any Payload.Type]
    /// The version of each name, such as `funding.loan.apply`, to tell an unknown one from an
    /// unknown name.
    private let versions: [String: String]

    public init(_ types: [any Payload.Type]) {
        self.types = Dictionary(
            types.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })
        versions = Dictionary(
            types.compactMap { type in Self.name(type.type).map { ($0, type.type) } },
            uniquingKeysWith: { first, _ in first })
    }

    /// The names of all types, sorted.
    public var names: [String] { types.keys.sorted() }

    public func type(named name: String) -> (any Payload.Type)? { types[name] }

    public func decode(_ body: Data) throws(Refusal) -> Message { try decode(Array(body)) }

    /// Takes a CloudEvents document apart and checks all that does not need a database.
    ///
    /// Members that no type knows are allowed and dropped. No object may have a name twice.
    public func decode(_ body: [UInt8]) throws(Refusal) -> Message {
        try Envelope.read(body) { envelope, id in
            id = try envelope.id()
            try envelope.checkNames()
            return try decode(envelope)
        }
    }

    private func decode(_ envelope: Envelope) throws -> Message {
        try envelope.checkVersion()
        let header = try envelope.header()
        guard let type = types[header.type] else { throw unknown(header.type, envelope) }
        let data = try envelope.data()
        let payload = try type.init(from: data)
        var checks = Checks(time: payload is any Command ? header.time : nil)
        payload.check(&checks)
        guard let violation = checks.violation else {
            return Message(header: header, payload: payload)
        }
        throw Refusal(
            violation.code, pointer: "/data" + violation.pointer, found: violation.found,
            expected: violation.expected)
    }

    private func unknown(_ type: String, _ envelope: Envelope) -> Refusal {
        let known = Self.name(type).flatMap { versions[$0] }
        return Refusal(
            known == nil ? .unknownType : .unknownVersion, pointer: "/type", found: "a string",
            expected: known)
    }

    /// A type without its version: nil if it does not end in `.v` and a number.
    private static func name(_ type: String) -> String? {
        guard let dot = type.lastIndex(of: "."), case let version = type[dot...].dropFirst(),
            version.first == "v", version.count > 1,
            version.dropFirst().utf8.allSatisfy({ $0 &- UInt8(ascii: "0") < 10 })
        else { return nil }
        return String(type[..<dot])
    }
}
