import Foundation
import Messages
import Testing

@Suite("Commands that put right what was recorded")
struct CorrectionTests {
    /// Those for attendances and headcounts are older: their reasons are optional before the session has closed.
    static let older = [CorrectAttendance.type, CorrectHeadcount.type]

    /// And the dismissals of tasks.
    static let corrections = SendingRight.all.filter {
        $0.hasActor && !$0.type.hasPrefix("funding.")
    }.map(\.type)

    @Test(arguments: corrections)
    func `Each says who decides it`(_ type: String) throws {
        let error = try Golden.error(type, ["/data/actor": nil])
        #expect(error?.code == "missing_field")
        #expect(error?.pointer == "/data/actor")
    }

    /// A further paper puts nothing right.
    @Test(arguments: corrections.filter { $0 != RecordPaper.type && !older.contains($0) })
    func `Each says why`(_ type: String) throws {
        let error = try Golden.error(type, ["/data/reason": nil])
        #expect(error?.code == "missing_field")
        #expect(error?.pointer == "/data/reason")
    }

    @Test(arguments: [
        CategoryCorrected.type, ConsentVoided.type, DeathCorrected.type, DeathVoided.type,
        MemberCorrected.type, MemberVoided.type, MoveVoided.type, PaperRecorded.type,
        PaperWithdrawn.type, PersonCorrected.type, PersonsUnmerged.type, SiteCorrected.type,
        SiteReopened.type, CaseworkCorrected.type, CaseworkVoided.type,
        DistributionCorrected.type, DistributionVoided.type, PrintingCorrected.type,
        PrintingVoided.type, ReachCorrected.type, ReachVoided.type, RegistrationCorrected.type,
        RegistrationRestored.type, SessionCorrected.type, SessionMoved.type,
        SessionReopened.type, SessionResized.type, ShiftCorrected.type, ShiftExcused.type,
        ShiftReopened.type,
    ])
    func `Each fact that answers one says who has decided it`(_ type: String) throws {
        let error = try Golden.error(type, ["/data/actor": nil])
        #expect(error?.code == "missing_field")
        #expect(error?.pointer == "/data/actor")
    }

    @Test(arguments: older)
    func `Those for attendances and headcounts need no reason before the session has closed`(
        _ type: String
    ) throws {
        let bare: [String: Any?] = ["/data/reason": nil, "/data/beyondCapacity": nil]
        #expect(try Golden.error(type, bare) == nil)
    }

    /// Older facts have none.
    @Test(arguments: [AttendanceCorrected.type, HeadcountCorrected.type])
    func `Facts of corrected attendances and headcounts need no actor`(_ type: String) throws {
        #expect(try Golden.error(type, ["/data/actor": nil]) == nil)
    }

    // MARK: Money

    /// The facts of each command of funding whose actor decides a step.
    private static let steps: [String: [any Fact.Type]] = [
        ApplyForLoan.type: [LoanApplied.self], EndorseLoan.type: [LoanEndorsed.self],
        ApproveLoan.type: [LoanApproved.self], RejectLoan.type: [LoanRejected.self],
        WriteOffLoan.type: [LoanWrittenOff.self], RequestGrant.type: [GrantRequested.self],
        EndorseGrant.type: [GrantEndorsed.self], ApproveGrant.type: [GrantApproved.self],
        RejectGrant.type: [GrantRejected.self], AllotBudget.type: [BudgetAllotted.self],
        DecideClaim.type: [ClaimAccepted.self, ClaimDeclined.self],
        AllocateDonation.type: [DonationAllocated.self],
        RefundDonation.type: [DonationRefunded.self],
        ApproveEnrolment.type: [EnrolmentApproved.self],
        TerminatePolicy.type: [PolicyTerminated.self],
        ReverseTransfer.type: [TransferReversed.self],
        SettleFundingTask.type: [FundingTaskSettled.self],
    ]

    @Test(arguments: Catalogue.fundingCommands.map { $0.type })
    func `Each step of money that somebody decides says who has decided it`(_ name: String) throws {
        func hasActor(_ name: String) throws -> Bool {
            let type = try #require(Golden.catalogue.type(named: name))
            guard case .object(_, let fields) = try Shape(of: type).kind else { return false }
            return fields.contains { $0.name == "actor" }
        }
        let steps = Self.steps[name] ?? []
        #expect(try hasActor(name) == !steps.isEmpty)
        for step in steps { #expect(try hasActor(step.type), "\(step.type)") }
    }

    @Test func `A shift that ends by a death or an erasure was cancelled by nobody`() throws {
        #expect(try Golden.error(ShiftCancelled.type, ["/data/actor": nil]) == nil)
    }
}
