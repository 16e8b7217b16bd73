extension Tag { public enum Material {} }
public typealias MaterialID = ID<Tag.Material>
extension Tag { public enum Printing {} }
public typealias PrintingID = ID<Tag.Printing>
extension Tag { public enum Distribution {} }
public typealias DistributionID = ID<Tag.Distribution>
extension Tag { public enum MaterialReturn {} }
public typealias MaterialReturnID = ID<Tag.MaterialReturn>

/// Kind of a printed material.
public enum MaterialKind: String, WireEnum {
    case leaflet, booklet, poster, handbook
}

/// Records printed copies of a material. The first printing defines the material; later ones add
/// copies.
public struct PrintMaterial: Command, Territorial, Placed, Flattened {
    public static let type = "events.material.print.v1"

    public var printing: PrintingID
    public var material: MaterialID
    public var kind: MaterialKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var titleZh: String
    public var titleEn: String
    /// 1 to 10,000,000 copies.
    public var copies: Int
    public var printedOn: BusinessDate

    public var placement: Placement { Placement(territory, on: printedOn) }

    public init(
        printing: PrintingID, material: MaterialID, kind: MaterialKind, programme: Programme,
        territory: TerritoryCode, titleZh: String, titleEn: String, copies: Int,
        printedOn: BusinessDate
    ) {
        self.printing = printing
        self.material = material
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.titleZh = titleZh
        self.titleEn = titleEn
        self.copies = copies
        self.printedOn = printedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(printedOn, "printedOn")
        checks.text(titleZh, "titleZh", TextLimit.name)
        checks.text(titleEn, "titleEn", TextLimit.name)
        checks.number(copies, "copies", 1...10_000_000)
    }
}

/// Records copies of a material handed out, at a session or elsewhere. There are never more than
/// were printed.
public struct DistributeMaterial: Command, Territorial, Placed {
    public static let type = "events.material.distribute.v1"

    public var distribution: DistributionID
    public var material: MaterialID
    /// The territory in which it is handed out.
    public var territory: TerritoryCode
    public var session: SessionID?
    /// 1 to 10,000,000 copies.
    public var copies: Int
    public var distributedOn: BusinessDate

    public var placement: Placement { Placement(territory, on: distributedOn) }

    public init(
        distribution: DistributionID, material: MaterialID, territory: TerritoryCode,
        session: SessionID? = nil, copies: Int, distributedOn: BusinessDate
    ) {
        self.distribution = distribution
        self.material = material
        self.territory = territory
        self.session = session
        self.copies = copies
        self.distributedOn = distributedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(distributedOn, "distributedOn")
        checks.number(copies, "copies", 1...10_000_000)
    }
}

/// Returns part or all of a distribution that was not used. The copies can be distributed again.
public struct ReturnMaterial: Command {
    public static let type = "events.material.return.v1"

    public var materialReturn: MaterialReturnID
    public var distribution: DistributionID
    /// 1 to 10,000,000 copies.
    public var copies: Int
    public var returnedOn: BusinessDate
    public var reason: String

    public init(
        materialReturn: MaterialReturnID, distribution: DistributionID, copies: Int,
        returnedOn: BusinessDate, reason: String
    ) {
        self.materialReturn = materialReturn
        self.distribution = distribution
        self.copies = copies
        self.returnedOn = returnedOn
        self.reason = reason
    }

    public func check(_ checks: inout Checks) {
        checks.happened(returnedOn, "returnedOn")
        checks.number(copies, "copies", 1...10_000_000)
        checks.text(reason, "reason", TextLimit.reason)
    }
}

/// Copies of a material are printed.
public struct MaterialPrinted: Fact, HasSubject {
    public static let type = "events.material.printed.v1"

    public var about: PrintMaterial

    public init(_ about: PrintMaterial) {
        self.about = about
    }
}

/// Copies of a material are handed out.
public struct MaterialDistributed: Fact, Flattened {
    public static let type = "events.material.distributed.v1"

    public var distribution: DistributionID
    public var material: MaterialID
    public var kind: MaterialKind
    public var programme: Programme
    /// The territory in which they are handed out.
    public var territory: TerritoryCode
    public var session: SessionID?
    public var copies: Int
    public var distributedOn: BusinessDate

    public init(
        distribution: DistributionID, material: MaterialID, kind: MaterialKind,
        programme: Programme, territory: TerritoryCode, session: SessionID? = nil, copies: Int,
        distributedOn: BusinessDate
    ) {
        self.distribution = distribution
        self.material = material
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.session = session
        self.copies = copies
        self.distributedOn = distributedOn
    }
}

/// Copies of a distribution were returned unused: the distribution has a new version. The reason
/// stays in events, because it may name someone.
public struct MaterialReturned: Fact {
    public static let type = "events.material.returned.v1"

    public var materialReturn: MaterialReturnID
    public var distribution: DistributionID
    public var material: MaterialID
    public var kind: MaterialKind
    public var programme: Programme
    /// The territory in which they had been handed out.
    public var territory: TerritoryCode
    /// Session at which they had been handed out.
    public var session: SessionID?
    /// Returned this time.
    public var copies: Int
    /// Distributed and not returned: 0 once all were returned.
    public var leftCopies: Int
    public var distributedOn: BusinessDate
    public var returnedOn: BusinessDate

    public init(
        materialReturn: MaterialReturnID, distribution: DistributionID, material: MaterialID,
        kind: MaterialKind, programme: Programme, territory: TerritoryCode,
        session: SessionID? = nil, copies: Int, leftCopies: Int, distributedOn: BusinessDate,
        returnedOn: BusinessDate
    ) {
        self.materialReturn = materialReturn
        self.distribution = distribution
        self.material = material
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.session = session
        self.copies = copies
        self.leftCopies = leftCopies
        self.distributedOn = distributedOn
        self.returnedOn = returnedOn
    }
}
