extension Tag {
    public enum Fund {}
    public enum Deposit {}
    public enum Staff {}
}
public typealias FundID = ID<Tag.Fund>
public typealias DepositID = ID<Tag.Deposit>
public typealias StaffID = ID<Tag.Staff>

public enum FundKind: String, WireEnum {
    /// Lends money that is paid back into it.
    case revolving
    case grant, insurance, donation, budget
}

/// Opens an empty fund.
public struct OpenFund: Command, Territorial, Placed, Flattened {
    public static let type = "funding.fund.open.v1"

    public var fund: FundID
    public var kind: FundKind
    public var programme: Programme
    public var territory: TerritoryCode
    public var nameZh: String
    public var nameEn: String
    public var openedOn: BusinessDate

    public var placement: Placement { Placement(territory, on: openedOn) }

    public init(
        fund: FundID, kind: FundKind, programme: Programme, territory: TerritoryCode,
        nameZh: String, nameEn: String, openedOn: BusinessDate
    ) {
        self.fund = fund
        self.kind = kind
        self.programme = programme
        self.territory = territory
        self.nameZh = nameZh
        self.nameEn = nameEn
        self.openedOn = openedOn
    }

    public func check(_ checks: inout Checks) {
        checks.happened(openedOn, "openedOn")
        checks.text(nameZh, "nameZh", TextLimit.name)
        checks.text(nameEn, "nameEn", TextLimit.name)
    }
}

/// A fund is open.
public struct FundOpened: Fact, HasSubject {
    public static let type = "funding.fund.opened.v1"

    public var about: OpenFund

    public init(_ about: OpenFund) {
        self.about = about
    }
}

/// Puts money into a fund.
public struct DepositToFund: Command {
    public static let type = "funding.fund.deposit.v1"

    public var deposit: DepositID
    public var fund: FundID
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(deposit: DepositID, fund: FundID, amountFen: Fen, businessDate: BusinessDate) {
        self.deposit = deposit
        self.fund = fund
        self.amountFen = amountFen
        self.businessDate = businessDate
    }

    public func check(_ checks: inout Checks) {
        checks.happened(businessDate, "businessDate")
        checks.positive(amountFen, "amountFen")
    }
}

/// Money was put into a fund.
public struct FundDeposited: Fact {
    public static let type = "funding.fund.deposited.v1"

    public var deposit: DepositID
    public var fund: FundID
    public var programme: Programme
    public var territory: TerritoryCode
    public var amountFen: Fen
    public var businessDate: BusinessDate

    public init(
        deposit: DepositID, fund: FundID, programme: Programme, territory: TerritoryCode,
        amountFen: Fen, businessDate: BusinessDate
    ) {
        self.deposit = deposit
        self.fund = fund
        self.programme = programme
        self.territory = territory
        self.amountFen = amountFen
        self.businessDate = businessDate
    }
}

/// The staff member or officer who takes a step that needs authority. The level of authority is the
/// level of the territory. The steps of one loan, grant or claim are taken by different persons.
public struct Actor: Codable, Hashable, Sendable {
    /// The id of the person's membership as staff member or officer in the branch of the territory. It
    /// is active on the date of the step.
    public var staff: StaffID
    /// The territory of the branch.
    public var territory: TerritoryCode

    public init(staff: StaffID, territory: TerritoryCode) {
        self.staff = staff
        self.territory = territory
    }
}
