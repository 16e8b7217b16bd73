import FoundationEssentials

/// The attributes of a CloudEvents 1.0 document, read one by one: they are the same for every type,
/// and `id` comes first so that every later fault can name its message.
struct Envelope {
    /// Bytes of a text attribute, which AMQP mirrors in strings of that length.
    static let textLimit = 255

    let document: UnsafePointer<JSONDocument>

    private init(_ document: UnsafePointer<JSONDocument>) throws {
        self.document = document
        guard document.pointee.kind(0) == .object else {
            throw JSONFault(
                code: .wrongEnvelope, index: 0, found: document.pointee.found(0),
                expected: "a CloudEvents document: an object")
        }
    }

    /// Lends the envelope of a document for the length of the call.
    /// - Parameter use: sets the id as soon as it is known, for errors to name it.
    static func read<Result>(
        _ body: [UInt8], _ use: (Envelope, inout UUID?) throws -> Result
    ) throws(Refusal) -> Result {
        var id: UUID?
        do {
            return try JSONDocument.read(body) { document in
                do {
                    return try use(Envelope(document), &id)
                } catch let fault as JSONFault {
                    throw Refusal(fault, in: document.pointee)
                }
            }
        } catch var error as Refusal {
            error.id = id
            throw error
        } catch let fault as JSONSyntaxFault {
            throw Refusal(fault)
        } catch {
            // A payload with an `init(from:)` of its own may throw what it likes; ours do not.
            throw Refusal(
                .invalidValue, pointer: "/data", found: "a value that its type refuses",
                expected: "a valid message", id: id)
        }
    }

    func id() throws -> UUID { try required("id", ID<Never>.expected).uuid() }

    /// Refuses a document in which an object has a name twice, or too many names, at any depth.
    func checkNames() throws {
        if document.pointee.overfullObject() != nil {
            throw JSONFault(
                code: .tooLarge, index: 0, found: "an object with more names",
                expected: "at most \(JSONDocument.nameLimit) names in an object")
        }
        guard let index = document.pointee.repeatedMember() else { return }
        throw JSONFault(
            code: .repeatedName, index: index, found: "the name a second time",
            expected: RefusalCode.repeatedName.expected)
    }

    func checkVersion() throws {
        guard let version = value("specversion"), document.pointee.kind(version.index) == .string,
            document.pointee.string(version.index) == "1.0"
        else {
            let index = value("specversion")?.index
            throw JSONFault(
                code: .wrongEnvelope, index: index ?? 0,
                missing: index == nil ? "specversion" : nil,
                found: index.map(document.pointee.found) ?? "nothing",
                expected: "the string \"1.0\"")
        }
    }

    func header() throws -> Header {
        let type = try text("type")
        return Header(
            id: try id(), source: try text("source"), type: type,
            time: try required("time", Timestamp.expected).read(Timestamp.self),
            subject: try optionalText("subject"),
            correlationid: try optionalText("correlationid"),
            causationid: try value("causationid")?.uuid(),
            traceparent: try optionalText("traceparent"), sequence: try sequence(),
            isDryRun: try value("dryrun")?.decode(Bool.self) ?? false,
            journal: try optionalText("journal"))
    }

    func data() throws -> JSONReader { try required("data", "an object") }

    private func sequence() throws -> Int64? {
        guard let value = value("sequence") else { return nil }
        let sequence = try value.integer(Int64.self)
        guard sequence > 0 else {
            throw JSONFault(
                code: .invalidValue, index: value.index, found: document.pointee.found(value.index),
                expected: "an integer above 0")
        }
        return sequence
    }

    /// An attribute if it is a string, without judging it.
    func anyText(_ name: String) -> String? {
        value(name).flatMap { try? $0.text() }
    }

    /// Whether the document asks for a dry run, well-formed or not.
    var seemsDryRun: Bool {
        value("dryrun").map { document.pointee.kind($0.index) != .no } ?? false
    }

    private func text(_ name: String) throws -> String {
        try limited(required(name, "a string"))
    }

    private func optionalText(_ name: String) throws -> String? {
        try value(name).map(limited)
    }

    private func limited(_ value: JSONReader) throws -> String {
        let text = try value.text()
        guard 1...Self.textLimit ~= text.utf8.count else {
            throw JSONFault(
                code: .invalidValue, index: value.index, found: "\(text.utf8.count) bytes",
                expected: "1 to \(Self.textLimit) bytes")
        }
        return text
    }

    private func required(_ name: String, _ expected: String) throws -> JSONReader {
        guard let member = document.pointee.member(name, of: 0) else {
            throw JSONFault(
                code: .missingField, index: 0, missing: name, found: "nothing",
                expected: expected)
        }
        return JSONReader(document: document, index: member)
    }

    /// An attribute that may be missing or null.
    private func value(_ name: String) -> JSONReader? {
        guard let member = document.pointee.member(name, of: 0),
            document.pointee.kind(member) != .null
        else {
            return nil
        }
        return JSONReader(document: document, index: member)
    }
}

extension Refusal {
    init(_ fault: JSONSyntaxFault) {
        self.init(
            .notJSON, pointer: "",
            found: fault.encoding ?? "\(fault.found) at byte \(fault.offset)",
            expected: fault.encoding == nil ? fault.expected : "a JSON document in UTF-8")
    }

    init(_ fault: JSONFault, in document: JSONDocument) {
        let missing = fault.missing.map { "/" + JSONDocument.escape($0) } ?? ""
        self.init(
            fault.code, pointer: document.pointer(fault.index) + missing,
            found: fault.found, expected: fault.expected)
    }
}
