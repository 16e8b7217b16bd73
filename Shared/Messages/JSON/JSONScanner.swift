/// A text is not JSON (RFC 8259), or nested too deeply.
struct JSONSyntaxFault: Error {
    /// Bytes before the fault.
    let offset: Int
    let expected: String
    /// What stands there, if it is known.
    var found = "something else"
    /// What all of the text looks like, if that is known.
    var encoding: String?
}

/// Takes a JSON text apart in one pass over its bytes.
struct JSONScanner {
    /// Arrays and objects inside one another.
    static let depthLimit = 32
    /// So that offsets fit 32 bits with much to spare.
    static let sizeLimit = 1 << 26

    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0
    private var tokens: [JSONDocument.Token] = []

    static func scan(_ bytes: [UInt8]) throws(JSONSyntaxFault) -> [JSONDocument.Token] {
        guard bytes.count <= sizeLimit else {
            throw JSONSyntaxFault(offset: sizeLimit, expected: "at most \(sizeLimit) bytes")
        }
        return try bytes.withUnsafeBufferPointer { (bytes) throws(JSONSyntaxFault) in
            var scanner = JSONScanner(bytes: bytes)
            do throws(JSONSyntaxFault) {
                try scanner.document()
            } catch {
                var fault = error
                fault.encoding = ForeignEncoding.name(of: bytes)
                throw fault
            }
            return scanner.tokens
        }
    }

    private init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
        // A short member takes some 16 bytes and two tokens.
        tokens.reserveCapacity(bytes.count / 8 + 8)
    }

    private mutating func document() throws(JSONSyntaxFault) {
        do {
            _ = try UTF8Span(validating: bytes.span)
        } catch {
            throw JSONSyntaxFault(
                offset: error.byteOffsets.lowerBound, expected: "UTF-8",
                found: "a byte that is no UTF-8")
        }
        skipSpace()
        try value(depth: 0)
        skipSpace()
        guard position == bytes.count else { throw fault("the end of the document") }
    }

    private mutating func value(depth: Int) throws(JSONSyntaxFault) {
        guard depth <= Self.depthLimit else {
            throw fault("at most \(Self.depthLimit) levels of nesting")
        }
        guard position < bytes.count else { throw fault("a JSON value") }
        switch bytes[position] {
        case UInt8(ascii: "{"): try object(depth)
        case UInt8(ascii: "["): try array(depth)
        case UInt8(ascii: "\""): try string()
        case UInt8(ascii: "t"): try word("true", .yes)
        case UInt8(ascii: "f"): try word("false", .no)
        case UInt8(ascii: "n"): try word("null", .null)
        default: try number()
        }
    }

    private mutating func object(_ depth: Int) throws(JSONSyntaxFault) {
        let index = open(.object)
        if !take(UInt8(ascii: "}")) {
            repeat {
                skipSpace()
                guard position < bytes.count, bytes[position] == UInt8(ascii: "\"") else {
                    throw fault("a name in double quotes")
                }
                try string()
                skipSpace()
                guard take(UInt8(ascii: ":")) else { throw fault("a colon") }
                skipSpace()
                try value(depth: depth + 1)
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "}")) else { throw fault("a comma or }") }
        }
        close(index)
    }

    private mutating func array(_ depth: Int) throws(JSONSyntaxFault) {
        let index = open(.array)
        if !take(UInt8(ascii: "]")) {
            repeat {
                skipSpace()
                try value(depth: depth + 1)
                skipSpace()
            } while take(UInt8(ascii: ","))
            guard take(UInt8(ascii: "]")) else { throw fault("a comma or ]") }
        }
        close(index)
    }

    private mutating func string() throws(JSONSyntaxFault) {
        position += 1
        let start = position
        var kind = JSONDocument.Token.Kind.string
        while position < bytes.count {
            let byte = bytes[position]
            if byte == UInt8(ascii: "\"") {
                append(kind, from: start)
                position += 1
                return
            }
            guard byte >= 0x20 else { throw fault("a control character written as an escape") }
            if byte == UInt8(ascii: "\\") {
                guard let length = JSONEscapes.length(in: bytes, at: position) else {
                    throw fault("a valid escape")
                }
                kind = .escapedString
                position += length
            } else {
                position += 1
            }
        }
        throw fault("a closing double quote")
    }

    private mutating func number() throws(JSONSyntaxFault) {
        let start = position
        var kind = JSONDocument.Token.Kind.integer
        _ = take(UInt8(ascii: "-"))
        let isZero = position < bytes.count && bytes[position] == UInt8(ascii: "0")
        let digits = takeDigits()
        guard digits > 0 else { throw fault("a JSON value") }
        guard digits == 1 || !isZero else { throw fault("a number without leading zeros") }
        if take(UInt8(ascii: ".")) {
            kind = .fraction
            guard takeDigits() > 0 else { throw fault("a digit") }
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            kind = .fraction
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            guard takeDigits() > 0 else { throw fault("a digit") }
        }
        append(kind, from: start)
    }

    private mutating func word(
        _ word: StaticString, _ kind: JSONDocument.Token.Kind
    ) throws(JSONSyntaxFault) {
        let start = position
        for offset in 0..<word.utf8CodeUnitCount {
            guard take(word.utf8Start[offset]) else { throw fault("true, false or null") }
        }
        append(kind, from: start)
    }
}

extension JSONScanner {
    /// Passes over a byte if it stands here.
    @inline(__always)
    private mutating func take(_ byte: UInt8) -> Bool {
        guard position < bytes.count, bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private mutating func takeDigits() -> Int {
        let start = position
        while position < bytes.count, bytes[position] &- UInt8(ascii: "0") < 10 { position += 1 }
        return position - start
    }

    @inline(__always)
    private mutating func skipSpace() {
        while position < bytes.count {
            switch bytes[position] {
            case 0x20, 0x09, 0x0A, 0x0D: position += 1
            default: return
            }
        }
    }

    private mutating func open(_ kind: JSONDocument.Token.Kind) -> Int {
        position += 1
        append(kind, from: position - 1)
        skipSpace()
        return tokens.count - 1
    }

    private mutating func close(_ index: Int) {
        tokens[index].end = UInt32(position)
        tokens[index].next = UInt32(tokens.count)
    }

    private mutating func append(_ kind: JSONDocument.Token.Kind, from start: Int) {
        tokens.append(
            JSONDocument.Token(
                kind: kind, start: UInt32(start), end: UInt32(position),
                next: UInt32(tokens.count + 1)))
    }

    private func fault(_ expected: String) -> JSONSyntaxFault {
        JSONSyntaxFault(offset: position, expected: expected)
    }
}
