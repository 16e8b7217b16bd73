import Foundation
import Messages
import Postgres
import ServiceKit

/// One enrolment for a product and a policy year: of all households of a territory, or of all persons if
/// the product insures persons.
struct EnrolmentRun: Aggregate {
    let id: RunID
    let product: ProductID
    let programme: Programme
    let insured: InsuredKind
    /// The fund that pays the premium.
    let fund: FundID
    let territory: TerritoryCode
    let policyYear: Int32
    let coverFrom: BusinessDate
    /// The last day of cover.
    let coverTo: BusinessDate
    let openedOn: BusinessDate
    var state = RunState.draft
    /// The date of the latest step that has a date.
    var lastOn: BusinessDate
    /// The day for which ages and categories are determined; set when the run is frozen.
    var referenceDate: BusinessDate?
    /// The version of the product's rule; set when the run is frozen.
    var ruleVersion: Int32?
    /// The digest of the list; set when the run is evaluated.
    var digest: String?
    var approvedBy: StaffID?
    /// The number of lines that the insurer has not answered; set when the run is submitted.
    var openLines: Int64?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// Changes to the state after a step. Refuses a step that the state does not allow.
    mutating func step(_ step: RunState.Step) throws(Refusal) {
        state = try state.after(step)
    }

    /// The same for a step with a date. Refuses a date before that of the previous step.
    /// - Parameter pointer: where the command has the day.
    mutating func step(
        _ step: RunState.Step, on day: BusinessDate, at pointer: String
    ) throws(Refusal) {
        try self.step(step)
        try day.require(from: lastOn, else: .dateTooEarly, at: pointer)
        lastOn = day
    }

    static let table = Table(
        "enrolment_run", key: "id", EnrolmentRun.init,
        Field("id", \.id), Field("product", \.product), Field("programme", \.programme),
        Field("insured", \.insured), Field("fund", \.fund), Field("territory", \.territory),
        Field("policy_year", \.policyYear), Field("cover_from", \.coverFrom),
        Field("cover_to", \.coverTo), Field("opened_on", \.openedOn), Field("state", \.state),
        Field("last_on", \.lastOn), Field("reference_date", \.referenceDate),
        Field("rule_version", \.ruleVersion), Field("digest", \.digest),
        Field("approved_by", \.approvedBy), Field("open_lines", \.openLines),
        Field("sequence", \.sequence))
}

/// The state of a run. A second evaluation gives the same list and does not change the state. Nor does an
/// answer of the insurer that leaves lines open.
enum RunState: String, CaseIterable, PostgresValue {
    case draft, frozen, evaluated, approved, submitted, reconciled

    enum Step: CaseIterable { case freeze, evaluate, approve, submit, reconcile }

    /// The state after a step. Refuses a step that cannot be taken from this state.
    func after(_ step: Step) throws(Refusal) -> RunState {
        switch (self, step) {
        case (.draft, .freeze): .frozen
        case (.frozen, .evaluate), (.evaluated, .evaluate): .evaluated
        case (.evaluated, .approve): .approved
        case (.approved, .submit): .submitted
        case (.submitted, .reconcile): .reconciled
        case (_, .freeze): throw refusal(.notDraft)
        case (_, .evaluate): throw refusal(.notFrozen)
        case (_, .approve): throw refusal(.notEvaluated)
        case (_, .submit): throw refusal(.notApprovedRun)
        case (_, .reconcile): throw refusal(.notSubmitted)
        }
    }

    private func refusal(_ code: RefusalCode) -> Refusal {
        Refusal(code, at: "/run", because: self)
    }
}

/// Opens and approves enrolment runs. `EnrolmentEvaluation`, `SupplementEvaluation` and
/// `EnrolmentSettlement` handle their households and persons.
enum Enrolments {
    static func register(in router: inout Router) {
        router.on(OpenEnrolment.self, keys: { $1.need(EnrolmentRun.self, $0.run.uuid) }, open)
        router.on(
            ApproveEnrolment.self,
            keys: {
                $1.need(EnrolmentRun.self, $0.run.uuid)
                Authority.keys($0.actor, of: $0.run.uuid, &$1)
            }, approve)
    }

    static func open(_ command: OpenEnrolment, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(EnrolmentRun.self, command.run.uuid, else: .runExists, at: "/run")
        let product = try unit.require(
            Product.self, command.product.uuid, else: .unknownProduct, at: "/product")
        let fund = try unit.require(Fund.self, command.fund.uuid, else: .unknownFund, at: "/fund")
        try fund.require(.insurance, for: command.territory, at: "/territory", unit)
        var run = EnrolmentRun(
            id: command.run, product: product.id, programme: product.programme,
            insured: product.insured, fund: fund.id, territory: command.territory,
            policyYear: Int32(command.policyYear),
            coverFrom: command.coverFrom, coverTo: command.coverTo, openedOn: command.openedOn,
            lastOn: command.openedOn)
        let fact = EnrolmentOpened(
            run: run.id, product: run.product, fund: run.fund, programme: run.programme,
            territory: run.territory, policyYear: command.policyYear, coverFrom: run.coverFrom,
            coverTo: run.coverTo, openedOn: run.openedOn)
        return try unit.save(&run, fact)
    }

    static func approve(_ command: ApproveEnrolment, _ unit: UnitOfWork) throws -> Emission {
        var run = try find(command.run, unit)
        try run.step(.approve, on: command.approvedOn, at: "/approvedOn")
        try Authority.require(
            command.actor, [.district], over: run.territory,
            on: command.approvedOn, of: run.key, unit)
        run.approvedBy = command.actor.staff
        return try unit.save(
            &run,
            EnrolmentApproved(run: run.id, approvedOn: command.approvedOn, actor: command.actor))
    }

    /// The run of a step, in the scope of the publisher.
    static func find(_ id: RunID, _ unit: UnitOfWork) throws -> EnrolmentRun {
        let run = try unit.require(EnrolmentRun.self, id.uuid, else: .unknownRun, at: "/run")
        try unit.requireScope(run.territory, at: "/run")
        return run
    }
}

extension RefusalCode {
    static let runExists = RefusalCode("run_exists", "the id of a run that was not opened yet")
    static let unknownRun = RefusalCode("unknown_run", "the id of an opened run")
    static let notDraft = RefusalCode("not_draft", "a run that is not frozen yet")
    static let notFrozen = RefusalCode("not_frozen", "a frozen run that is not approved yet")
    static let notEvaluated = RefusalCode("not_evaluated", "an evaluated run")
    static let notApprovedRun = RefusalCode("not_approved", "an approved run")
    static let notSubmitted = RefusalCode("not_submitted", "a run that the insurer has")
}
