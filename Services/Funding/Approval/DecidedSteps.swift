import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// Who has taken which step of a record, under the ids under which the persons were enrolled.
struct DecidedSteps: Row {
    struct Step: Equatable {
        /// The type of the command.
        let type: String
        let person: PersonID
    }

    let record: UUID
    var taken: [Step] = []

    var key: UUID { record }

    private var text: String {
        taken.map { "\($0.type)/\($0.person)" }.joined(separator: " ")
    }

    private static func steps(_ text: String) -> [Step] {
        text.split(separator: " ").compactMap { step in
            let parts = step.split(separator: "/").map(String.init)
            guard parts.count == 2, let person = UUID(uuidString: parts[1]) else { return nil }
            return Step(type: parts[0], person: PersonID(person))
        }
    }

    static let table = Table(
        "decided_steps", key: "record", DecidedSteps.init,
        Field("record", \.record),
        Field([Column("taken", \.text)]) { row in steps(try row.next(String.self)) })
}

extension DecidedSteps {
    static let migration = Migration(
        "0015_decided_steps",
        """
        -- Who took which step of a loan, grant, claim, run, policy, allocation or refund: `<type>/<person>`, with spaces
        -- between them. The id is the one under which the person was enrolled.
        CREATE TABLE decided_steps (
            record uuid PRIMARY KEY,
            taken  text NOT NULL
        );
        """)

    /// Whether somebody with one of these ids has taken a step of another type than this.
    func isTaken(by ids: [PersonID], exceptAs type: String? = nil) -> Bool {
        taken.contains { ids.contains($0.person) && $0.type != type }
    }
}
