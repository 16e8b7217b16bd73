internal import CoreMetrics
internal import Metrics
internal import Postgres

/// The measurements of a service, by their Prometheus names.
enum Measurements {
    static func batch(messages: Int, took duration: Duration) {
        Counter(label: "nuanxin_messages_total").increment(by: messages)
        Counter(label: "nuanxin_batches_total").increment()
        Timer(label: "nuanxin_batch_duration_seconds").record(duration: duration)
    }

    static func outcome(_ name: String, _ count: Int) {
        Counter(label: "nuanxin_outcomes_total", dimensions: [("outcome", name)]).increment(
            by: count)
    }

    /// Workers without one of their connections, and how long the most silent one has shown no sign of life.
    static func health(
        withoutDatabase: Int, withoutQueues: Int, withoutOutlet: Int, silence: Duration,
        clockDifference: Int64
    ) {
        for (connection, count) in [
            ("database", withoutDatabase), ("queues", withoutQueues), ("publishing", withoutOutlet),
        ] {
            Gauge(label: "nuanxin_workers_without", dimensions: [("connection", connection)])
                .record(count)
        }
        Gauge(label: "nuanxin_clock_difference_seconds").record(clockDifference)
        Gauge(label: "nuanxin_worker_silence_seconds").record(silence.components.seconds)
    }

    /// Not `job`: Prometheus says by that which of its own jobs has asked.
    static func jobFailed(_ name: String) {
        Counter(label: "nuanxin_jobs_failed_total", dimensions: [("name", name)]).increment()
    }

    /// A batch that the database cannot decide now.
    static func held(_ state: SQLState) {
        Counter(label: "nuanxin_batches_held_total", dimensions: [("sqlstate", state.code)])
            .increment()
    }

    static func reconnects(_ what: String) {
        Counter(label: "nuanxin_connections_lost_total", dimensions: [("to", what)]).increment()
    }
}
