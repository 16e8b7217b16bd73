import Foundation
import Messages
import Postgres
import ServiceKit

/// One enrolment of all households of a territory, or of all persons if the product insures those,
/// for a product and a policy year.
struct EnrolmentRun: Aggregate {
    let id: RunID
    let product: ProductID
    let programme: Programme
    let insured: InsuredKind
    /// Pays the premium.
    let fund: FundID
    let territory: TerritoryCode
    let policyYear: Int32
    let coverFrom: BusinessDate
    /// The last day of cover.
    let coverTo: BusinessDate
    let openedOn: BusinessDate
    var state = RunState.draft
    /// The date of the latest step that has one.
    var lastOn: BusinessDate
    /// Ages and categories are those of this day; set when the run is frozen.
    var referenceDate: BusinessDate?
    /// The version of the product's rule; set when the run is frozen.
    var ruleVersion: Int32?
    /// Of the list, set when the run is evaluated.
    var digest: String?
    var approvedBy: StaffID?
    /// Lines of the list that the insurer has not answered; set when the run is submitted.
    var openLines: Int64?
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table<EnrolmentRun>(
        "enrolment_run", key: "id",
        columns: [
            Column("id", { $0.id.uuid }), Column("product", { $0.product.uuid }),
            Column("programme", { $0.programme }), Column("insured", { $0.insured.rawValue }),
            Column("fund", { $0.fund.uuid }),
            Column("territory", { $0.territory }), Column("policy_year", { $0.policyYear }),
            Column("cover_from", { $0.coverFrom }), Column("cover_to", { $0.coverTo }),
            Column("opened_on", { $0.openedOn }), Column("state", { $0.state.rawValue }),
            Column("last_on", { $0.lastOn }),
            Column("reference_date", optional: { $0.referenceDate }),
            Column("rule_version", optional: { $0.ruleVersion }),
            Column("digest", optional: { $0.digest }),
            Column("approved_by", optional: { $0.approvedBy?.uuid }),
            Column("open_lines", optional: { $0.openLines }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        EnrolmentRun(
            id: RunID(try row.next()), product: ProductID(try row.next()),
            programme: try row.next(), insured: try row.next(enum: InsuredKind.self),
            fund: FundID(try row.next()), territory: try row.next(), policyYear: try row.next(),
            coverFrom: try row.next(), coverTo: try row.next(),
            openedOn: try row.next(), state: try row.next(enum: RunState.self),
            lastOn: try row.next(), referenceDate: try row.next(optional: BusinessDate.self),
            ruleVersion: try row.next(optional: Int32.self),
            digest: try row.next(optional: String.self),
            approvedBy: try row.next(optional: StaffID.self),
            openLines: try row.next(optional: Int64.self), sequence: try row.next())
    }
}

/// Where a run stands. Evaluating again leads back to the same state: it gives the same list. So
/// does an answer of the insurer that leaves lines open.
enum RunState: String, CaseIterable {
    case draft, frozen, evaluated, approved, submitted, reconciled

    enum Step: CaseIterable { case freeze, evaluate, approve, submit, reconcile }

    func after(_ step: Step) -> Transition<RunState> {
        switch (self, step) {
        case (.draft, .freeze): .to(.frozen)
        case (.frozen, .evaluate), (.evaluated, .evaluate): .to(.evaluated)
        case (.evaluated, .approve): .to(.approved)
        case (.approved, .submit): .to(.submitted)
        case (.submitted, .reconcile): .to(.reconciled)
        case (_, .freeze): .refused(.notDraft)
        case (_, .evaluate): .refused(.notFrozen)
        case (_, .approve): .refused(.notEvaluated)
        case (_, .submit): .refused(.notApprovedRun)
        case (_, .reconcile): .refused(.notSubmitted)
        }
    }
}

/// Opens and approves enrolment runs. What they do with many households or persons at once stands
/// in `EnrolmentEvaluation`, `SupplementEvaluation` and `EnrolmentSettlement`.
enum Enrolments {
    static func register(in router: inout Router) {
        router.on(OpenEnrolment.self, keys: { $1.need(EnrolmentRun.self, $0.run.uuid) }, open)
        router.on(ApproveEnrolment.self, keys: { $1.need(EnrolmentRun.self, $0.run.uuid) }, approve)
    }

    static func open(_ command: OpenEnrolment, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(EnrolmentRun.self, command.run.uuid) == nil else {
            return .rejected(.runExists, at: "/run")
        }
        guard let product = try unit.find(Product.self, command.product.uuid) else {
            return .waiting(for: command.product.uuid, else: .unknownProduct, at: "/product")
        }
        guard let fund = try unit.find(Fund.self, command.fund.uuid) else {
            return .waiting(for: command.fund.uuid, else: .unknownFund, at: "/fund")
        }
        guard fund.kind == .insurance else {
            return .rejected(.wrongFundKind, at: "/fund", expected: "the id of an insurance fund")
        }
        guard fund.state == .open else { return .rejected(.fundClosed, at: "/fund") }
        guard fund.territory.contains(command.territory) else {
            return .rejected(.outsideFund, at: "/territory")
        }
        var run = EnrolmentRun(
            id: command.run, product: product.id, programme: product.programme,
            insured: product.insured, fund: fund.id, territory: command.territory,
            policyYear: Int32(command.policyYear),
            coverFrom: command.coverFrom, coverTo: command.coverTo, openedOn: command.openedOn,
            lastOn: command.openedOn)
        try unit.save(&run)
        return .accepted(
            EnrolmentOpened(
                run: run.id, product: run.product, fund: run.fund, programme: run.programme,
                territory: run.territory, policyYear: command.policyYear,
                coverFrom: run.coverFrom, coverTo: run.coverTo, openedOn: run.openedOn),
            of: run)
    }

    static func approve(_ command: ApproveEnrolment, _ unit: UnitOfWork) throws -> Outcome {
        let found = try find(
            command.run, for: .approve, on: command.approvedOn, at: "/approvedOn", unit)
        guard case .run(var run) = found else { return found.outcome }
        if let refusal = Authority.refusal(
            of: command.actor, levels: [.district], over: run.territory, unit)
        {
            return .refused(refusal)
        }
        run.approvedBy = command.actor.staff
        try unit.save(&run)
        return .accepted(
            EnrolmentApproved(run: run.id, approvedOn: command.approvedOn), of: run)
    }

    /// A run that a step is allowed for, already in the state after it; or what to answer instead.
    enum Found {
        case run(EnrolmentRun)
        case no(Outcome)

        var outcome: Outcome {
            switch self {
            case .run: .applied
            case .no(let outcome): outcome
            }
        }
    }

    /// - Parameter pointer: where the command says the day.
    static func find(
        _ id: RunID, for step: RunState.Step, on day: BusinessDate? = nil, at pointer: String = "",
        _ unit: UnitOfWork
    ) throws -> Found {
        guard var run = try unit.find(EnrolmentRun.self, id.uuid) else {
            return .no(.waiting(for: id.uuid, else: .unknownRun, at: "/run"))
        }
        guard unit.covers(run.territory) else { return .no(.rejected(.outOfScope, at: "/run")) }
        switch run.state.after(step) {
        case .to(let next): run.state = next
        case .refused(let code):
            let expected = "\(code.expected); this one is \(run.state.rawValue)"
            return .no(.rejected(code, at: "/run", expected: expected))
        }
        if let day {
            guard day >= run.lastOn else {
                return .no(
                    .rejected(
                        .dateTooEarly, at: pointer, expected: "a date from \(run.lastOn) on"))
            }
            run.lastOn = day
        }
        return .run(run)
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
