import Foundation
import Messages
import Postgres
import ServiceKit

/// Takes claims on policies in: the insured files one, the district decides it, the insurer pays.
enum Claims {
    static func register(in router: inout Router) {
        router.on(FileClaim.self, keys: { $1.need(Claim.self, $0.claim.uuid) }, file)
        router.on(DecideClaim.self, keys: { $1.need(Claim.self, $0.claim.uuid) }, decide)
        router.on(PayClaim.self, keys: { $1.need(Claim.self, $0.claim.uuid) }, pay)
    }

    static func file(_ command: FileClaim, _ unit: UnitOfWork) throws -> Outcome {
        guard try unit.find(Claim.self, command.claim.uuid) == nil else {
            return .rejected(.claimExists, at: "/claim")
        }
        let found = try Policies.find(command.run, command.insured, unit)
        guard case .policy(let policy, let programme, _) = found else { return found.outcome }
        guard policy.state != .refused else {
            return .rejected(.policyRefused, at: "/insured")
        }
        guard policy.covers(command.eventDate) else {
            return .rejected(
                .outsideCover, at: "/eventDate",
                expected: "a date from \(policy.coverFrom) to \(policy.end.adding(days: -1))")
        }
        if let refusal = refusal(of: command.amountFen, on: policy) { return .refused(refusal) }
        var claim = Claim(
            id: command.claim, policy: policy.id, product: policy.product, programme: programme,
            territory: policy.territory, eventDate: command.eventDate, amount: command.amountFen,
            lastOn: command.filedOn)
        try save(&claim, claim.amount, unit)
        return .accepted(
            ClaimFiled(
                claim: claim.id, policy: claim.policy, product: claim.product,
                programme: claim.programme, territory: claim.territory,
                eventDate: claim.eventDate, amountFen: claim.amount, filedOn: command.filedOn),
            of: claim)
    }

    /// Why a policy does not bear that much more; nil if it does.
    private static func refusal(of amount: Fen, on policy: Policy) -> Refusal? {
        guard let sumInsured = policy.sumInsured else {
            return Refusal(.notClaimable, at: "/insured")
        }
        let left = sumInsured - policy.claimed
        guard amount <= left else {
            return Refusal(
                .aboveSumInsured, at: "/amountFen",
                expected: "at most \(left.rawValue) fen, which are left of the sum insured")
        }
        return nil
    }

    static func decide(_ command: DecideClaim, _ unit: UnitOfWork) throws -> Outcome {
        switch command.decision {
        case .accept: try accept(command, unit)
        case .decline: try decline(command, unit)
        }
    }

    private static func accept(_ command: DecideClaim, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .accept, command.claim, on: command.decidedOn, at: "/decidedOn", by: command.actor,
            unit)
        guard case .claim(var claim) = taken else { return taken.outcome }
        guard var policy = try unit.find(Policy.self, claim.policy.uuid) else {
            return .rejected(.unknownPolicy, at: "/claim")
        }
        let amount = command.amountFen ?? claim.amount
        guard amount <= claim.amount else {
            return .rejected(
                .moreThanClaimed, at: "/amountFen",
                expected: "at most \(claim.amount.rawValue) fen, which were claimed")
        }
        if let refusal = refusal(of: amount, on: policy) { return .refused(refusal) }
        policy.claimed = policy.claimed + amount
        try unit.store(policy)
        claim.accepted = amount
        try save(&claim, amount, by: command.actor, because: command.reason, unit)
        return .accepted(
            ClaimAccepted(
                claim: claim.id, policy: claim.policy, product: claim.product,
                programme: claim.programme, territory: claim.territory,
                eventDate: claim.eventDate, amountFen: amount, decidedOn: command.decidedOn),
            of: claim)
    }

    private static func decline(_ command: DecideClaim, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .decline, command.claim, on: command.decidedOn, at: "/decidedOn", by: command.actor,
            unit)
        guard case .claim(var claim) = taken else { return taken.outcome }
        try save(&claim, claim.amount, by: command.actor, because: command.reason, unit)
        return .accepted(
            ClaimDeclined(
                claim: claim.id, policy: claim.policy, product: claim.product,
                programme: claim.programme, territory: claim.territory,
                eventDate: claim.eventDate, amountFen: claim.amount,
                decidedOn: command.decidedOn),
            of: claim)
    }

    static func pay(_ command: PayClaim, _ unit: UnitOfWork) throws -> Outcome {
        let taken = try take(
            .pay, command.claim, on: command.businessDate, at: "/businessDate", unit)
        guard case .claim(var claim) = taken else { return taken.outcome }
        let amount = claim.accepted ?? .zero
        try save(&claim, amount, unit)
        return .accepted(
            ClaimPaid(
                claim: claim.id, policy: claim.policy, product: claim.product,
                programme: claim.programme, territory: claim.territory,
                eventDate: claim.eventDate, amountFen: amount, businessDate: command.businessDate),
            of: claim)
    }

    // MARK: What all steps share

    /// A claim after a step, not yet stored; or why there is none.
    private enum Taken {
        case claim(Claim)
        case no(Outcome)

        var outcome: Outcome {
            switch self {
            case .claim: .applied
            case .no(let outcome): outcome
            }
        }
    }

    private static func take(
        _ step: ClaimState.Step, _ id: ClaimID, on day: BusinessDate, at pointer: String,
        by actor: Actor? = nil, _ unit: UnitOfWork
    ) throws -> Taken {
        guard var claim = try unit.find(Claim.self, id.uuid) else {
            return .no(.waiting(for: id.uuid, else: .unknownClaim, at: "/claim"))
        }
        guard unit.covers(claim.territory) else { return .no(.rejected(.outOfScope, at: "/claim")) }
        if let actor,
            let refusal = Authority.refusal(
                of: actor, levels: [.district], over: claim.territory, unit)
        {
            return .no(.refused(refusal))
        }
        if let refusal = claim.take(step, on: day, at: pointer) { return .no(.refused(refusal)) }
        return .claim(claim)
    }

    private static func save(
        _ claim: inout Claim, _ amount: Fen, by actor: Actor? = nil, because reason: String? = nil,
        _ unit: UnitOfWork
    ) throws {
        try unit.save(&claim)
        unit.append(
            ClaimRecord(
                claim: claim.id, state: claim.state, day: claim.lastOn, amount: amount,
                staff: actor?.staff, reason: reason, cause: unit.message.id))
    }
}

extension RefusalCode {
    static let claimExists = RefusalCode("claim_exists", "the id of a claim that was not filed yet")
    static let unknownClaim = RefusalCode("unknown_claim", "the id of a filed claim")
    static let policyRefused = RefusalCode(
        "policy_refused", "a policy that the insurer accepted")
    static let notClaimable = RefusalCode(
        "not_claimable", "a policy of a product with a sum insured")
    static let aboveSumInsured = RefusalCode(
        "above_sum_insured", "an amount that is left of the sum insured")
    static let moreThanClaimed = RefusalCode("more_than_claimed", "at most what was claimed")
}
