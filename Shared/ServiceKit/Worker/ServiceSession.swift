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
}
