extension Tag { public enum Material {} }
public typealias MaterialID = ID<Tag.Material>
extension Tag { public enum Printing {} }
public typealias PrintingID = ID<Tag.Printing>
extension Tag { public enum Distribution {} }
public typealias DistributionID = ID<Tag.Distribution>

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
        checks.number(copies, "copies", 1...10_000_000)
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
public struct MaterialDistributed: Fact {
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
