import CGLPK
import Synchronization

/// A linear program over columns that are 0 in truth: by how much they can differ from it.
///
/// GLPK keeps an environment beside its problems, so one program at a time is in use in a process (`alone`).
struct LinearProgram: ~Copyable {
    /// Of one run of the simplex method.
    private static let iterations: Int32 = 200_000
    private static let milliseconds: Int32 = 20_000

    private static let gate = Mutex(())

    /// Calls `body` while no other thread uses GLPK.
    static func alone<T: Sendable>(_ body: () -> T) -> T {
        gate.withLock { _ in
            glp_term_out(GLP_OFF)
            return body()
        }
    }

    struct Row {
        var terms: [(column: Int, factor: Double)]
        /// The sum is not below it; nil: the sum is 0.
        var atLeast: Double?
    }

    private let problem: OpaquePointer
    private let columns: Int

    init(columns: Int, rows: [Row]) {
        problem = glp_create_prob()
        self.columns = columns
        glp_add_cols(problem, Int32(columns))
        if !rows.isEmpty { glp_add_rows(problem, Int32(rows.count)) }
        var (row, column, factor): ([Int32], [Int32], [Double]) = ([0], [0], [0])
        for (index, each) in rows.enumerated() {
            if let least = each.atLeast {
                glp_set_row_bnds(problem, Int32(index + 1), GLP_LO, least, 0)
            } else {
                glp_set_row_bnds(problem, Int32(index + 1), GLP_FX, 0, 0)
            }
            for term in each.terms {
                row.append(Int32(index + 1))
                column.append(Int32(term.column + 1))
                factor.append(term.factor)
            }
        }
        glp_load_matrix(problem, Int32(row.count - 1), row, column, factor)
    }

    deinit { glp_delete_prob(problem) }

    /// - Parameters: nil is without a bound.
    func bound(_ column: Int, from lower: Double?, to upper: Double?) {
        let type =
            switch (lower, upper) {
            case (nil, nil): GLP_FR
            case (.some, nil): GLP_LO
            case (nil, .some): GLP_UP
            case (let lower?, let upper?): lower == upper ? GLP_FX : GLP_DB
            }
        glp_set_col_bnds(problem, Int32(column + 1), type, lower ?? 0, upper ?? 0)
    }

    /// - Returns: the values of all columns where the sum of the weighted ones is largest; nil if that was not found.
    func maximise(_ weights: [(column: Int, weight: Double)]) -> [Double]? {
        glp_set_obj_dir(problem, GLP_MAX)
        for (column, weight) in weights { glp_set_obj_coef(problem, Int32(column + 1), weight) }
        defer { for (column, _) in weights { glp_set_obj_coef(problem, Int32(column + 1), 0) } }
        var control = glp_smcp()
        glp_init_smcp(&control)
        control.msg_lev = GLP_MSG_OFF
        control.it_lim = Self.iterations
        control.tm_lim = Self.milliseconds
        guard glp_simplex(problem, &control) == 0, glp_get_status(problem) == GLP_OPT else {
            return nil
        }
        return (0..<columns).map { glp_get_col_prim(problem, Int32($0 + 1)) }
    }
}
