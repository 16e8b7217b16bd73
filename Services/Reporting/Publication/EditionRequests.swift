import Messages
import Postgres
import ServiceKit

/// How many editions were asked for, beside those of the calendar.
struct EditionRequest: Aggregate {
    var reason: String
    /// The last one that asked for corrections of few families too.
    var revises: Int64
    var sequence: Int64 = 0

    /// There is one row.
    static let name = "edition"
    var key: String { Self.name }

    static let table = Table<EditionRequest>(
        "edition_request", key: "name",
        columns: [
            Column("name", { $0.key }), Column("reason", { $0.reason }),
            Column("revises", { $0.revises }), Column("sequence", { $0.sequence }),
        ]
    ) { row in
        _ = try row.next(String.self)
        return EditionRequest(
            reason: try row.next(), revises: try row.next(), sequence: try row.next())
    }
}

/// An edition is of all territories, so only the operator may ask for one.
enum EditionRequests {
    static func request(_ command: PublishEdition, _ unit: UnitOfWork) throws -> Emission {
        guard unit.isUnlimited else { throw Refusal(.outOfScope, at: "") }
        var request =
            try unit.find(EditionRequest.self, EditionRequest.name)
            ?? EditionRequest(reason: command.reason, revises: 0)
        request.reason = command.reason
        if command.revises == true { request.revises = request.sequence + 1 }
        try unit.save(&request)
        return Emission(
            EditionRequested(
                request: request.sequence, reason: command.reason,
                revises: command.revises ?? false),
            of: request)
    }
}
