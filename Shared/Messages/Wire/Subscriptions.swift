/// The facts that each service consumes: a part of the contract, because the broker's bindings
/// follow from them. A service handles exactly these.
public enum Subscriptions {
    public static func facts(of service: String) -> [any Fact.Type] {
        let own: [any Fact.Type] =
            switch service {
            case "funding":
                [TerritoryLoaded.self, ConsentRecorded.self, ConsentVoided.self, SiteOpened.self]
                    + PeopleFacts.all
            case "events":
                [TerritoryLoaded.self, SiteOpened.self] + PeopleFacts.all
            case "reporting":
                PeopleFacts.all + [
                    TerritoryLoaded.self,
                    CommendationAwarded.self, CommendationWithdrawn.self, SiteOpened.self,
                    SiteClosed.self, SiteCorrected.self, SiteReopened.self,
                    FundOpened.self, BudgetAllotted.self,
                    FundDeposited.self, LoanDisbursed.self, LoanRepaid.self, LoanWrittenOff.self,
                    LoanFellOverdue.self, LoanCaughtUp.self, LoanExpired.self,
                    DonationReceived.self, DonationAllocated.self, DonationRefunded.self,
                    GrantPaid.self, GrantReturned.self, EnrolmentInsured.self,
                    PolicyTerminated.self, ClaimPaid.self, GoodsIssued.self, GoodsReturned.self,
                    HomeServiceCompleted.self, TransferReversed.self,
                    SessionClosed.self, SessionCancelled.self, AttendanceRecorded.self,
                    AttendanceCorrected.self, HeadcountRecorded.self, HeadcountCorrected.self,
                    PostOpened.self,
                    ShiftCompleted.self, ShiftMissed.self, MaterialPrinted.self,
                    MaterialDistributed.self, MaterialReturned.self, ReachRecorded.self,
                    CaseworkRecorded.self,
                    SessionReopened.self, SessionMoved.self, SessionCorrected.self,
                    ShiftExcused.self, ShiftReopened.self, ShiftCorrected.self,
                    PrintingVoided.self, PrintingCorrected.self, DistributionVoided.self,
                    DistributionCorrected.self, ReachVoided.self, ReachCorrected.self,
                    CaseworkVoided.self, CaseworkCorrected.self,
                    RegistryJournalSent.self, FundingJournalSent.self, EventsJournalSent.self,
                ]
            default: []
            }
        return own + grants(service) + replays(service)
    }

    /// Every service enforces what registry has granted.
    private static func grants(_ service: String) -> [any Fact.Type] {
        service == "registry" ? [] : [PublisherGranted.self, PublisherRevoked.self]
    }

    /// Reporting asks the others for their journals, and they say what they have sent.
    private static func replays(_ service: String) -> [any Fact.Type] {
        service == "reporting" ? [] : [RebuildStarted.self]
    }
}
