/// Who may send a command besides the operator, and how it is granted.
///
/// There is a right for each command of the catalogue. Services enforce it before a handler sees the command, and a
/// handler checks everything that the command touches before it changes anything.
public struct SendingRight: Sendable, Hashable {
    /// How much a grant must hold.
    public enum Extent: String, CaseIterable, Sendable {
        /// No grant: the answer is public, and the broker says who may ask.
        case published
        /// The territory of every unit, household, person and record that the command touches.
        case territories
        /// A whole district, because the command sets what holds everywhere in it.
        case district
        /// No grant is enough.
        case operatorOnly = "operator"
    }

    /// How a grant names the type.
    public enum Naming: String, CaseIterable, Sendable {
        /// By its whole name, by a prefix such as `funding.loan.*`, or by `*`.
        case prefix
        /// By its whole name or by `*`, because it reads what is not published.
        case reads = "whole name or *"
        /// By its whole name alone, because nothing undoes it for all whom it concerns, or because it shows what others have
        /// read.
        case irreversible = "whole name"
    }

    public let type: String
    public let extent: Extent
    public let naming: Naming
    /// JSON Pointers in `data` of what the command touches: units, households, persons, records, rules. `-` stands for
    /// each element of a list. With an actor, the branch of the office is among them.
    public let touches: [String]
    /// Whether a staff member takes the step, who must hold an office of that territory. Corrections of
    /// attendances and headcounts may name one, and need not.
    public let hasActor: Bool

    init(
        _ type: any Command.Type, _ extent: Extent = .territories, _ naming: Naming? = nil,
        actor: Bool = false, touches: String...
    ) {
        self.type = type.type
        self.extent = extent
        self.naming =
            naming ?? (type is any Query.Type && extent != .published ? .reads : .prefix)
        let branch = "/actor/territory"
        self.touches = actor && !touches.contains(branch) ? touches + [branch] : touches
        hasActor = actor
    }

    private init(unlisted type: String) {
        self.type = type
        (extent, naming, touches, hasActor) = (.operatorOnly, .irreversible, [], false)
    }
}

extension SendingRight {
    /// All rights, in the order of the catalogue.
    public static let all = registry + funding + events + eventCorrections + reporting

    private static let byType = Dictionary(
        all.map { ($0.type, $0) }, uniquingKeysWith: { first, _ in first })

    /// The right to send a type. A type without one is the operator's alone.
    public static func of(_ type: String) -> SendingRight {
        byType[type] ?? SendingRight(unlisted: type)
    }

    /// The types that a prefix never grants, though they are commands.
    public static let irreversible = all.filter { $0.naming == .irreversible }.map(\.type)

    static let registry = [
        SendingRight(
            LoadTerritory.self, touches: "/units/-/code", "/units/-/predecessors/-",
            "/completeWithin"),
        SendingRight(RegisterHousehold.self, touches: "/territory", "/members/-/person"),
        SendingRight(MoveHousehold.self, touches: "/household", "/territory", "/household/members"),
        SendingRight(RegisterPerson.self, touches: "/territory", "/household"),
        SendingRight(VerifyPerson.self, touches: "/person"),
        SendingRight(MovePerson.self, touches: "/person", "/destination", "/household"),
        SendingRight(RecordDeath.self, .territories, .irreversible, touches: "/person"),
        SendingRight(VoidMove.self, actor: true, touches: "/person"),
        SendingRight(CorrectDeath.self, actor: true, touches: "/person"),
        SendingRight(VoidDeath.self, actor: true, touches: "/person"),
        SendingRight(
            MergePersons.self, .territories, .irreversible, touches: "/survivor", "/merged"),
        SendingRight(UnmergePersons.self, actor: true, touches: "/survivor", "/merged"),
        SendingRight(ErasePerson.self, .territories, .irreversible, touches: "/person"),
        SendingRight(CorrectPerson.self, actor: true, touches: "/person"),
        SendingRight(RecordPaper.self, actor: true, touches: "/person"),
        SendingRight(WithdrawPaper.self, actor: true, touches: "/person"),
        SendingRight(RecordConsent.self, touches: "/person"),
        SendingRight(AssertCategory.self, touches: "/household", "/subject"),
        SendingRight(VerifyCategory.self, touches: "/assertion"),
        SendingRight(EndCategory.self, touches: "/assertion"),
        SendingRight(RevokeCategory.self, touches: "/assertion"),
        SendingRight(EnrolMember.self, touches: "/territory", "/person"),
        SendingRight(LeaveMember.self, touches: "/member"),
        SendingRight(OpenSite.self, touches: "/territory"),
        SendingRight(CloseSite.self, touches: "/site"),
        SendingRight(AwardCommendation.self, touches: "/territory", "/recipient"),
        SendingRight(WithdrawCommendation.self, touches: "/commendation"),
        SendingRight(GrantPublisher.self, .operatorOnly, touches: "/publisher", "/territories/-"),
        SendingRight(RevokePublisher.self, .operatorOnly, touches: "/publisher"),
        SendingRight(ApplyForMembership.self, touches: "/territory", "/person"),
        SendingRight(AppointCouncil.self, touches: "/site", "/council/-"),
        SendingRight(GetPerson.self, touches: "/person"),
        SendingRight(GetHousehold.self, touches: "/household", "/household/members"),
        SendingRight(SearchRegistry.self, touches: "/territory", "/after"),
        SendingRight(CorrectMember.self, actor: true, touches: "/member"),
        SendingRight(VoidMember.self, actor: true, touches: "/member"),
        SendingRight(CorrectSite.self, actor: true, touches: "/site"),
        SendingRight(ReopenSite.self, actor: true, touches: "/site"),
        SendingRight(VoidConsent.self, actor: true, touches: "/person"),
        SendingRight(JoinHousehold.self, touches: "/household", "/person"),
        SendingRight(LeaveHousehold.self, touches: "/household", "/person"),
        SendingRight(ChangeHouseholdRoles.self, touches: "/household", "/members/-/person"),
        SendingRight(SplitHousehold.self, touches: "/household", "/territory", "/members/-/person"),
        SendingRight(
            MergeHouseholds.self, touches: "/survivor", "/merged", "/members/-/person"),
        SendingRight(DissolveHousehold.self, touches: "/household", "/household/members"),
        SendingRight(
            RestoreHousehold.self, actor: true, touches: "/household", "/household/members"),
        SendingRight(RequestHandover.self, touches: "/territory", "/household"),
        SendingRight(AcceptHandover.self, touches: "/handover"),
        SendingRight(DeclineHandover.self, touches: "/handover"),
        SendingRight(CorrectCategory.self, actor: true, touches: "/assertion"),
        SendingRight(ListMemberships.self, touches: "/person", "/after"),
        SendingRight(ListCategories.self, touches: "/subject", "/after"),
        SendingRight(ListConsents.self, touches: "/person", "/after"),
        SendingRight(ListSites.self, touches: "/territory", "/after"),
        SendingRight(ListPublishers.self, touches: "/territory"),
        SendingRight(ListReads.self, .territories, .irreversible, touches: "/subject", "/after"),
        SendingRight(ListRegistryTasks.self, touches: "/within", "/after"),
        SendingRight(SettleRegistryTask.self, actor: true, touches: "/task"),
        SendingRight(GetRegistryHistory.self, touches: "/record", "/after"),
        SendingRight(ListHandovers.self, touches: "/territory", "/after"),
        SendingRight(ListDoubles.self, touches: "/territory", "/after"),
    ]

