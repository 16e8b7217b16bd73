import CPostgres
import Glibc

/// Owns libpq's handle: sends without blocking, and waits with a deadline for whatever there is to read.
///
/// Always in pipeline mode, but for the length of a script.
final class Link {
    private let handle: OpaquePointer
    private var deadline = ContinuousClock.now
    /// Notices when the server says nothing for long; nil if nobody asked for it.
    private let silence: SilenceProbe?
    /// When the server was heard last, or the silence was found to be in order.
    private var heard = ContinuousClock.now
    /// Called about once a second while answers are awaited, and between them.
    var whileWaiting: (() -> Void)?
    private var nextCall = ContinuousClock.now
    private static let callInterval: Duration = .seconds(1)
    /// The session cannot be used any more.
    private(set) var isBroken = false

    /// The address of empty values: libpq takes a null pointer for NULL.
    private let emptyValue = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
    // Kept between statements for their memory only.
    private var values: [UnsafePointer<CChar>?] = []
    private var lengths: [Int32] = []
    private let binary = [Int32](repeating: 1, count: Statement.maximumParameters)

    init(_ configuration: PostgresConfiguration) throws(PostgresError) {
        emptyValue.initialize(to: 0)
        silence = configuration.silenceLimit.map { SilenceProbe(configuration, after: $0) }
        guard let handle = connect(configuration.keywords) else {
            emptyValue.deallocate()
            throw PostgresError(sqlState: "53200", message: "no memory for a connection")
        }
        self.handle = handle
        guard PQstatus(handle) == CONNECTION_OK else {
            // Before the session stands the message can name hosts, users and databases only.
            let text = String(cString: PQerrorMessage(handle))
            throw PostgresError(
                sqlState: .cannotConnect,
                message: text.split(separator: "\n").joined(separator: " "))
        }
        // libpq prints notices to standard error, values and all.
        _ = PQsetNoticeReceiver(handle, { _, _ in }, nil)
        guard PQsetnonblocking(handle, 1) == 0, PQenterPipelineMode(handle) == 1 else {
            throw broken("the connection refused pipeline mode")
        }
    }

    deinit {
        PQfinish(handle)
        emptyValue.deallocate()
    }

    /// Whether a statement of the transaction failed, so that the server hears nothing but ROLLBACK.
    var isInFailedTransaction: Bool { PQtransactionStatus(handle) == PQTRANS_INERROR }

    /// Starts the time in which all answers must have come.
    func startClock(_ timeout: Duration) {
        heard = .now
        deadline = heard + timeout
    }

    /// Marks the session as unusable. The text is ours: libpq's may repeat an earlier error's DETAIL.
    func broken(_ message: String) -> PostgresError {
        isBroken = true
        return PostgresError(sqlState: .connectionFailure, message: message)
    }

    // MARK: Sending

    func prepare(_ name: String, _ sql: String, _ types: [UInt32]) throws(PostgresError) {
        try sent(PQsendPrepare(handle, name, sql, Int32(types.count), types))
    }

    func execute(_ name: String, _ parameters: [Parameter]) throws(PostgresError) {
        values.removeAll(keepingCapacity: true)
        lengths.removeAll(keepingCapacity: true)
        let result = bind(parameters[...]) {
            PQsendQueryPrepared(handle, name, Int32(values.count), values, lengths, binary, 1)
        }
        try sent(result)
    }

    /// Runs a command that is not worth preparing.
    func execute(sql: String) throws(PostgresError) {
        try sent(PQsendQueryParams(handle, sql, 0, nil, nil, nil, nil, 1))
    }

    func sync() throws(PostgresError) {
        try sent(PQpipelineSync(handle))
    }

    private func sent(_ result: Int32) throws(PostgresError) {
        guard result == 1 else { throw broken("the connection was lost while sending") }
    }

    /// Collects pointers to the parameters' bytes, which stay valid until `send` has copied them.
    private func bind(_ parameters: ArraySlice<Parameter>, _ send: () -> Int32) -> Int32 {
        guard let first = parameters.first else { return send() }
        guard let bytes = first.bytes else {
            values.append(nil)
            lengths.append(0)
            return bind(parameters.dropFirst(), send)
        }
        return bytes.withUnsafeBytes { buffer in
            let start = buffer.baseAddress?.assumingMemoryBound(to: CChar.self)
            values.append(start ?? UnsafePointer(emptyValue))
            lengths.append(Int32(buffer.count))
            return bind(parameters.dropFirst(), send)
        }
    }

