public import Postgres

/// How the sessions of a service plan their statements.
public enum ServiceSession {
    static let settings: [Statement] = [
        // Compiling a statement of a millisecond takes longer than running it.
        "SET jit = off",
        // Rows are in memory or on an SSD. With the default of 4, the planner looked for the 1,500 keys of a batch by reading all
        // of 150,000 rows.
        "SET random_page_cost = 1.1",
    ]

    /// For sessions that decide messages. A plan made for empty tables must not be used when they hold 80,000 rows.
    public static let workerSettings = settings + ["SET plan_cache_mode = force_custom_plan"]

    /// How the server notices that the client of a worker's session is gone, and lets go of its locks.
    static let limits: [Statement] = [
        // Milliseconds for which a job waits for a row that another session holds, such as an operator's open transaction. A
        // batch waits less (`LockedMessages`).
        "SET lock_timeout = 30000",
        // Milliseconds. Workers say something several times a second, and a transaction's longest silence is a computation of
        // seconds.
        "SET idle_in_transaction_session_timeout = 60000",
        "SET idle_session_timeout = 60000",
        // Milliseconds: a statement ends whose client has closed the connection.
        "SET client_connection_check_interval = 5000",
        // Seconds, and for the last one milliseconds: a client whose host is gone.
        "SET tcp_keepalives_idle = 10",
        "SET tcp_keepalives_interval = 5",
        "SET tcp_keepalives_count = 3",
        "SET tcp_user_timeout = 25000",
    ]
}
