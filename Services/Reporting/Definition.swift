import Messages
import ServiceKit

/// The service that makes figures of the facts of the other services, and publishes them.
///
/// A fact becomes a `Contribution`, keyed by its record. The difference to the earlier version becomes rows of `delta`, in the
/// same transaction. Deltas are rolled up into cells, for every territory around the contribution and every period. Editions
/// publish the figures of the plan. Any order, duplicate or correction of facts ends in the same figures.
enum Reporting {
    static let definition = ServiceDefinition(
        name: "reporting", version: "0.1.0",
        migrations: [
            Contributions.migration, TerritoryEnds.migration("0002_territory_ends"),
            Figures.migration, Measures.rows, Editions.migration, EditionGuard.migration,
            Epochs.migration, DefinedWords.migration, BulletinDefinitions.migration,
        ],
        jobs: [Cells.job, Editions.job, DatasetState.history, Waiting.job, FigureRead.job],
        settings: NumberSetting.ofReporting, router: router, inboxNeeded: Rebuilds.goingOn,
        routes: { router, readers, settings in
            DatasetRoutes.add(to: router, readers)
            try Dashboard.add(to: router, readers, contract: settings.optional(.contract))
        })

    /// The facts that become contributions.
    static let contributing: [any Contributing.Type] = [
        HouseholdRegistered.self, PersonRegistered.self, CommendationAwarded.self,
        CommendationWithdrawn.self, SiteOpened.self, SiteClosed.self, SiteCorrected.self,
        SiteReopened.self,
        FundDeposited.self, LoanDisbursed.self, LoanRepaid.self, LoanWrittenOff.self,
        LoanFellOverdue.self, LoanCaughtUp.self, LoanExpired.self, DonationReceived.self,
        DonationAllocated.self, DonationRefunded.self, GrantPaid.self, GrantReturned.self,
        EnrolmentInsured.self, PolicyTerminated.self, ClaimPaid.self, GoodsIssued.self,
        GoodsReturned.self, HomeServiceCompleted.self,
        SessionClosed.self, AttendanceRecorded.self, AttendanceCorrected.self,
        HeadcountRecorded.self, HeadcountCorrected.self, PostOpened.self, ShiftCompleted.self,
        ShiftMissed.self, MaterialPrinted.self, MaterialDistributed.self, MaterialReturned.self,
        ReachRecorded.self, CaseworkRecorded.self,
        SessionMoved.self, SessionCorrected.self, ShiftExcused.self, ShiftReopened.self,
        ShiftCorrected.self, PrintingVoided.self, PrintingCorrected.self,
        DistributionVoided.self, DistributionCorrected.self, ReachVoided.self,
        ReachCorrected.self, CaseworkVoided.self, CaseworkCorrected.self,
    ]

    private static let router: Router = {
        var router = Router(successions: Boundaries.successions)
        for type in contributing { router.take(type) }
        TransferReversals.register(in: &router)
        Registered.register(in: &router)
        PersonMerges.register(in: &router)
        OpenedAccounts.register(in: &router)
        router.on(SessionCancelled.self, alone: true, Grounds.cancel)
        router.on(SessionReopened.self, alone: true, Grounds.reopen)
        Rebuilds.register(in: &router)
        router.on(
            ClosePeriod.self, keys: { $1.need(ClosedPeriod.self, $0.period.wireText) },
            alone: true, PeriodClosing.close)
        router.on(TerritoryLoaded.self, keys: Places.keys, Places.load)
        router.on(
            PublishBulletin.self, keys: { $1.need(BulletinIssue.self, $0.period.wireText) },
            alone: true, BulletinEditions.publish)
        router.on(
            PublishEdition.self, keys: { $1.need(EditionRequest.self, EditionRequest.name) },
            EditionRequests.request)
        router.on(
            DefinePlan.self, keys: { $1.need(DefinedPlan.self, DefinedPlan.name) }, alone: true,
            Plans.define)
        router.on(
            DefineBulletin.self,
            keys: { $1.need(DefinedBulletin.self, DefinedBulletin.name) }, alone: true,
            BulletinDefinitions.define)
        router.on(
            DefineProgramme.self, keys: { $1.need(DefinedProgramme.self, $0.programme.rawValue) },
            Programmes.define)
        router.on(
            DefineWord.self, keys: { $1.need(DefinedWord.self, $0.key) }, DefinedWords.define)
        router.on(TryPlan.self, PlanTrials.run)
        SubscriberQueries.register(in: &router)
        router.on(ExplainFigure.self, Explanations.explain)
        router.on(GetFigures.self, LiveFigures.get)
        return router
    }()
}
