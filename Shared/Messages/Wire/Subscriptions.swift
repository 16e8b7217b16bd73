/// The facts that each service consumes: a part of the contract, because the broker's bindings
/// follow from them. A service handles exactly these.
public enum Subscriptions {
    public static func facts(of service: String) -> [any Fact.Type] {
        let own: [any Fact.Type] =
            switch service {
            case "funding":
                [
                    TerritoryLoaded.self,
                    HouseholdRegistered.self, HouseholdMoved.self, PersonRegistered.self,
                    PersonMoved.self, PersonDied.self, PersonErased.self, PersonsMerged.self,
                    ConsentRecorded.self, CategoryAsserted.self, CategoryVerified.self,
                    CategoryEnded.self, CategoryRevoked.self, MemberEnrolled.self, MemberLeft.self,
                    SiteOpened.self,
                ]
            case "events":
                [
                    TerritoryLoaded.self,
                    HouseholdRegistered.self, HouseholdMoved.self, PersonRegistered.self,
                    PersonMoved.self, PersonDied.self, PersonErased.self, PersonsMerged.self,
                    CategoryAsserted.self,
                    CategoryVerified.self, CategoryEnded.self, CategoryRevoked.self,
                    MemberEnrolled.self, MemberLeft.self, SiteOpened.self,
                ]
            case "reporting":
                [
                    TerritoryLoaded.self,
                    HouseholdRegistered.self, HouseholdMoved.self, PersonRegistered.self,
                    PersonMoved.self, PersonDied.self, PersonErased.self, PersonsMerged.self,
                    CommendationAwarded.self, CommendationWithdrawn.self, MemberEnrolled.self,
                    MemberLeft.self, SiteOpened.self, SiteClosed.self,
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
