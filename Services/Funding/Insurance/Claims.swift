import Foundation
import Messages
import Postgres
import ServiceKit

/// Handles claims on policies: the insured files a claim, the district decides it, the insurer pays.
enum Claims {
    static func register(in router: inout Router) {
        router.on(FileClaim.self, keys: { $1.need(Claim.self, $0.claim.uuid) }, file)
        router.on(
            DecideClaim.self,
            keys: {
                $1.need(Claim.self, $0.claim.uuid)
                $1.needAsker(of: Claim.self, $0.claim.uuid)
                $1.needTask(.settleApplication, $0.claim.uuid)
                Authority.keys($0.actor, of: $0.claim.uuid, &$1)
            }, decide)
        router.on(
            PayClaim.self,
            keys: {
                $1.need(Claim.self, $0.claim.uuid)
                $1.needAsker(of: Claim.self, $0.claim.uuid)
                $1.needTask(.settleApplication, $0.claim.uuid)
            }, pay)
    }

    static func file(_ command: FileClaim, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(Claim.self, command.claim.uuid, else: .claimExists, at: "/claim")
        let (policy, programme, _) = try Policies.find(
            command.run, command.insured, on: command.eventDate, unit)
        guard policy.state != .refused else { throw Refusal(.policyRefused, at: "/insured") }
        guard policy.covers(command.eventDate) else {
            throw Refusal(
                .outsideCover, at: "/eventDate",
                expected: "a date from \(policy.coverFrom) to \(policy.end.adding(days: -1))")
        }
        try require(command.amountFen, on: policy)
        var claim = Claim(
            id: command.claim, policy: policy.id, product: policy.product, programme: programme,
            territory: policy.territory, eventDate: command.eventDate, amount: command.amountFen,
            lastOn: command.filedOn)
        let fact = ClaimFiled(claim.subject, amountFen: claim.amount, filedOn: command.filedOn)
        unit.follow(claim)
        try ApplicationTasks.review(claim, on: command.filedOn, unit)
        return try record(fact, of: &claim, claim.amount, unit)
    }

    /// Refuses an amount above what the policy's other claims leave of its sum insured.
    private static func require(_ amount: Fen, on policy: Policy) throws(Refusal) {
        guard let sumInsured = policy.sumInsured else {
            throw Refusal(.notClaimable, at: "/insured")
        }
        let left = sumInsured - policy.claimed
        guard amount <= left else {
            throw Refusal(
                .aboveSumInsured, at: "/amountFen",
                expected: "at most \(left.rawValue) fen, which are left of the sum insured")
        }
    }

    static func decide(_ command: DecideClaim, _ unit: UnitOfWork) throws -> Emission {
        var claim = try find(command.claim, unit)
        try Authority.require(
            command.actor, [.district], over: claim.territory,
            on: command.decidedOn, of: claim.key, unit)
        switch command.decision {
        case .accept: return try accept(&claim, command, unit)
        case .decline: return try decline(&claim, command, unit)
        }
    }

    private static func accept(
        _ claim: inout Claim, _ command: DecideClaim, _ unit: UnitOfWork
    ) throws -> Emission {
        try claim.step(.accept, on: command.decidedOn, at: "/decidedOn")
        guard var policy = try unit.find(Policy.self, claim.policy.uuid) else {
            throw Refusal(.unknownPolicy, at: "/claim")
        }
        let amount = command.amountFen ?? claim.amount
        guard amount <= claim.amount else {
            throw Refusal(
                .moreThanClaimed, at: "/amountFen",
                expected: "at most \(claim.amount.rawValue) fen, which were claimed")
        }
        try require(amount, on: policy)
        policy.claimed = policy.claimed + amount
        try unit.store(policy)
        claim.accepted = amount
        let fact = ClaimAccepted(
            claim.subject, amountFen: amount, decidedOn: command.decidedOn, actor: command.actor)
        unit.keep(command.reason, "reason", of: unit.message.id, about: policy.insured)
        return try record(fact, of: &claim, amount, by: command.actor, unit)
    }

    private static func decline(
        _ claim: inout Claim, _ command: DecideClaim, _ unit: UnitOfWork
    ) throws -> Emission {
        try claim.step(.decline, on: command.decidedOn, at: "/decidedOn")
        let fact = ClaimDeclined(
            claim.subject, amountFen: claim.amount, decidedOn: command.decidedOn,
            actor: command.actor)
        let insured = try unit.find(Policy.self, claim.policy.uuid)?.insured
        unit.keep(command.reason, "reason", of: unit.message.id, about: insured)
        return try record(fact, of: &claim, claim.amount, by: command.actor, unit)
    }

    static func pay(_ command: PayClaim, _ unit: UnitOfWork) throws -> Emission {
        var claim = try find(command.claim, unit)
        try claim.step(.pay, on: command.businessDate, at: "/businessDate")
        let amount = claim.accepted ?? .zero
        let fact = ClaimPaid(claim.subject, amountFen: amount, businessDate: command.businessDate)
        return try record(fact, of: &claim, amount, unit)
    }

    // MARK: Steps

    /// The claim of a step, in the scope of the publisher.
    private static func find(_ id: ClaimID, _ unit: UnitOfWork) throws -> Claim {
        let claim = try unit.require(Claim.self, id.uuid, else: .unknownClaim, at: "/claim")
        try unit.requireScope(claim.territory, at: "/claim")
        return claim
    }

    /// Saves a claim after a step, and adds the step to its history.
    private static func record(
        _ fact: any Fact, of claim: inout Claim, _ amount: Fen, by actor: Actor? = nil,
        _ unit: UnitOfWork
    ) throws -> Emission {
        unit.append(
            ClaimRecord(
                claim: claim.id, state: claim.state, day: claim.lastOn, amount: amount,
                staff: actor?.staff, cause: unit.message.id))
        if claim.state != .filed { try unit.notifyOthers(claim, claim.state) }
        if !claim.state.isUnpaid {
            try unit.settle(.settleApplication, claim.key, on: claim.lastOn)
        }
        return try unit.save(&claim, fact)
    }
}

extension Claim {
    fileprivate var subject: ClaimSubject {
        ClaimSubject(
            claim: id, policy: policy, product: product, programme: programme,
            territory: territory, eventDate: eventDate)
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
