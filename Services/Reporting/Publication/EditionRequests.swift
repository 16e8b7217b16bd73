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

    static let table = Table(
        "edition_request", key: Column("name", \.key), EditionRequest.init,
        Field("reason", \.reason), Field("revises", \.revises), Field("sequence", \.sequence))
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
