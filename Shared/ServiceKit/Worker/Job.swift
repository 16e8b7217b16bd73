internal import AMQP
public import Messages
internal import Metrics
public import Postgres

/// Work that a service does from time to time, on one worker at a time across all its replicas (an
/// advisory lock), between batches.
public struct Job: Sendable {
    let name: String
    let interval: Duration
    let run: @Sendable (JobContext) throws -> Void

    /// - Parameter interval: the shortest time between two runs of one worker.
    public init(
        _ name: String, every interval: Duration,
        _ run: @escaping @Sendable (JobContext) throws -> Void
    ) {
        self.name = name
        self.interval = interval
        self.run = run
    }

    /// Distinct for each name; the same in every process.
    var lock: Int64 { name.utf8.reduce(0x6E75_616E) { ($0 &* 31 &+ Int64($1)) & 0x7FFF_FFFF_FFFF } }
}

/// The means of a job while it runs. It must not be kept.
public final class JobContext {
    public let connection: Connection
    public let now: Timestamp
    public let settings: JobSettings
    private let outlet: JobOutlet
    private let decider: (any Command) throws -> Void
    private let deadline: ContinuousClock.Instant

    /// How long a job may keep its worker from messages before it should stop for now.
    static let timeSlice: Duration = .milliseconds(300)
    /// The same while a stream is read: longer, so that a busy broker has time to send something.
    private static let readingSlice: Duration = .seconds(1)

    init(
        connection: Connection, outlet: JobOutlet, now: Timestamp, settings: JobSettings,
        decide: @escaping (any Command) throws -> Void
    ) {
        self.connection = connection
        self.settings = settings
        self.outlet = outlet
        self.now = now
        decider = decide
        deadline = .now + Self.timeSlice
    }

    /// Whether the job has used up its slice of time and should go on at its next run.
    public var shouldYield: Bool { ContinuousClock.now >= deadline }

    /// Decides a command of the service itself, for which nobody need send a message, in a transaction of its own. Its facts are
    /// published as those of other commands are. The job has no transaction open. While too much waits for the broker, nothing
    /// happens: the job finds the same work at its next run.
    public func decide(_ command: any Command) throws { try decider(command) }

    /// Keeps a message until `flush`; one that is left at the job's end is sent then.
    public func publish(_ publication: Publication) { outlet.publish(publication) }

    /// Sets a gauge of the service.
    /// - Parameter labels: names and values that tell it from others of the same name.
    public func measure(_ name: String, _ value: Int64, by labels: [(String, String)] = []) {
        Gauge(label: name, dimensions: labels).record(value)
    }

    /// Sends what was published, and waits until the broker has confirmed it, 10 s at most. Without a broker it fails at once,
    /// and nothing is sent later: the job runs again.
    public func flush() throws { try outlet.flush() }

    /// Like `flush`, and returns what a queue has refused.
    func send() throws -> [Publication] { try outlet.send() }

    /// Reads what a stream holds from an offset on, or from its beginning if that is later, for about a second.
    /// - Parameter take: takes messages in order, and returns whether to go on.
    public func read(
        stream: String, from offset: Int64, _ take: ([StreamMessage]) throws -> Bool
    ) throws {
        var consumer = try StreamConsumer(
            outlet.endpoint, name: "reads \(stream)", queue: stream, from: .streamOffset(offset))
        let deadline = ContinuousClock.now + Self.readingSlice
        while ContinuousClock.now < deadline {
            let messages = try consumer.next(milliseconds: 50).compactMap { delivery in
                delivery.properties.streamOffset.map {
                    StreamMessage(offset: $0, body: delivery.body)
                }
            }
            guard try messages.isEmpty || take(messages) else { return }
        }
    }
}

/// A message of a stream, and its place in it.
public struct StreamMessage: Sendable {
    public let offset: Int64
    public let body: [UInt8]

    public init(offset: Int64, body: [UInt8]) {
        self.offset = offset
        self.body = body
    }
}

/// The numbers that an operator has set, of those that the service's definition lists.
public struct JobSettings: Sendable {
    private let values: [Settings.Key: Int]

    init(_ values: [Settings.Key: Int] = [:]) { self.values = values }

    public subscript(setting: NumberSetting) -> Int { values[setting.key] ?? setting.fallback }
}
