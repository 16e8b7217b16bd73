import Messages
import Postgres
import ServiceKit

/// The requests for editions outside the calendar. `sequence` counts them.
struct EditionRequest: Aggregate {
    /// The reason of the last request.
    var reason: String
    /// The sequence of the last request for corrections of few families too; 0 if there was none.
    var revises: Int64
    var sequence: Int64 = 0

    /// The key of the only row.
    static let name = "edition"
    var key: String { Self.name }

    static let table = Table(
        "edition_request", key: Column("name", \.key), EditionRequest.init,
        Field("reason", \.reason), Field("revises", \.revises), Field("sequence", \.sequence))
}

/// Handles requests for an edition. An edition covers all territories, so only an unlimited publisher (the operator) may
/// request one.
enum EditionRequests {
    static func request(_ command: PublishEdition, _ unit: UnitOfWork) throws -> Emission {
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
