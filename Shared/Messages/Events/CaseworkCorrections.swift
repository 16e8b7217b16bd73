/// Says that an individual service was not given after all.
public struct VoidCasework: Correcting {
    public static let type = "events.casework.void.v1"

    public var casework: CaseworkID
    public var correction: Correction

    public init(casework: CaseworkID, _ correction: Correction) {
        self.casework = casework
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// Replaces all that was recorded of an individual service. It makes a void one good.
public struct CorrectCasework: Correcting, Territorial, Placed, HasSubject {
    public static let type = "events.casework.correct.v1"

    public var about: RecordCasework
    public var correction: Correction

    public var territory: TerritoryCode { about.territory }
    public var placement: Placement { about.placement }

    public init(_ about: RecordCasework, _ correction: Correction) {
        self.about = about
        self.correction = correction
    }

    public func check(_ checks: inout Checks) {
        about.check(&checks)
        correction.check(&checks)
    }
}

/// An individual service was none. The fact repeats what was said of it.
public struct CaseworkVoided: CorrectionFact, HasSubject {
    public static let type = "events.casework.voided.v1"

    public var about: RecordCasework
    public var correction: CorrectionMark

    public init(_ about: RecordCasework, _ correction: CorrectionMark) {
        self.about = about
        self.correction = correction
    }
}

/// An individual service was another than was said: a new version of the same record.
public struct CaseworkCorrected: CorrectionFact, HasSubject {
    public static let type = "events.casework.corrected.v1"

    public var about: RecordCasework
    public var correction: CorrectionMark

    public init(_ about: RecordCasework, _ correction: CorrectionMark) {
        self.about = about
        self.correction = correction
    }
}
