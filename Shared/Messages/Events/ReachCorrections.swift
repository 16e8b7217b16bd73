/// Says that a reading was none. The reading before it counts again.
public struct VoidReach: Correcting {
    public static let type = "events.reach.void.v1"

    public var reach: ReachID
    public var correction: Correction

    public init(reach: ReachID, _ correction: Correction) {
        self.reach = reach
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// Replaces all that was recorded of a reading, its audience and time included. It makes a void one good.
public struct CorrectReach: Correcting, Territorial, Placed, HasSubject {
    public static let type = "events.reach.correct.v1"

    public var about: RecordReach
    public var correction: Correction

    public var territory: TerritoryCode { about.territory }
    public var placement: Placement { about.placement }

    public init(_ about: RecordReach, _ correction: Correction) {
        self.about = about
        self.correction = correction
    }

    public func check(_ checks: inout Checks) {
        about.check(&checks)
        correction.check(&checks)
    }
}

/// A reading was none. The fact repeats what was said of it. If another reading follows it in time, its change is restated.
public struct ReachVoided: CorrectionFact, HasSubject {
    public static let type = "events.reach.voided.v1"

    public var about: ReachRecorded
    public var correction: CorrectionMark

    public init(_ about: ReachRecorded, _ correction: CorrectionMark) {
        self.about = about
        self.correction = correction
    }
}

/// A reading was another than was said: a new version of the same record. The changes of the readings that follow it in time,
/// before or after the correction, are restated.
public struct ReachCorrected: CorrectionFact, HasSubject {
    public static let type = "events.reach.corrected.v1"

    public var about: ReachRecorded
    public var correction: CorrectionMark

    public init(_ about: ReachRecorded, _ correction: CorrectionMark) {
        self.about = about
        self.correction = correction
    }
}
