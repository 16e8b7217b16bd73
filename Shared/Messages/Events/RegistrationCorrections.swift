/// Says that another party was meant by a registration. A confirmed registration keeps its places, one on the waiting list its
/// number.
public struct CorrectRegistration: Correcting, HasSubject {
    public static let type = "events.registration.correct.v1"

    public var registration: RegistrationID
    public var about: PartySubject
    public var correction: Correction

    public init(
        _ about: PartySubject, registration: RegistrationID, _ correction: Correction
    ) {
        self.registration = registration
        self.about = about
        self.correction = correction
    }

    public func check(_ checks: inout Checks) {
        about.check(&checks)
        correction.check(&checks)
    }
}

/// Takes the cancellation of a registration back. It is confirmed while there are places, otherwise it is put at the end of the
/// waiting list.
public struct RestoreRegistration: Correcting {
    public static let type = "events.registration.restore.v1"

    public var registration: RegistrationID
    public var correction: Correction

    public init(registration: RegistrationID, _ correction: Correction) {
        self.registration = registration
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// State of a registration that is not cancelled.
public enum RegistrationState: String, WireEnum {
    case confirmed, waitlisted
}

/// Another party was meant by a registration.
public struct RegistrationCorrected: CorrectionFact, HasSubject {
    public static let type = "events.registration.corrected.v1"

    public var about: RegistrationSubject
    public var state: RegistrationState
    /// Its number on the session's waiting list, if it is there.
    public var number: Int?
    public var correction: CorrectionMark

    public init(
        _ about: RegistrationSubject, state: RegistrationState, number: Int? = nil,
        _ correction: CorrectionMark
    ) {
        self.about = about
        self.state = state
        self.number = number
        self.correction = correction
    }
}

/// A registration that was cancelled holds again.
public struct RegistrationRestored: CorrectionFact, HasSubject {
    public static let type = "events.registration.restored.v1"

    public var about: RegistrationSubject
    public var state: RegistrationState
    /// Its number on the session's waiting list, if it is there: a new one.
    public var number: Int?
    public var correction: CorrectionMark

    public init(
        _ about: RegistrationSubject, state: RegistrationState, number: Int? = nil,
        _ correction: CorrectionMark
    ) {
        self.about = about
        self.state = state
        self.number = number
        self.correction = correction
    }
}
