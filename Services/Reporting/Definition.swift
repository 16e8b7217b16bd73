import Messages
import ServiceKit

/// The service that says what can be said: it takes in the facts of the others and keeps figures.
///
/// A fact becomes a `Contribution`, keyed by the record it comes from; what that changes becomes rows of
/// `delta`, in the same transaction; deltas are rolled up into cells, for every territory around the
/// contribution and every period; editions publish what of them the plan says. Any order, duplicate or
/// correction of facts ends in the same figures.
enum Reporting {
    static let definition = ServiceDefinition(
        name: "reporting", version: "0.1.0",
        facts: contributing.map { $0.type }
            + [
                SessionCancelled.type, PersonsMerged.type, TransferReversed.type,
                TerritoryLoaded.type, HouseholdMoved.type, PersonMoved.type, PersonDied.type,
                PersonErased.type, FundOpened.type, BudgetAllotted.type,
            ] + Rebuilds.journals.map { $0.type },
        migrations: [
            Contributions.migration, Periods.migration, Cells.migration, Measures.migration,
            Figures.migration, Soundness.migration, Summaries.migration, Rebuilds.migration,
            Bulletin.migration, TransferReversals.migration, PersonMerges.migration,
            Figures.mergedMigration, Measures.furtherMigration, Bulletin.wholeMigration,
            Epochs.migration, Explanations.migration, Measures.namesMigration,
            Places.migration, RevisionsPage.migration, BulletinEditions.migration,
            Measures.protectionMigration, Waiting.migration, Plan.migration, Editions.migration,
            BulletinEditions.momentMigration, BulletinDefinitions.migration, FigureRead.migration,
            Measures.coverMigration, OpenedAccounts.migration, Measures.sitesMigration,
            Rebuilds.completionMigration, TerritoryEnds.migration("0036_territory_ends"),
            Editions.gapsMigration, Editions.intakeMigration, DefinedWords.migration,
            Places.listedMigration, ForgottenEditions.migration, Editions.toldMigration,
            Measures.extremesMigration, Editions.thresholdMigration,
        ],
        jobs: [Cells.job, Editions.job, DatasetState.history, Waiting.job, FigureRead.job],
        router: router, inboxNeeded: Rebuilds.goingOn,
        routes: { router, readers, settings in
            DatasetRoutes.add(to: router, readers)
            try Dashboard.add(to: router, readers, contract: settings.contract)
        })

    /// The facts that become contributions.
    static let contributing: [any Contributing.Type] = [
        HouseholdRegistered.self, PersonRegistered.self, CommendationAwarded.self,
        CommendationWithdrawn.self, MemberEnrolled.self, MemberLeft.self, SiteOpened.self,
        SiteClosed.self,
        FundDeposited.self, LoanDisbursed.self, LoanRepaid.self, LoanWrittenOff.self,
        LoanFellOverdue.self, LoanCaughtUp.self, LoanExpired.self, DonationReceived.self,
        DonationAllocated.self, DonationRefunded.self, GrantPaid.self, GrantReturned.self,
        EnrolmentInsured.self, PolicyTerminated.self, ClaimPaid.self, GoodsIssued.self,
        GoodsReturned.self, HomeServiceCompleted.self,
        SessionClosed.self, AttendanceRecorded.self, AttendanceCorrected.self,
        HeadcountRecorded.self, HeadcountCorrected.self, PostOpened.self, ShiftCompleted.self,
        ShiftMissed.self, MaterialPrinted.self, MaterialDistributed.self, ReachRecorded.self,
        CaseworkRecorded.self,
    ]

    private static let router: Router = {
        var router = Router()
        for type in contributing { router.take(type) }
        TransferReversals.register(in: &router)
        PersonMerges.register(in: &router)
        OpenedAccounts.register(in: &router)
        router.on(HouseholdMoved.self, Registered.take)
        router.on(PersonMoved.self, Registered.take)
        router.on(PersonDied.self, Registered.take)
        router.on(PersonErased.self, Registered.take)
        router.on(SessionCancelled.self, alone: true, Grounds.cancel)
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
