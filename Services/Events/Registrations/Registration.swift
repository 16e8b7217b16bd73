import Foundation
import Messages
import Postgres
import ServiceKit

/// A party's request for places at a session, and whether it has them.
struct Registration: Aggregate {
    enum State: String {
        case confirmed, waitlisted, cancelled
    }

    let id: RegistrationID
    let session: SessionID
    let party: Party
    let requestedOn: BusinessDate
    var state: State
    /// The day since which it is in this state.
    var since: BusinessDate
    /// Its number in the session's waiting line; nil if it never waited.
    var number: Int?
    var cancelReason: String?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<Registration>(
        "session_registration", key: "id",
        columns: [Column("id", { $0.id }), Column("session", { $0.session })]
            + Party.columns { $0.party } + [
                Column("requested_on", { $0.requestedOn }), Column("state", { $0.state.rawValue }),
                Column("since", { $0.since }), Column("number", optional: { $0.number }),
                Column("cancel_reason", optional: { $0.cancelReason }),
                Column("sequence", { $0.sequence }),
            ]
    ) { row in
        Registration(
            id: try row.next(RegistrationID.self), session: try row.next(SessionID.self),
            party: try Party(&row), requestedOn: try row.next(BusinessDate.self),
            state: try row.next(enum: State.self), since: try row.next(BusinessDate.self),
            number: try row.next(optional: Int.self),
            cancelReason: try row.next(optional: String.self), sequence: try row.next(Int64.self))
    }
}

/// The one live registration that a person or household can have for a session.
struct RegistrationPlace: Row {
    /// The bytes of the session's id and of the person's or household's.
    let key: [UInt8]
    /// Nil once the registration is cancelled.
    let registration: RegistrationID?

    static let table = Table<RegistrationPlace>(
        "registration_place", key: "place",
        columns: [
            Column("place", { $0.key }), Column("registration", optional: { $0.registration }),
        ]
    ) { row in
        RegistrationPlace(
            key: try row.next([UInt8].self),
            registration: try row.next(optional: RegistrationID.self))
    }
}

// MARK: Facts

extension Registration {
    private func subject(_ session: Session) -> RegistrationSubject {
        RegistrationSubject(
            registration: id, session.subject, person: party.person, child: party.child,
            household: party.household, places: party.size)
    }

    func confirmed(_ session: Session, movedUp: Bool) -> RegistrationConfirmed {
        RegistrationConfirmed(subject(session), confirmedOn: since, movedUp: movedUp)
    }

    func waitlisted(_ session: Session, number: Int) -> RegistrationWaitlisted {
        RegistrationWaitlisted(subject(session), number: number, requestedOn: requestedOn)
    }

    func cancelled(_ session: Session, heldPlaces: Bool) -> RegistrationCancelled {
        RegistrationCancelled(subject(session), heldPlaces: heldPlaces, cancelledOn: since)
    }
}
