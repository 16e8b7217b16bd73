import Foundation
import Messages
import People
import Postgres
import ServiceKit

/// The cover of one household or person by one run. Whether it is pending, before its first day, or
/// expired, after its last one, follows from the dates and is not a state.
struct Policy: Aggregate {
    let id: PolicyID
    let run: RunID
    let product: ProductID
    /// The household's id, or the person's.
    let insured: UUID
    /// The community.
    let territory: TerritoryCode
    let basis: Basis
    let policyYear: Int32
    let coverFrom: BusinessDate
    /// The last day of the cover that the premium paid for.
    let coverTo: BusinessDate
    let premium: Fen
    /// The limit of all claims together; nil if the product's version has none.
    let sumInsured: Fen?
    var state: PolicyState
    /// The first day without cover, if it was terminated.
    var endedOn: BusinessDate?
    /// The part of the premium that was returned.
    var returned: Fen
    /// The sum of accepted and paid claims.
    var claimed: Fen
    var sequence: Int64

    var key: UUID { id.uuid }

    /// The first day without cover.
    var end: BusinessDate { endedOn ?? coverTo.adding(days: 1) }

    func covers(_ day: BusinessDate) -> Bool {
        state != .refused && day >= coverFrom && day < end
    }

    /// The part of the premium that is returned if the first day without cover is `day`: in proportion to
    /// the days left of the whole cover, rounded down to the fen. The insurer keeps the rest.
    func premiumLeft(from day: BusinessDate) -> Fen {
        let whole = Int64(coverTo.day - coverFrom.day) + 1
        let left = Int64(coverTo.day - day.day) + 1
        // In 128 bits: the product of a premium and a number of days may exceed 64.
        return Fen(whole.dividingFullWidth(premium.rawValue.multipliedFullWidth(by: left)).quotient)
    }

    static let table = Table(
        "policy", key: "id", Policy.init,
        Field("id", \.id), Field("run", \.run), Field("product", \.product),
        Field("insured", \.insured), Field("territory", \.territory), Field("basis", \.basis),
        Field("policy_year", \.policyYear), Field("cover_from", \.coverFrom),
        Field("cover_to", \.coverTo), Field("premium_fen", \.premium),
        Field("sum_insured_fen", \.sumInsured), Field("state", \.state),
        Field("ended_on", \.endedOn), Field("returned_fen", \.returned),
        Field("claimed_fen", \.claimed), Field("sequence", \.sequence))
}

/// The state of a policy.
enum PolicyState: String, PostgresValue {
    case active, terminated
    /// The insurer refused it, or its premium was reversed: it never covered anything.
    case refused
}

/// The termination of a policy: on whose authority and when. Rows are only added. The reason is kept
/// apart.
struct Termination: Record {
    let policy: PolicyID
    let command: TerminatePolicy
    let returned: Fen
    let cause: UUID

    static let table = RecordTable<Termination>(
        "policy_termination",
        columns: [
            Column("policy", \.policy), Column("ended_on", \.command.terminatedOn),
            Column("business_date", \.command.businessDate), Column("returned_fen", \.returned),
            Column("staff", \.command.actor.staff), Column("cause", \.cause),
        ])
}

/// Finds policies, and terminates them early.
enum Policies {
    static func register(in router: inout Router) {
        // Alone, because it queries the database, where claims of the rest of a batch are missing.
        router.on(TerminatePolicy.self, alone: true, terminate)
    }

