public import Postgres

/// How the sessions plan that decide messages.
public enum WorkerSession {
    public static let settings: [Statement] = [
        // A plan made when tables were empty must not serve when they hold 80,000 rows.
        "SET plan_cache_mode = force_custom_plan",
        // Compiling a statement of a millisecond takes longer than running it.
        "SET jit = off",
        // What is looked up is in memory or on an SSD. By the default of 4 the 1,500 keys of a batch were looked for by
        // reading all of 150,000 rows.
        "SET random_page_cost = 1.1",
    ]
}
