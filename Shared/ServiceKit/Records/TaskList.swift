internal import Foundation
internal import Messages
internal import Postgres

/// Answers queries for tasks, page by page, in the order of territory and id.
struct TaskList {
    let kinds: [TaskKind]

    func answer(_ selection: TaskSelection, _ unit: UnitOfWork) throws -> TasksAnswer {
        if let kind = selection.kind, !kinds.contains(TaskKind(kind)) {
            throw Refusal(
                .unknownTaskKind, at: "/kind",
                expected: kinds.isEmpty
                    ? "no kind: this service has no tasks"
                    : "one of " + kinds.map(\.name).joined(separator: ", "))
        }
        if let within = selection.within { try unit.requireScope(within, at: "/within") }
        let last = try selection.after.map { id in
            guard let task = try unit.find(OfficeTask.self, id), try unit.covers(task.territory)
            else { throw Refusal(unit.isUnlimited ? .unknownTask : .outOfScope, at: "/after") }
            return task
        }
        let limit = selection.limit ?? TaskSelection.usualPage
        let ids = try unit.query(statement(selection, after: last, limit)).map {
            try $0.decode(UUID.self, at: 0)
        }
        let page = try unit.find(OfficeTask.self, all: Array(ids.prefix(limit)))
        let shown = try page.filter { try unit.covers($0.territory) }
        unit.logReading(of: shown.map(\.subject))
        return TasksAnswer(
            tasks: shown.map(\.answer), next: ids.count > limit ? page.last?.id : nil)
    }

    private func statement(
        _ selection: TaskSelection, after last: OfficeTask?, _ limit: Int
    ) -> Statement {
        var parameters: [Parameter] = []
        func bind(_ parameter: Parameter) -> String {
            parameters.append(parameter)
            return "$\(parameters.count)"
        }
        var conditions = ["settled_on IS \(selection.state == .open ? "" : "NOT ")NULL"]
        if let within = selection.within {
            // A digit sorts before the colon, so this is the range of the codes that begin with it.
            let code = bind(Parameter(within.rawValue))
            conditions.append("territory >= \(code)::text AND territory < \(code)::text || ':'")
        }
        if let kind = selection.kind { conditions.append("kind = \(bind(Parameter(kind)))") }
        if let last {
            let place = "(\(bind(Parameter(last.territory.rawValue))), \(bind(Parameter(last.id))))"
            conditions.append("(territory, id) > \(place)")
        }
        return Statement(
            trusted: """
                SELECT id FROM task WHERE \(conditions.joined(separator: " AND ")) \
                ORDER BY territory, id LIMIT \(limit + 1)
                """,
            parameters)
    }
}
