/// All message types, by the service that owns them.
extension Catalogue {
    public static let registryCommands: [any Command.Type] = [
        LoadTerritory.self, RegisterHousehold.self, MoveHousehold.self, RegisterPerson.self,
        VerifyPerson.self, MovePerson.self, RecordDeath.self, MergePersons.self, ErasePerson.self,
        CorrectPerson.self, RecordPaper.self, WithdrawPaper.self,
        RecordConsent.self, AssertCategory.self, VerifyCategory.self, EndCategory.self,
        RevokeCategory.self, EnrolMember.self, LeaveMember.self, OpenSite.self, CloseSite.self,
        AwardCommendation.self, WithdrawCommendation.self, GrantPublisher.self,
        RevokePublisher.self, ApplyForMembership.self, AppointCouncil.self, GetPerson.self,
        GetHousehold.self, SearchRegistry.self, VoidMove.self, CorrectDeath.self, VoidDeath.self,
        UnmergePersons.self, CorrectMember.self, VoidMember.self, CorrectSite.self,
        ReopenSite.self, VoidConsent.self, JoinHousehold.self, LeaveHousehold.self,
        ChangeHouseholdRoles.self, SplitHousehold.self, MergeHouseholds.self,
        DissolveHousehold.self, RestoreHousehold.self, RequestHandover.self,
        AcceptHandover.self, DeclineHandover.self, CorrectCategory.self,
        ListMemberships.self, ListCategories.self,
        ListConsents.self, ListSites.self, ListPublishers.self, ListReads.self,
        ListRegistryTasks.self, SettleRegistryTask.self, GetRegistryHistory.self,
        ListHandovers.self, ListDoubles.self,
    ]

    public static let registryFacts: [any Fact.Type] = [
        TerritoryLoaded.self, HouseholdRegistered.self, HouseholdMoved.self, PersonRegistered.self,
        PersonVerified.self, PersonMoved.self, PersonDied.self, PersonsMerged.self,
        PersonErased.self, PersonCorrected.self, PaperRecorded.self, PaperWithdrawn.self,
        ConsentRecorded.self, CategoryAsserted.self, CategoryVerified.self,
        CategoryEnded.self, CategoryRevoked.self, MemberEnrolled.self, MemberLeft.self,
        SiteOpened.self, SiteClosed.self, CommendationAwarded.self, CommendationWithdrawn.self,
        PublisherGranted.self, PublisherRevoked.self, MembershipApplied.self,
        CouncilAppointed.self, RegistryJournalSent.self, MoveVoided.self, DeathCorrected.self,
        DeathVoided.self, PersonsUnmerged.self, MemberCorrected.self, MemberVoided.self,
        SiteCorrected.self, SiteReopened.self, ConsentVoided.self, HouseholdDissolved.self,
        HandoverRequested.self, HandoverDecided.self, CategoryCorrected.self,
        RegistryTaskSettled.self, HouseholdRestored.self,
    ]

    public static let fundingCommands: [any Command.Type] = [
        OpenFund.self, DepositToFund.self, ApplyForLoan.self, EndorseLoan.self, ApproveLoan.self,
        RejectLoan.self, WithdrawLoan.self, DisburseLoan.self, RepayLoan.self, WriteOffLoan.self,
        ReceiveDonation.self, DefineProduct.self, OpenEnrolment.self, FreezeEnrolment.self,
        EvaluateEnrolment.self, ApproveEnrolment.self, SubmitEnrolment.self,
        ReconcileEnrolment.self, TerminatePolicy.self, FileClaim.self, DecideClaim.self,
        PayClaim.self, DefineEligibility.self,
        AllotBudget.self, RequestGrant.self, EndorseGrant.self, ApproveGrant.self,
        RejectGrant.self, PayGrant.self, AcknowledgeGrant.self, ReturnGrant.self, AgeLoans.self,
        ReceiptDonation.self, AllocateDonation.self, RefundDonation.self, RestrictCampaign.self,
        ReceiveGoods.self, DefineKit.self, KitGoods.self, IssueGoods.self, ReturnGoods.self,
        WriteOffGoods.self, OrderHomeService.self, CompleteHomeService.self,
        CancelHomeService.self, ReverseTransfer.self, DefineLoanRule.self,
        ListFundingTasks.self, SettleFundingTask.self, GetFundingHistory.self,
        GetLoan.self, ListLoans.self, ListPolicies.self, ListGrants.self, GetFund.self,
        ListDecisions.self, ListEnrolment.self,
    ]

