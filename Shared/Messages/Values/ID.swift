public import FoundationEssentials

/// An identifier of one kind of thing, so that a loan's id cannot stand where a fund's belongs.
///
/// On the wire it is a UUID in its 36-character form, chosen by the sender.
public struct ID<Kind>: Hashable, Sendable {
    public let uuid: UUID

    public init(_ uuid: UUID) { self.uuid = uuid }
}

extension ID: Codable, Described {
    public static var expected: String { "a UUID" }

    public static var form: WireForm {
        WireForm(
            format: "uuid",
            pattern: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$",
            example: "01726000-0014-7000-8000-000000000001", wrong: "7")
    }

    public static var formName: String? { "\(Kind.self)ID" }

    public init(from decoder: any Decoder) throws {
        uuid = try decoder.singleValueContainer().decode(UUID.self)
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(uuid)
    }
}

extension ID: CustomStringConvertible {
    public var description: String { uuid.wireText }
}

/// The kinds of things that have ids. They are names only and have no values.
public enum Tag {
    public enum Person {}
    public enum Household {}
    public enum Assertion {}
    public enum Site {}
    public enum Commendation {}
    public enum Member {}
    public enum Staff {}
    public enum Fund {}
    public enum Deposit {}
    public enum Loan {}
    public enum Repayment {}
    public enum Donation {}
    public enum Donor {}
    public enum Product {}
    public enum Run {}
    public enum Policy {}
    public enum Claim {}
    public enum Budget {}
    public enum Allotment {}
    public enum Grant {}
    public enum GrantReturn {}
    public enum Ageing {}
    public enum Allocation {}
    public enum Refund {}
    public enum Transfer {}
    public enum Reversal {}
    public enum GoodsReceipt {}
    public enum Kitting {}
    public enum Issue {}
    public enum GoodsReturn {}
    public enum GoodsWriteOff {}
    public enum HomeService {}
    public enum Activity {}
    public enum Session {}
    public enum Attendance {}
    public enum Headcount {}
}

public typealias PersonID = ID<Tag.Person>
public typealias HouseholdID = ID<Tag.Household>
public typealias AssertionID = ID<Tag.Assertion>
public typealias SiteID = ID<Tag.Site>
public typealias CommendationID = ID<Tag.Commendation>
public typealias MemberID = ID<Tag.Member>
public typealias StaffID = ID<Tag.Staff>
public typealias FundID = ID<Tag.Fund>
public typealias DepositID = ID<Tag.Deposit>
public typealias LoanID = ID<Tag.Loan>
public typealias RepaymentID = ID<Tag.Repayment>
public typealias DonationID = ID<Tag.Donation>
public typealias DonorID = ID<Tag.Donor>
public typealias ProductID = ID<Tag.Product>
public typealias RunID = ID<Tag.Run>
public typealias PolicyID = ID<Tag.Policy>
public typealias ClaimID = ID<Tag.Claim>
public typealias BudgetID = ID<Tag.Budget>
public typealias AllotmentID = ID<Tag.Allotment>
public typealias GrantID = ID<Tag.Grant>
public typealias GrantReturnID = ID<Tag.GrantReturn>
public typealias AgeingID = ID<Tag.Ageing>
public typealias AllocationID = ID<Tag.Allocation>
public typealias RefundID = ID<Tag.Refund>
public typealias TransferID = ID<Tag.Transfer>
public typealias ReversalID = ID<Tag.Reversal>
public typealias GoodsReceiptID = ID<Tag.GoodsReceipt>
public typealias KittingID = ID<Tag.Kitting>
public typealias IssueID = ID<Tag.Issue>
public typealias GoodsReturnID = ID<Tag.GoodsReturn>
public typealias GoodsWriteOffID = ID<Tag.GoodsWriteOff>
public typealias HomeServiceID = ID<Tag.HomeService>
public typealias ActivityID = ID<Tag.Activity>
public typealias SessionID = ID<Tag.Session>
public typealias AttendanceID = ID<Tag.Attendance>
public typealias HeadcountID = ID<Tag.Headcount>
