internal import CRabbitMQ
internal import Glibc

/// One connection with one channel (librabbitmq loses frames of a second), confined to the thread that
/// opened it: each entry asserts it.
///
/// Nothing here reconnects by itself. After an error the connection is spent: drop it, make another.
public final class AMQPConnection {
    let state: amqp_connection_state_t
    private let thread = pthread_self()
    private let isForReading: Bool
    private var assembler: DeliveryAssembler
    var isSpent = false
    /// When the last heartbeat was sent besides those of `receive`.
    var lastServed: ContinuousClock.Instant = .now
    /// Set between `connection.blocked` and `connection.unblocked`: the broker reads no publishes now.
    public private(set) var isBlocked = false

    static let channel: amqp_channel_t = 1

    /// Connects, logs in and opens the channel, at the first of the endpoint's hosts that takes the connection.
    /// - Parameters:
    ///   - name: shown by the broker's management as the connection's name.
    ///   - heartbeat: seconds; the broker closes a connection that is silent for two to three of them. With 0 it never
    ///     does: for a thread that may wait elsewhere for minutes. Nil for the endpoint's own.
    ///   - isForReading: nothing is published over it, and it takes frames longer than a publisher may send: the broker
    ///     adds headers to a message that it delivers again, and does not look whether they still fit.
    ///   - bodyLimit: bytes; a longer body is dropped as it arrives.
    public init(
        _ endpoint: Endpoint, name: String, heartbeat: Int32? = nil, isForReading: Bool = false,
        bodyLimit: Int = .max
    ) throws(AMQPError) {
        self.isForReading = isForReading
        assembler = DeliveryAssembler(bodyLimit: bodyLimit)
        // Last, because deinit runs as soon as every property is set, even if the initialiser throws.
        state = try Self.connected(endpoint, name, heartbeat ?? endpoint.heartbeat, isForReading)
    }

    deinit {
        if !isSpent {
            amqp_connection_close(state, AMQP_REPLY_SUCCESS)
        }
        amqp_destroy_connection(state)
    }

    // MARK: Set-up

    /// Asks for a confirm of every publish from here on.
    public func selectConfirms() throws(AMQPError) {
        try enter()
        amqp_confirm_select(state, Self.channel)
        try checkReply("select confirms")
    }

    /// Bounds the unacknowledged deliveries of consumers started after this call.
    public func setPrefetch(_ count: UInt16) throws(AMQPError) {
        try enter()
        amqp_basic_qos(state, Self.channel, 0, count, 0)
        try checkReply("set the prefetch")
    }

    /// Starts a consumer whose deliveries must be acknowledged.
    public func consume(
        _ queue: String, tag: String, from start: ConsumerArgument? = nil
    ) throws(AMQPError) {
        try enter()
        withBytes([queue, tag, "x-stream-offset", start?.text ?? ""]) { bytes in
            var entry = amqp_table_entry_t()
            entry.key = bytes[2]
            if case .streamOffset(let offset) = start {
                entry.value.kind = UInt8(AMQP_FIELD_KIND_I64.rawValue)
                entry.value.value.i64 = offset
            } else {
                entry.value.kind = UInt8(AMQP_FIELD_KIND_UTF8.rawValue)
                entry.value.value.bytes = bytes[3]
            }
            withUnsafeMutablePointer(to: &entry) { entry in
                let arguments = amqp_table_t(num_entries: start == nil ? 0 : 1, entries: entry)
                amqp_basic_consume(
                    state, Self.channel, bytes[0], bytes[1], 0, 0, 0, arguments)
            }
        }
        try checkReply("consume \(queue)")
    }

    /// How many consumers a queue has, of all connections. The broker asks for no permission.
    public func consumerCount(of queue: String) throws(AMQPError) -> Int {
        try enter()
        let count = withBytes([queue]) { bytes in
            let none = amqp_table_t(num_entries: 0, entries: nil)
            // Passive: it is only looked for.
            let answer = amqp_queue_declare(state, Self.channel, bytes[0], 1, 0, 0, 0, none)
            return answer?.pointee.consumer_count
        }
        try checkReply("look at \(queue)")
        return Int(count ?? 0)
    }

    // MARK: Work

    public func acknowledge(_ tag: UInt64, multiple: Bool) throws(AMQPError) {
        try enter()
        try check(status: amqp_basic_ack(state, Self.channel, tag, multiple ? 1 : 0), "acknowledge")
    }

    /// Gives messages back to the broker (`requeue`) or to its dead-letter exchange.
    public func reject(_ tag: UInt64, multiple: Bool, requeue: Bool) throws(AMQPError) {
        try enter()
        let status = amqp_basic_nack(
            state, Self.channel, tag, multiple ? 1 : 0, requeue ? 1 : 0)
        try check(status: status, "reject")
    }

    /// Hands a message to the socket. Only a confirm says that it is stored.
    /// - Parameter isMandatory: whether the broker returns it, before its confirm, if no queue takes it.
    public func publish(
        exchange: String, routingKey: String, properties: Properties, body: [UInt8],
        isMandatory: Bool = false
    ) throws(AMQPError) {
        precondition(!isForReading, "published over a connection for reading")
        try enter()
        let status = withBytes([
            exchange, routingKey, properties.contentType ?? "", properties.messageID ?? "",
            properties.correlationID ?? "", properties.replyTo ?? "", properties.type ?? "",
            properties.userID ?? "",
        ]) { bytes in
            var basic = properties.basic(bytes[2...])
            return body.withUnsafeBytes { content in
                // librabbitmq only reads through this pointer.
                let pointer = UnsafeMutableRawPointer(mutating: content.baseAddress)
                return amqp_basic_publish(
                    state, Self.channel, bytes[0], bytes[1], isMandatory ? 1 : 0, 0, &basic,
                    amqp_bytes_t(len: content.count, bytes: pointer))
            }
        }
        try check(status: status, "publish")
    }