    static let events = [
        SendingRight(PlanActivity.self, touches: "/territory", "/site"),
        SendingRight(OpenSession.self, touches: "/territory", "/activity"),
        SendingRight(CancelSession.self, .territories, .irreversible, touches: "/session"),
        SendingRight(CloseSession.self, touches: "/session"),
        SendingRight(RecordAttendance.self, touches: "/session", "/person", "/child", "/household"),
        SendingRight(RecordHeadcount.self, touches: "/session"),
        SendingRight(
            CorrectAttendance.self, actor: true, touches: "/attendance", "/person", "/child",
            "/household", "/session"),
        SendingRight(CorrectHeadcount.self, actor: true, touches: "/headcount", "/session"),
        SendingRight(
            RequestRegistration.self, touches: "/session", "/person", "/child", "/household"),
        SendingRight(CancelRegistration.self, touches: "/registration"),
        SendingRight(OfferShift.self, touches: "/territory", "/post", "/person", "/household"),
        SendingRight(ConfirmShift.self, touches: "/shift"),
        SendingRight(CheckInToShift.self, touches: "/shift"),
        SendingRight(CompleteShift.self, touches: "/shift"),
        SendingRight(RecordNoShow.self, touches: "/shift"),
        SendingRight(PrintMaterial.self, touches: "/territory", "/material"),
        SendingRight(DistributeMaterial.self, touches: "/territory", "/material", "/session"),
        SendingRight(ReturnMaterial.self, touches: "/distribution"),
        SendingRight(RecordReach.self, touches: "/territory", "/session"),
        SendingRight(RecordCasework.self, touches: "/territory", "/person"),
        SendingRight(GetSession.self, touches: "/session", "/after"),
        SendingRight(ListSessions.self, touches: "/territory", "/after"),
        SendingRight(ListShifts.self, touches: "/territory", "/post", "/person", "/after"),
        SendingRight(GetEventsPerson.self, touches: "/person", "/after"),
        SendingRight(ListEventsTasks.self, touches: "/within", "/after"),
        SendingRight(SettleEventsTask.self, actor: true, touches: "/task"),
        SendingRight(GetEventsHistory.self, touches: "/record", "/after"),
    ]

    static let reporting = [
        SendingRight(RebuildCells.self, .operatorOnly),
        SendingRight(ClosePeriod.self, .operatorOnly, touches: "/period"),
        SendingRight(RequestSnapshot.self, .published, touches: "/dataset"),
        SendingRight(RequestRange.self, .published, touches: "/dataset"),
        SendingRight(ExplainFigure.self, touches: "/territory"),
        SendingRight(GetFigures.self, touches: "/territory"),
        SendingRight(PublishBulletin.self, touches: "/period"),
        SendingRight(PublishEdition.self, .operatorOnly),
        SendingRight(DefinePlan.self, .operatorOnly),
        SendingRight(TryPlan.self, .operatorOnly),
        SendingRight(DefineBulletin.self, .operatorOnly, touches: "/territory"),
        SendingRight(DefineProgramme.self, .operatorOnly, touches: "/programme"),
        SendingRight(DefineWord.self, .operatorOnly, touches: "/key"),
    ]
}