    public static let fundingFacts: [any Fact.Type] = [
        FundOpened.self, FundDeposited.self, LoanApplied.self, LoanEndorsed.self,
        LoanApproved.self, LoanRejected.self, LoanWithdrawn.self, LoanDisbursed.self,
        LoanRepaid.self, LoanWrittenOff.self, DonationReceived.self, ProductDefined.self,
        EnrolmentOpened.self, EnrolmentFrozen.self, EnrolmentEvaluated.self,
        EnrolmentApproved.self, EnrolmentSubmitted.self, EnrolmentReconciled.self,
        EnrolmentInsured.self, EnrolmentUnmatched.self, PolicyTerminated.self, ClaimFiled.self,
        ClaimAccepted.self, ClaimDeclined.self, ClaimPaid.self, EligibilityDefined.self,
        BudgetAllotted.self, GrantRequested.self, GrantEndorsed.self, GrantApproved.self,
        GrantRejected.self, GrantPaid.self, GrantAcknowledged.self, GrantReturned.self,
        LoansAged.self, LoanExpired.self, LoanFellOverdue.self, LoanCaughtUp.self,
        DonationReceipted.self, DonationAllocated.self, DonationRefunded.self,
        CampaignRestricted.self, GoodsReceived.self, KitDefined.self, GoodsKitted.self,
        GoodsIssued.self, GoodsReturned.self, GoodsWrittenOff.self, HomeServiceOrdered.self,
        HomeServiceCompleted.self, HomeServiceCancelled.self, TransferReversed.self,
        FundingJournalSent.self, LoanRuleDefined.self, FundingTaskSettled.self,
    ]

    public static let eventsCommands: [any Command.Type] = [
        PlanActivity.self, OpenSession.self, CancelSession.self, CloseSession.self,
        RecordAttendance.self, RecordHeadcount.self, CorrectAttendance.self,
        CorrectHeadcount.self,
        RequestRegistration.self, CancelRegistration.self, OfferShift.self, ConfirmShift.self,
        CheckInToShift.self, CompleteShift.self, RecordNoShow.self, PrintMaterial.self,
        DistributeMaterial.self, ReturnMaterial.self, RecordReach.self, RecordCasework.self,
        GetSession.self, ListSessions.self, ListShifts.self, GetEventsPerson.self,
        ListEventsTasks.self, SettleEventsTask.self, GetEventsHistory.self,
        ReopenSession.self, MoveSession.self, ResizeSession.self, CorrectSession.self,
        CorrectRegistration.self, RestoreRegistration.self, CancelShift.self, ExcuseShift.self,
        ReopenShift.self, CorrectShift.self, VoidPrinting.self, CorrectPrinting.self,
        VoidDistribution.self, CorrectDistribution.self, VoidReach.self, CorrectReach.self,
        VoidCasework.self, CorrectCasework.self,
    ]

    public static let eventsFacts: [any Fact.Type] = [
        ActivityPlanned.self, SessionOpened.self, SessionCancelled.self, SessionClosed.self,
        AttendanceRecorded.self, HeadcountRecorded.self, AttendanceCorrected.self,
        HeadcountCorrected.self,
        AttendanceReviewOpened.self, AttendanceReviewClosed.self, RegistrationConfirmed.self,
        RegistrationWaitlisted.self, RegistrationCancelled.self, PostOpened.self, ShiftOffered.self,
        ShiftConfirmed.self,
        ShiftCheckedIn.self, ShiftCompleted.self, ShiftMissed.self,
        MaterialPrinted.self,
        MaterialDistributed.self, MaterialReturned.self, ReachRecorded.self,
        CaseworkRecorded.self, EventsJournalSent.self, EventsTaskSettled.self,
        SessionReopened.self, SessionMoved.self, SessionResized.self, SessionCorrected.self,
        RegistrationCorrected.self, RegistrationRestored.self, ShiftCancelled.self,
        ShiftExcused.self, ShiftReopened.self, ShiftCorrected.self, PrintingVoided.self,
        PrintingCorrected.self, DistributionVoided.self, DistributionCorrected.self,
        ReachVoided.self, ReachCorrected.self, CaseworkVoided.self, CaseworkCorrected.self,
    ]

    public static let reportingCommands: [any Command.Type] = [
        RebuildCells.self, ClosePeriod.self, RequestSnapshot.self, RequestRange.self,
        ExplainFigure.self, GetFigures.self, PublishBulletin.self, PublishEdition.self,
        DefinePlan.self, TryPlan.self, DefineBulletin.self, DefineProgramme.self,
        DefineWord.self,
    ]

    public static let reportingFacts: [any Fact.Type] = [
        RebuildStarted.self, PeriodClosed.self, CellChanged.self, HeartbeatSent.self,
        BulletinPublished.self, EditionRequested.self, EditionPublished.self,
        PlanDefined.self, BulletinDefined.self, ProgrammeDefined.self, WordDefined.self,
    ]

    public static let commands: [any Command.Type] =
        registryCommands + fundingCommands + eventsCommands + reportingCommands

    public static let facts: [any Fact.Type] =
        registryFacts + fundingFacts + eventsFacts + reportingFacts

    public static let all: [any Payload.Type] = commands + facts
}
