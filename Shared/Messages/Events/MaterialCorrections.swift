/// Says that copies were not printed after all. What was handed out must be covered by other printings.
public struct VoidPrinting: Correcting {
    public static let type = "events.material.void_print.v1"

    public var printing: PrintingID
    public var correction: Correction

    public init(printing: PrintingID, _ correction: Correction) {
        self.printing = printing
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// Replaces number and day of a printing. It makes a void one good.
public struct CorrectPrinting: Correcting {
    public static let type = "events.material.correct_print.v1"

    public var printing: PrintingID
    /// 1 to 10,000,000 copies.
    public var copies: Int
    public var printedOn: BusinessDate
    public var correction: Correction

    public init(
        printing: PrintingID, copies: Int, printedOn: BusinessDate, _ correction: Correction
    ) {
        self.printing = printing
        self.copies = copies
        self.printedOn = printedOn
        self.correction = correction
    }

    public func check(_ checks: inout Checks) {
        checks.happened(printedOn, "printedOn")
        checks.number(copies, "copies", 1...10_000_000)
        correction.check(&checks)
    }
}

/// Says that copies were not handed out after all. Those of it that were returned are void too.
public struct VoidDistribution: Correcting {
    public static let type = "events.material.void_distribution.v1"

    public var distribution: DistributionID
    public var correction: Correction

    public init(distribution: DistributionID, _ correction: Correction) {
        self.distribution = distribution
        self.correction = correction
    }

    public func check(_ checks: inout Checks) { correction.check(&checks) }
}

/// Replaces all that was recorded of a distribution, except what was returned. It makes a void one good.
public struct CorrectDistribution: Correcting, Territorial, Placed {
    public static let type = "events.material.correct_distribution.v1"

    public var distribution: DistributionID
    /// The territory in which it was handed out.
    public var territory: TerritoryCode
    public var session: SessionID?
    /// 1 to 10,000,000 copies, at least as many as were returned.
    public var copies: Int
    public var distributedOn: BusinessDate
    public var correction: Correction

    public var placement: Placement { Placement(territory, on: distributedOn) }

    public init(
        distribution: DistributionID, territory: TerritoryCode, session: SessionID? = nil,
        copies: Int, distributedOn: BusinessDate, _ correction: Correction
    ) {
        self.distribution = distribution
        self.territory = territory
        self.session = session
        self.copies = copies
        self.distributedOn = distributedOn
        self.correction = correction
    }

    public func check(_ checks: inout Checks) {
        checks.happened(distributedOn, "distributedOn")
        checks.number(copies, "copies", 1...10_000_000)
        correction.check(&checks)
    }
}

/// A printing was none. The fact repeats what was said of it.
public struct PrintingVoided: CorrectionFact, HasSubject {
    public static let type = "events.material.print_voided.v1"

    public var about: PrintMaterial
    public var correction: CorrectionMark

    public init(_ about: PrintMaterial, _ correction: CorrectionMark) {
        self.about = about
        self.correction = correction
    }
}

/// A printing was another than was said: a new version of the same record.
public struct PrintingCorrected: CorrectionFact, HasSubject {
    public static let type = "events.material.print_corrected.v1"

    public var about: PrintMaterial
    public var correction: CorrectionMark

    public init(_ about: PrintMaterial, _ correction: CorrectionMark) {
        self.about = about
        self.correction = correction
    }
}

/// A distribution was none. The fact repeats what was said of it.
public struct DistributionVoided: CorrectionFact, HasSubject {
    public static let type = "events.material.distribution_voided.v1"

    public var about: MaterialDistributed
    public var correction: CorrectionMark

    public init(_ about: MaterialDistributed, _ correction: CorrectionMark) {
        self.about = about
        self.correction = correction
    }
}

/// A distribution was another than was said: a new version of the same record.
public struct DistributionCorrected: CorrectionFact, HasSubject {
    public static let type = "events.material.distribution_corrected.v1"

    public var about: MaterialDistributed
    /// Distributed and not returned.
    public var leftCopies: Int
    public var correction: CorrectionMark

    public init(_ about: MaterialDistributed, leftCopies: Int, _ correction: CorrectionMark) {
        self.about = about
        self.leftCopies = leftCopies
        self.correction = correction
    }
}
