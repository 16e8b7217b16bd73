internal import AMQP
internal import Logging
internal import Messages
internal import Postgres

/// The jobs of one worker, each when it is due. One that fails is tried again later; messages and the other jobs go on.
struct Jobs {
    /// The least time before a job that failed is tried again: its cause may stay for hours. A lost race is tried again sooner.
    private static let pause: Duration = .seconds(5)

    private var jobs: [(job: Job, due: ContinuousClock.Instant)]
    private let settings: JobSettings
    private let logger: Logger

    init(_ jobs: [Job], of service: String, _ settings: JobSettings) {
        self.jobs = jobs.map { ($0, .now) }
        self.settings = settings
        logger = Logger(label: service)
    }

    /// - Parameter decide: decides a command of the service itself.
    /// - Throws: the loss of the session, which is no job's fault.
    mutating func run(
        _ connection: Connection, _ outlet: JobOutlet,
        decide: @escaping (any Command) throws -> Void
    ) throws {
        for index in jobs.indices where ContinuousClock.now >= jobs[index].due {
            let job = jobs[index].job
            jobs[index].due = .now + job.interval
            let rows = try connection.run(
                "SELECT pg_try_advisory_lock(\(job.lock)), clock_timestamp()")
            guard let row = rows.first, try row.decode(Bool.self, at: 0) else { continue }
            defer { _ = try? connection.run("SELECT pg_advisory_unlock(\(job.lock))") }
            outlet.discard()
            do {
                try job.run(
                    JobContext(
                        connection: connection, outlet: outlet,
                        now: row.decode(Timestamp.self, at: 1), settings: settings,
                        decide: decide))
                try outlet.flush()
            } catch let error as AMQPError {
                _ = try connection.run("ROLLBACK")
                jobs[index].due = .now + max(job.interval, Self.pause)
                logger.warning(
                    "job waits for the broker",
                    metadata: ["job": "\(job.name)", "error": "\(error)"])
            } catch {
                guard connection.isOpen, !Batch.endsSession(error) else { throw error }
                _ = try connection.run("ROLLBACK")
                let isRace = (error as? PostgresError)?.isRetriable ?? false
                if !isRace { jobs[index].due = .now + max(job.interval, Self.pause) }
                Measurements.jobFailed(job.name)
                logger.error(
                    "job failed", metadata: ["job": "\(job.name)", "error": "\(error)"])
            }
        }
    }
}
