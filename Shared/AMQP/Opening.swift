internal import CRabbitMQ
internal import Glibc

// The way to a connection that is open.

extension AMQPConnection {
    /// Bytes of a frame that are agreed with the broker: what it offers unless it is told otherwise.
    private static let frameMaximum: Int32 = 131_072
    /// Bytes of a frame that is taken in. A header frame grows when the broker adds to it: at most `x-death` repeats the
    /// publisher's routing keys, so it is at most twice as long.
    private static let longFrameMaximum: Int32 = 4 * frameMaximum
    /// Seconds for the connect, to each host, and again for each reply.
    private static let patience = 5

    static func connected(
        _ endpoint: Endpoint, _ name: String, _ heartbeat: Int32, _ isForReading: Bool
    ) throws(AMQPError) -> amqp_connection_state_t {
        var failure = AMQPError(.configuration, "the broker's address names no host")
        for host in endpoint.hosts {
            guard let state = amqp_new_connection() else {
                throw AMQPError(.connectionLost, "no memory for a connection")
            }
            do {
                try open(state, host, endpoint, name, heartbeat)
                if isForReading { try takeLongFrames(state) }
                return state
            } catch {
                amqp_destroy_connection(state)
                failure = error
                // Another node would say the same.
                guard error.isRetriable else { break }
            }
        }
        throw failure
    }

    private static func open(
        _ state: amqp_connection_state_t, _ host: String, _ endpoint: Endpoint, _ name: String,
        _ heartbeat: Int32
    ) throws(AMQPError) {
        guard
            let socket = endpoint.tls == nil
                ? amqp_tcp_socket_new(state) : amqp_ssl_socket_new(state)
        else { throw AMQPError(.connectionLost, "no memory for a socket") }
        if let tls = endpoint.tls { try secure(socket, tls) }
        var limit = timeval(tv_sec: patience, tv_usec: 0)
        let status = amqp_socket_open_noblock(socket, host, Int32(endpoint.port), &limit)
        guard status == 0 else {
            // With TLS it tells a certificate of another name or authority from a broker that is away.
            let reason = amqp_error_string2(status).map { ": " + String(cString: $0) } ?? ""
            throw AMQPError(
                .connectionLost, "cannot connect to \(host):\(endpoint.port)\(reason)")
        }
        amqp_set_handshake_timeout(state, &limit)
        amqp_set_rpc_timeout(state, &limit)
        let login = withClientProperties(name) { properties in
            nx_login(
                state, endpoint.virtualHost, frameMaximum, heartbeat, properties, endpoint.user,
                endpoint.password)
        }
        try check(login, "log in")
        amqp_channel_open(state, channel)
        try check(amqp_get_rpc_reply(state), "open a channel")
    }

    private static func secure(_ socket: OpaquePointer, _ tls: Endpoint.TLS) throws(AMQPError) {
        amqp_ssl_socket_set_verify_peer(socket, 1)
        amqp_ssl_socket_set_verify_hostname(socket, 1)
        let authorities = tls.authorities ?? "/etc/ssl/certs/ca-certificates.crt"
        guard amqp_ssl_socket_set_cacert(socket, authorities) == 0 else {
            throw AMQPError(.configuration, "cannot read the authorities' file \(authorities)")
        }
        if let certificate = tls.certificate, let key = tls.key {
            guard amqp_ssl_socket_set_key(socket, certificate, key) == 0 else {
                throw AMQPError(.configuration, "cannot read \(certificate) or its key \(key)")
            }
        }
    }

    /// Raises the limit of our side alone. librabbitmq takes a longer frame than that for broken data, and gives the
    /// connection up.
    private static func takeLongFrames(_ state: amqp_connection_state_t) throws(AMQPError) {
        let status = amqp_tune_connection(
            state, amqp_get_channel_max(state), longFrameMaximum, amqp_get_heartbeat(state))
        guard status == 0 else {
            throw AMQPError(.connectionLost, "no memory for a connection")
        }
    }
}
