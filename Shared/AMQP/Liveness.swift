internal import CRabbitMQ
internal import Glibc

// Whether the broker is there, and that we are.

extension AMQPConnection {
    /// Says to the broker that we are alive, and reads nothing: for a thread that waits for something else, or has no room
    /// for more. What arrives stays in the socket. Cheap; a lost connection is told by the next call of another kind.
    public func serve() {
        let heartbeat = amqp_get_heartbeat(state)
        guard !isSpent, heartbeat > 0 else { return }
        let now = ContinuousClock.now
        guard now - lastServed >= .seconds(1) * Int(heartbeat) / 2 else { return }
        lastServed = now
        var frame = amqp_frame_t()
        frame.frame_type = UInt8(AMQP_FRAME_HEARTBEAT)
        frame.channel = 0
        if amqp_send_frame(state, &frame) < 0 { isSpent = true }
    }

    /// The time since anything came from the broker, whether it was read or not. It sends a heartbeat when it has nothing
    /// else to say for half of the heartbeat's time.
    public var silence: Duration {
        information.map { .milliseconds($0.tcpi_last_data_recv) } ?? .zero
    }

    /// Whether the connection stands, and the broker has been heard within one and a half of its heartbeats' intervals. While
    /// something is left to read, there may be no room for more.
    public var isAlive: Bool {
        let heartbeat = amqp_get_heartbeat(state)
        let isHeard = heartbeat == 0 || silence < .seconds(1) * Int(heartbeat) * 3 / 4
        return !isHungUp && (isHeard || isReadable)
    }

    private var isReadable: Bool {
        var polled = pollfd(fd: socket, events: Int16(POLLIN), revents: 0)
        return poll(&polled, 1, 0) > 0
    }

    /// Whether the broker has closed its side, although something may be left to read.
    public var isHungUp: Bool {
        isSpent || information.map { Int($0.tcpi_state) != Self.established } ?? true
    }

    /// TCP_ESTABLISHED of Linux.
    private static let established = 1

    /// What the kernel knows of the socket.
    private var information: tcp_info? {
        var info = tcp_info()
        var size = socklen_t(MemoryLayout<tcp_info>.size)
        let status = getsockopt(socket, Int32(IPPROTO_TCP), TCP_INFO, &info, &size)
        return status == 0 ? info : nil
    }
}
