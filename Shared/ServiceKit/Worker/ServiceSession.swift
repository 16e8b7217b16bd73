public import Postgres

/// How the sessions of a service plan their statements.
public enum ServiceSession {
    static let settings: [Statement] = [
        // Compiling a statement of a millisecond takes longer than running it.
        "SET jit = off",
        // What is looked up is in memory or on an SSD. By the default of 4 the 1,500 keys of a batch were looked for by
        // reading all of 150,000 rows.
        "SET random_page_cost = 1.1",
    ]

    /// Of those that decide messages: a plan made when tables were empty must not serve when they hold 80,000 rows.
    public static let workerSettings = settings + ["SET plan_cache_mode = force_custom_plan"]
}
