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
    /// Members that no type knows are allowed; the message says which a command has. No object may have a name twice.
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
        let isCommand = type is any Command.Type
        let payload = try isCommand ? Self.read(type, data, header.time) : type.init(from: data)
        var checks = Checks(time: isCommand ? header.time : nil)
        payload.check(&checks)
        guard let violation = checks.violation else {
            // The decoding has marked all that it asked for, so a look at the marks is enough for most.
            let isWhole = !isCommand || !data.document.pointee.hasUnreadMember(in: data.index)
            return Message(
                header: header, payload: payload,
                ignored: isWhole ? [] : UnknownFields.ignored(in: data, of: type))
        }
        throw Refusal(
            violation.code, pointer: "/data" + violation.pointer, found: violation.found,
            expected: violation.expected)
    }

    /// The fields of a command that its type does not have, if the command could not be decoded for another reason. What cannot
    /// be read has none.
    public func ignored(in body: [UInt8]) -> [Receipt.IgnoredField] {
        do {
            return try Envelope.read(body) { envelope, _ in
                try envelope.checkNames()
                guard let type = envelope.anyText("type").flatMap({ types[$0] }),
                    type is any Command.Type
                else { return [] }
                return UnknownFields.ignored(in: try envelope.data(), of: type)
            }
        } catch {
            return []
        }
    }

    /// Decodes a command. An error names the bounds of the field, and not those of all values of its kind.
    private static func read(
        _ type: any Payload.Type, _ data: JSONReader, _ time: Timestamp
    ) throws -> any Payload {
        do {
            return try type.init(from: data)
        } catch var fault as JSONFault {
            let pointer =
                data.document.pointee.pointer(fault.index) + (fault.missing.map { "/\($0)" } ?? "")
            // Before the first field stands `/data`.
            let path = pointer.split(separator: "/").dropFirst()
            let part = try? Shape.known(of: type).part(at: path)
            fault.expected = part?.expected(BusinessDays(of: time)) ?? fault.expected
            throw fault
        }
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