    /// Runs several statements by the simple protocol, which knows no pipeline mode.
    func script(_ sql: String) throws(PostgresError) {
        guard PQexitPipelineMode(handle) == 1 else {
            throw broken("the pipeline was not at its end")
        }
        try sent(PQsendQuery(handle, sql))
        var failure: PostgresError?
        var isOver = false
        while !isOver {
            switch try nextAnswer() {
            case .failed(let error): failure = failure ?? error
            case .end: isOver = true
            case .complete, .skipped, .sync: break
            }
        }
        guard PQenterPipelineMode(handle) == 1 else {
            throw broken("the script was not at its end")
        }
        if let failure { throw failure }
    }

    // MARK: Receiving

    /// One thing that libpq says about the command whose turn it is.
    enum Answer {
        /// A statement that was only prepared has no rows.
        case complete(Rows)
        case failed(PostgresError)
        /// Not run, because an earlier statement of the pipeline failed.
        case skipped
        /// Nothing more is to come for this command.
        case end
        case sync
    }

    func nextAnswer() throws(PostgresError) -> Answer {
        try waitWhileBusy()
        guard let result = PQgetResult(handle) else {
            guard PQstatus(handle) == CONNECTION_OK else { throw broken("the connection was lost") }
            return .end
        }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_TUPLES_OK, PGRES_COMMAND_OK, PGRES_EMPTY_QUERY:
            guard let rows = Rows(copying: result) else {
                return .failed(
                    PostgresError(sqlState: "54000", message: "a result of more than 4 GiB"))
            }
            return .complete(rows)
        case PGRES_PIPELINE_ABORTED:
            return .skipped
        case PGRES_PIPELINE_SYNC:
            return .sync
        case PGRES_FATAL_ERROR:
            guard let error = PostgresError(result) else { throw broken("the connection was lost") }
            return .failed(error)
        default:
            throw broken("an answer that no statement here should have, such as COPY")
        }
    }

    /// Sends and receives until the next answer is complete. Doing both is what keeps a large pipeline from
    /// standing still, with either side waiting for the other to read.
    private func waitWhileBusy() throws(PostgresError) {
        while PQisBusy(handle) == 1 {
            let unsent = PQflush(handle)
            guard unsent >= 0 else { throw broken("the connection was lost while sending") }
            try poll(writing: unsent == 1)
            if PQconsumeInput(handle) == 0, PQstatus(handle) == CONNECTION_OK {
                throw broken("the connection could not be read")
            }
        }
    }

    private func poll(writing: Bool) throws(PostgresError) {
        if nx_tls_has_pending(handle) != 0 { return }
        let now = ContinuousClock.now
        callWhileWaiting(now)
        guard now < deadline else { throw broken("no answer from the server in time") }
        let limit = whileWaiting == nil && silence == nil ? deadline - now : Self.callInterval
        if try isReady(within: min(deadline - now, limit), writing: writing) {
            heard = .now
        } else if let silence, .now - heard >= silence.limit {
            try inquire(silence)
        }
    }

    private func callWhileWaiting(_ now: ContinuousClock.Instant) {
        guard let whileWaiting, now >= nextCall else { return }
        nextCall = now + Self.callInterval
        whileWaiting()
    }

    private func isReady(within time: Duration, writing: Bool) throws(PostgresError) -> Bool {
        let socket = PQsocket(handle)
        guard socket >= 0 else { throw broken("the connection was lost") }
        var descriptor = pollfd(
            fd: socket, events: Int16(POLLIN | (writing ? POLLOUT : 0)), revents: 0)
        let count = Glibc.poll(&descriptor, 1, Int32(clamping: time.milliseconds))
        guard count >= 0 || errno == EINTR else { throw broken("poll failed on the connection") }
        return count > 0
    }

    /// Gives the session up if the server is not at work for it.
    private func inquire(_ silence: SilenceProbe) throws(PostgresError) {
        let finding = silence.ask(about: PQbackendPID(handle))
        heard = .now
        if finding == .atWork { return }
        // The answer may have come meanwhile.
        if try isReady(within: .milliseconds(100), writing: false) { return }
        throw broken("the server is silent: \(finding.rawValue)")
    }
}

/// Blocks until the session stands or every host has refused; nil only when there is no memory.
private func connect(_ keywords: [(keyword: String, value: String)]) -> OpaquePointer? {
    let names = keywords.map { strdup($0.keyword) } + [nil]
    defer { for name in names { free(name) } }
    let values = keywords.map { strdup($0.value) } + [nil]
    defer { for value in values { free(value) } }
    return PQconnectdbParams(
        names.map { UnsafePointer($0) }, values.map { UnsafePointer($0) }, 1)
}