    /// Holds back what is published meanwhile, so that it leaves in full TCP segments (TCP_CORK): the broker
    /// wakes up once for many small messages. A kernel that knows no such thing sends them at once.
    public func gather(_ publishing: () throws(AMQPError) -> Void) throws(AMQPError) {
        cork(1)
        defer { cork(0) }
        try publishing()
    }

    private func cork(_ isOn: Int32) {
        var value = isOn
        setsockopt(
            socket, Int32(IPPROTO_TCP), TCP_CORK, &value, socklen_t(MemoryLayout<Int32>.size))
    }

    /// Takes what has arrived, without waiting: at most `limit` items or about `byteLimit` bytes of bodies.
    /// It also sends and checks heartbeats. Call it, or `serve`, every few seconds.
    public func receive(
        into incoming: inout [Incoming], limit: Int, byteLimit: Int = .max
    ) throws(AMQPError) {
        try enter()
        var bytes = 0
        var count = 0
        while count < limit, bytes < byteLimit {
            var frame = amqp_frame_t()
            var immediately = timeval(tv_sec: 0, tv_usec: 0)
            let status = amqp_simple_wait_frame_noblock(state, &frame, &immediately)
            if status == AMQP_STATUS_TIMEOUT.rawValue { break }
            try check(status: status, "read")
            // All of the frame is copied by then; a long body would be kept twice otherwise.
            defer { amqp_maybe_release_buffers(state) }
            guard let item = try take(frame) else { continue }
            if case .delivery(let delivery) = item { bytes += delivery.body.count }
            incoming.append(item)
            count += 1
        }
    }

    /// The socket to wait on with `poll`, once `hasBufferedInput` is false.
    public var socket: Int32 { amqp_get_sockfd(state) }

    /// Whether `receive` would find something that `poll` cannot see.
    public var hasBufferedInput: Bool {
        amqp_frames_enqueued(state) != 0 || amqp_data_in_buffer(state) != 0
    }

    /// Waits until one of the connections has input or the time is over.
    public static func wait(for connections: [AMQPConnection], milliseconds: Int32) {
        if connections.contains(where: \.hasBufferedInput) { return }
        var polled = connections.map { pollfd(fd: $0.socket, events: Int16(POLLIN), revents: 0) }
        _ = poll(&polled, nfds_t(polled.count), milliseconds)
    }

    // MARK: Inside

    private func take(_ frame: amqp_frame_t) throws(AMQPError) -> Incoming? {
        switch Int32(frame.frame_type) {
        case AMQP_FRAME_METHOD:
            return try takeMethod(frame.payload.method)
        case AMQP_FRAME_HEADER:
            return assembler.header(
                frame.payload.properties.body_size, frame.payload.properties.decoded)
        case AMQP_FRAME_BODY:
            return assembler.body(frame.payload.body_fragment)
        default:
            return nil
        }
    }

    private func takeMethod(_ method: amqp_method_t) throws(AMQPError) -> Incoming? {
        guard let decoded = method.decoded else { return nil }
        switch method.id {
        case NX_BASIC_DELIVER:
            assembler.deliver(decoded.load(as: amqp_basic_deliver_t.self))
        case NX_BASIC_RETURN:
            assembler.returned(decoded.load(as: amqp_basic_return_t.self))
        case NX_BASIC_ACK:
            let ack = decoded.load(as: amqp_basic_ack_t.self)
            return .confirmed(tag: ack.delivery_tag, multiple: ack.multiple != 0)
        case NX_BASIC_NACK:
            let nack = decoded.load(as: amqp_basic_nack_t.self)
            return .refused(tag: nack.delivery_tag, multiple: nack.multiple != 0)
        case NX_BASIC_CANCEL:
            return .cancelled(
                consumerTag: String(decoded.load(as: amqp_basic_cancel_t.self).consumer_tag))
        case NX_CONNECTION_BLOCKED:
            isBlocked = true
        case NX_CONNECTION_UNBLOCKED:
            isBlocked = false
        case NX_CHANNEL_CLOSE, NX_CONNECTION_CLOSE:
            isSpent = true
            throw Self.closed(method)
        default:
            break
        }
        return nil
    }

    func enter() throws(AMQPError) {
        precondition(pthread_equal(thread, pthread_self()) != 0, "used off its thread")
        if isSpent { throw AMQPError(.connectionLost, "the connection was lost before") }
    }

    func check(status: Int32, _ action: String) throws(AMQPError) {
        guard status < 0 else { return }
        isSpent = true
        let reason = amqp_error_string2(status).map { String(cString: $0) } ?? "status \(status)"
        throw AMQPError(.connectionLost, "cannot \(action): \(reason)")
    }

    private func checkReply(_ action: String) throws(AMQPError) {
        do {
            try Self.check(amqp_get_rpc_reply(state), action)
        } catch {
            isSpent = true
            throw error
        }
    }
}
