import Foundation
import Messages
import Postgres
import ServiceKit

/// A party's request for places at a session, and whether it has them.
struct Registration: Aggregate {
    enum State: String, PostgresValue {
        case confirmed, waitlisted, cancelled
    }

    let id: RegistrationID
    let session: SessionID
    var party: Party
    let requestedOn: BusinessDate
    var state: State
    /// The day since which it is in this state.
    var since: BusinessDate
    /// Its number in the session's waiting line; nil if it never waited.
    var number: Int?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "session_registration", key: "id", Registration.init,
        Field("id", \.id), Field("session", \.session), Field(Party.columns(\.party), Party.init),
        Field("requested_on", \.requestedOn), Field("state", \.state), Field("since", \.since),
        Field("number", \.number),
        Field("sequence", \.sequence))
}

/// The one live registration that a person or household can have for a session.
struct RegistrationPlace: Row {
    /// The bytes of the session's id and of the person's or household's.
    let key: [UInt8]
    /// Nil once the registration is cancelled.
    let registration: RegistrationID?
    /// The registration that had it until a death, an erasure or a merge, if nobody has had it since.
    var withdrawn: RegistrationID?

    static let table = Table(
        "registration_place", key: "place", RegistrationPlace.init,
        Field("place", \.key), Field("registration", \.registration),
        Field("withdrawn", \.withdrawn))
}

// MARK: Facts

extension Registration {
    func subject(_ session: Session) -> RegistrationSubject {
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