    static func terminate(_ command: TerminatePolicy, _ unit: UnitOfWork) throws -> Emission {
        let (found, programme, fund) = try find(
            command.run, command.insured, on: command.businessDate, unit)
        var policy = found
        try Authority.require(
            command.actor, [.district], over: policy.territory,
            on: command.businessDate, of: policy.key, unit)
        guard policy.state == .active else {
            throw Refusal(.policyNotActive, at: "/insured", because: policy.state)
        }
        guard policy.covers(command.terminatedOn) else {
            throw Refusal(
                .outsideCover, at: "/terminatedOn",
                expected: "a date from \(policy.coverFrom) to \(policy.coverTo)")
        }
        guard try !hasClaim(on: policy, from: command.terminatedOn, unit) else {
            throw Refusal(.claimAfterwards, at: "/terminatedOn")
        }
        try CaseDays.requireLatest(
            command.businessDate, after: latestPosting(on: policy), at: "/businessDate", unit)
        policy.state = .terminated
        policy.endedOn = command.terminatedOn
        policy.returned = policy.premiumLeft(from: command.terminatedOn)
        unit.append(
            Termination(
                policy: policy.id, command: command, returned: policy.returned,
                cause: unit.message.id))
        unit.keep(command.reason, "reason", of: unit.message.id, about: policy.insured)
        if policy.returned > .zero {
            Ledger.post(
                .premiumReturn, policy.returned, of: fund, on: command.businessDate,
                as: unit.message.id, unit)
        }
        let fact = PolicyTerminated(
            policy: policy.id, run: policy.run, product: policy.product, programme: programme,
            territory: policy.territory, insured: policy.basis.insured, basis: policy.basis,
            policyYear: Int(policy.policyYear), terminatedOn: command.terminatedOn,
            businessDate: command.businessDate, premiumFen: policy.premium,
            returnedFen: policy.returned, coverTo: policy.coverTo, actor: command.actor)
        let emission = try unit.save(&policy, fact)
        try CoverTasks.review([policy.insured], on: command.businessDate, unit)
        return emission
    }

    /// The latest day on which its premium was paid, or the return of a part of it taken back.
    private static func latestPosting(on policy: Policy) -> Statement {
        """
        SELECT max(d.day) FROM (
            SELECT t.business_date FROM policy AS p
            JOIN transfer AS t ON t.id = premium_transfer(p.answer, p.territory, p.basis)
            WHERE p.id = \(policy.key)
            UNION ALL
            SELECT r.business_date FROM policy_termination AS t
            JOIN reversal AS r ON r.transfer = t.cause
            WHERE t.policy = \(policy.key)) AS d (day)
        """
    }

    /// Whether a claim that was not declined is about an event on that day or later.
    private static func hasClaim(
        on policy: Policy, from day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Bool {
        let rows = try unit.query(
            """
            SELECT id FROM claim
            WHERE policy = \(policy.key) AND event_date >= \(day) AND state <> 'declined'
            """)
        return !rows.isEmpty
    }

    /// A policy with the programme and fund of its run.
    ///
    /// A person is found by any of the person's ids. If a run has insured more than one of them, a policy
    /// that the insurer accepted comes first, then the one of the given id.
    ///
    /// Policies are made many at once, by one statement, so nothing wakes a message that waits for one: it
    /// is retried by the schedule. A policy outside the publisher's scope is as if there were none.
    /// - Parameters:
    ///   - insured: the household's id, or one of the person's.
    ///   - day: the business date of the command.
    static func find(
        _ run: RunID, _ insured: UUID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> (Policy, Programme, FundID) {
        let rows = try unit.query(
            """
            SELECT p.id, r.programme, r.fund
            FROM policy AS p JOIN enrolment_run AS r ON r.id = p.run
            WHERE p.run = \(run.uuid)
              AND p.insured = ANY (ARRAY(SELECT same_person(\(insured))) || \(insured))
            ORDER BY p.state = 'refused', p.insured <> \(insured), p.id LIMIT 1
            """)
        guard var row = rows.first?.cursor(),
            let policy = try unit.find(Policy.self, row.next()),
            try unit.covers(policy.territory)
        else {
            try requireHome(of: insured, on: day, unit)
            throw Wait(for: run.uuid, else: .unknownPolicy, at: "/insured")
        }
        return (policy, try row.next(), FundID(try row.next()))
    }

    /// Refuses a household or person outside the publisher's scope, now and on that day, whether it is insured or not: who may
    /// not know it is not told of its cover.
    private static func requireHome(
        of insured: UUID, on day: BusinessDate, _ unit: UnitOfWork
    ) throws {
        if let household = try unit.find(Household.self, insured) {
            if try unit.covers(household.territory) { return }
            try Households.requireScope(of: household, on: day, at: "/insured", unit)
        } else if let person = try Persons.find(PersonID(insured), unit) {
            if let home = person.lastTerritory, try unit.covers(home) { return }
            try Persons.requireScope(of: person, on: day, at: "/insured", unit)
        }
    }
}

extension RefusalCode {
    static let unknownPolicy = RefusalCode(
        "unknown_policy", "a household or person that the run has insured")
    static let policyNotActive = RefusalCode("policy_not_active", "an active policy")
    static let outsideCover = RefusalCode("outside_cover", "a date inside the cover")
    static let claimAfterwards = RefusalCode(
        "claim_afterwards", "a date after everything that was claimed on the policy")
}
