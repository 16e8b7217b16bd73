internal import CRabbitMQ

// The translation between librabbitmq's structures and ours; all memory is copied here.

extension String {
    init(_ bytes: amqp_bytes_t) {
        self = String(
            decoding: UnsafeRawBufferPointer(start: bytes.bytes, count: bytes.len), as: UTF8.self)
    }
}

extension ConsumerArgument {
    var text: String? {
        if case .streamPosition(let position) = self { position } else { nil }
    }
}

/// Calls `body` with the strings as C byte ranges in one block of memory that lives for the call.
func withBytes<R>(_ strings: [String], _ body: ([amqp_bytes_t]) -> R) -> R {
    var block: [UInt8] = []
    block.reserveCapacity(strings.reduce(0) { $0 + $1.utf8.count })
    for string in strings { block.append(contentsOf: string.utf8) }
    return block.withUnsafeMutableBytes { memory in
        var offset = 0
        let ranges = strings.map { string in
            let count = string.utf8.count
            defer { offset += count }
            return amqp_bytes_t(len: count, bytes: memory.baseAddress.map { $0 + offset })
        }
        return body(ranges)
    }
}

extension Properties {
    init(_ basic: amqp_basic_properties_t) {
        self.init()
        func text(_ flag: UInt32, _ bytes: amqp_bytes_t) -> String? {
            basic._flags & flag != 0 ? String(bytes) : nil
        }
        contentType = text(NX_HAS_CONTENT_TYPE, basic.content_type)
        messageID = text(NX_HAS_MESSAGE_ID, basic.message_id)
        correlationID = text(NX_HAS_CORRELATION_ID, basic.correlation_id)
        replyTo = text(NX_HAS_REPLY_TO, basic.reply_to)
        type = text(NX_HAS_TYPE, basic.type)
        userID = text(NX_HAS_USER_ID, basic.user_id)
        guard basic._flags & NX_HAS_HEADERS != 0 else { return }
        for i in 0..<Int(basic.headers.num_entries) { readHeader(basic.headers.entries[i]) }
    }

    private mutating func readHeader(_ entry: amqp_table_entry_t) {
        switch String(entry.key) {
        case "x-stream-offset": streamOffset = entry.value.integer
        case "x-first-death-reason": firstDeathReason = entry.value.text
        case "x-first-death-queue": firstDeathQueue = entry.value.text
        case "CC", "BCC": hasCopies = true
        default: break
        }
    }

    /// Kept by the broker's queues over a restart of it.
    private static let persistent: UInt8 = 2

    /// The C form over `bytes`, which holds the texts in the order of `AMQPConnection.publish`.
    func basic(_ bytes: ArraySlice<amqp_bytes_t>) -> amqp_basic_properties_t {
        var basic = amqp_basic_properties_t()
        let first = bytes.startIndex
        func set(
            _ value: String?, _ flag: UInt32, _ offset: Int,
            _ field: WritableKeyPath<amqp_basic_properties_t, amqp_bytes_t>
        ) {
            guard value != nil else { return }
            basic._flags |= flag
            basic[keyPath: field] = bytes[first + offset]
        }
        set(contentType, NX_HAS_CONTENT_TYPE, 0, \.content_type)
        set(messageID, NX_HAS_MESSAGE_ID, 1, \.message_id)
        set(correlationID, NX_HAS_CORRELATION_ID, 2, \.correlation_id)
        set(replyTo, NX_HAS_REPLY_TO, 3, \.reply_to)
        set(type, NX_HAS_TYPE, 4, \.type)
        set(userID, NX_HAS_USER_ID, 5, \.user_id)
        basic._flags |= NX_HAS_DELIVERY_MODE
        basic.delivery_mode = Self.persistent
        return basic
    }
}

extension amqp_field_value_t {
    fileprivate var integer: Int64? {
        switch UInt32(kind) {
        case AMQP_FIELD_KIND_I8.rawValue: Int64(value.i8)
        case AMQP_FIELD_KIND_U8.rawValue: Int64(value.u8)
        case AMQP_FIELD_KIND_I16.rawValue: Int64(value.i16)
        case AMQP_FIELD_KIND_U16.rawValue: Int64(value.u16)
        case AMQP_FIELD_KIND_I32.rawValue: Int64(value.i32)
        case AMQP_FIELD_KIND_U32.rawValue: Int64(value.u32)
        case AMQP_FIELD_KIND_I64.rawValue: value.i64
        case AMQP_FIELD_KIND_U64.rawValue: Int64(clamping: value.u64)
        default: nil
        }
    }

    fileprivate var text: String? {
        kind == UInt8(AMQP_FIELD_KIND_UTF8.rawValue) ? String(value.bytes) : nil
    }
}

extension AMQPConnection {
    /// The capabilities that librabbitmq does not announce by itself, and the connection's name.
    static func withClientProperties<R>(
        _ name: String, _ body: (UnsafePointer<amqp_table_t>) -> R
    ) -> R {
        let flags = [
            "consumer_cancel_notify", "connection.blocked", "publisher_confirms", "basic.nack",
        ]
        return withBytes(flags + ["capabilities", "connection_name", name]) { bytes in
            var capabilities = flags.indices.map { i in
                var entry = amqp_table_entry_t()
                entry.key = bytes[i]
                entry.value.kind = UInt8(AMQP_FIELD_KIND_BOOLEAN.rawValue)
                entry.value.value.boolean = 1
                return entry
            }
            return capabilities.withUnsafeMutableBufferPointer { inner in
                var announced = amqp_table_entry_t()
                announced.key = bytes[4]
                announced.value.kind = UInt8(AMQP_FIELD_KIND_TABLE.rawValue)
                announced.value.value.table = amqp_table_t(
                    num_entries: Int32(inner.count), entries: inner.baseAddress)
                var named = amqp_table_entry_t()
                named.key = bytes[5]
                named.value.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
                named.value.value.bytes = bytes[6]
                var outer = [announced, named]
                return outer.withUnsafeMutableBufferPointer { outer in
                    var table = amqp_table_t(num_entries: 2, entries: outer.baseAddress)
                    return body(&table)
                }
            }
        }
    }

    static func check(_ reply: amqp_rpc_reply_t, _ action: String) throws(AMQPError) {
        switch reply.reply_type {
        case AMQP_RESPONSE_NORMAL:
            return
        case AMQP_RESPONSE_SERVER_EXCEPTION:
            throw closed(reply.reply)
        default:
            let reason = amqp_error_string2(reply.library_error).map { String(cString: $0) }
            throw AMQPError(
                .connectionLost, "cannot \(action): \(reason ?? "the connection was lost")")
        }
    }

    /// The broker's reason for closing a channel or the connection.
    static func closed(_ method: amqp_method_t) -> AMQPError {
        guard let decoded = method.decoded else {
            return AMQPError(.protocolViolation, "closed without a reason")
        }
        switch method.id {
        case NX_CHANNEL_CLOSE:
            let close = decoded.load(as: amqp_channel_close_t.self)
            return AMQPError(.refused(code: Int(close.reply_code)), String(close.reply_text))
        case NX_CONNECTION_CLOSE:
            let close = decoded.load(as: amqp_connection_close_t.self)
            return AMQPError(.refused(code: Int(close.reply_code)), String(close.reply_text))
        default:
            return AMQPError(.protocolViolation, "an unexpected answer")
        }
    }
}
