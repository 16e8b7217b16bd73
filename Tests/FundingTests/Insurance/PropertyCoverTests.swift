import Crypto
import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Funding
@testable import ServiceSupport

/// Enrolment runs at the same time over the same families, against a plain model.
@Suite struct PropertyCoverTests {
    @Test("Whatever runs are reconciled at once, nobody is covered twice on any day")
    func cover() async throws {
        try await PropertyRun(CoverSequence.self, perMille: 20).play()
    }
}

/// Two or three runs whose covers lie around the same days, policies that end before their time, and
/// premiums and returns that are taken back.
struct CoverSequence: PropertySequence {
    typealias Samples = FundingSamples

    let commands: [PropertyCommand]

    static let product = ProductID(UUID())
    static let fund = FundID(UUID())
    static let communities = ["350203007901", "350203008901"]
    static let families = (0..<6).map { _ in HouseholdID(UUID()) }
    static let premium = Fen.yuan(80)

    static func definition() throws -> ServiceDefinition { Funding.definition }

    static func prepare(_ bench: ServiceBench) throws {
        let programme = try Samples.programme("accident-insurance")
        let district = try Samples.territory(Samples.district)
        try bench.decide([
            OpenFund(
                fund: fund, kind: .insurance, programme: programme, territory: district,
                nameZh: "示例", nameEn: "Sample", openedOn: try Samples.date("2019-01-01")),
            try Samples.deposit(.yuan(1_000_000), to: fund),
            DefineProduct(
                product: product, kind: .accident, programme: programme, nameZh: "示例",
                nameEn: "Sample", ruleVersion: 1,
                rule: EligibilityRule(
                    parentMinimumAge: 51, parentMaximumAge: 65, parentRule: .any),
                premiums: [Premium(basis: .specialFamily, premiumFen: premium)]),
        ])
        for (index, family) in families.enumerated() {
            let fact = try Samples.household(
                family, .bereaved, born: "1965-01-01", in: communities[index % 2])
            try bench.take(fact, subject: family.uuid, sequence: 1)
        }
    }

    static func problemsAtEnd(_ bench: ServiceBench) throws -> [String] {
        let rows = try bench.connection.run("SELECT problem FROM ledger_check")
        return try rows.map { try $0.decode(String.self, at: 0) }
    }

    init(number: Int, _ random: inout PropertyRandom) throws {
        let first = random.day(try Samples.date("1985-01-01"), within: 12_000)
        var lines: [[PropertyCommand]] = []
        for _ in 0..<random.number(in: 2...3) {
            lines.append(try Self.run(around: first, &random))
        }
        commands = random.merged(lines)
    }

    private static func run(
        around first: BusinessDate, _ random: inout PropertyRandom
    ) throws -> [PropertyCommand] {
        let run = random.id(RunID.self)
        let from = random.day(first, within: 120)
        let to = from.adding(days: random.number(in: 10...364))
        let paidOn = try Samples.date("2020-06-01")
        let place = random.one(of: [Samples.district, Samples.district] + communities)
        let refused = families.filter { _ in random.once(in: 8) }
        let steps: [any Command] = [
            OpenEnrolment(
                run: run, product: product, fund: fund,
                territory: try Samples.territory(place), policyYear: from.year,
                coverFrom: from, coverTo: to, openedOn: try Samples.date("2019-12-01")),
            FreezeEnrolment(run: run, referenceDate: try Samples.date("2020-01-01")),
            EvaluateEnrolment(run: run),
            ApproveEnrolment(
                run: run, approvedOn: try Samples.date("2019-12-10"),
                actor: try Samples.actor(Samples.district)),
            SubmitEnrolment(run: run, submittedOn: try Samples.date("2019-12-11")),
            ReconcileEnrolment(
                run: run, businessDate: try Samples.date("2019-12-20"),
                refused: refused.map { RefusedLine(household: $0, reason: "ill") }),
        ]
        // Twice, since a step that overtakes the one before it is refused.
        var line = (0..<2).flatMap { _ in steps.map { random.sent($0) } }
        let answers = line.filter { $0.command is ReconcileEnrolment }.map(\.id)
        let listed = families.indices.filter { communities[$0 % 2].hasPrefix(place) }
        let insured = families[random.one(of: Array(listed))].uuid
        for _ in 0..<random.number(in: 0...2) {
            let termination = random.sent(
                TerminatePolicy(
                    run: run, insured: insured, terminatedOn: random.day(from, within: 90),
                    businessDate: paidOn, reason: "moved away",
                    actor: try Samples.actor(Samples.district)))
            line.append(termination)
            if random.once(in: 2) {
                line.append(try reversal(of: termination.id, on: paidOn, &random))
            }
        }
        if random.once(in: 2) {
            let community = random.one(of: communities)
            for answer in answers {
                let premium = transfer(by: answer, in: community)
                line.append(try reversal(of: premium, on: paidOn, &random))
            }
        }
        return line
    }

    private static func reversal(
        of transfer: UUID, on day: BusinessDate, _ random: inout PropertyRandom
    ) throws -> PropertyCommand {
        let id = random.id(ReversalID.self)
        return random.sent(try Samples.reverse(transfer, id: id, on: day.description))
    }

    /// The posting that pays for those of a community whom an answer insures.
    private static func transfer(by answer: UUID, in community: String) -> UUID {
        let name = "\(answer.uuidString.lowercased())/\(community)/special_family"
        let bytes = Array(Insecure.MD5.hash(data: Array(name.utf8)))
        return bytes.withUnsafeBytes { UUID(uuid: $0.loadUnaligned(as: uuid_t.self)) }
    }

    // MARK: The model

    private struct Policy {
        let run: RunID
        let insured: UUID
        let community: String
        let answer: UUID
        let from: BusinessDate
        /// The first day without cover.
        let end: BusinessDate
        let ended: BusinessDate?
        let returned: Fen
    }

    func problems(_ answers: PropertyAnswers, _ bench: ServiceBench) throws -> [String] {
        let accepted = commands.filter(answers.isAccepted).map(\.command)
        let policies = try policies(bench)
        let runs = Set(commands.compactMap { ($0.command as? OpenEnrolment)?.run })
        let reconciled = Set(accepted.compactMap { ($0 as? ReconcileEnrolment)?.run })
        let reversed = Set(accepted.compactMap { ($0 as? ReverseTransfer)?.transfer.uuid })
        let terminations = commands.filter { answers.isAccepted($0) && !reversed.contains($0.id) }
            .compactMap { $0.command as? TerminatePolicy }
        var problems: [String] = []
        for policy in policies where runs.contains(policy.run) {
            if !reconciled.contains(policy.run) {
                problems.append("\(policy.run) insures too early")
            }
            if reversed.contains(Self.transfer(by: policy.answer, in: policy.community)) {
                problems.append("\(policy.run) insures \(policy.insured) without a premium")
            }
            let ends = terminations.filter {
                $0.run == policy.run && $0.insured == policy.insured
            }
            if [policy.ended].compactMap({ $0 }) != ends.map(\.terminatedOn) {
                problems.append("\(policy.run) of \(policy.insured) did not end as was accepted")
            }
        }
        let kept = policies.reduce(Fen.zero) { $0 + (Self.premium - $1.returned) }
        if try paid(bench) != kept.rawValue { problems.append("the premiums are not \(kept) fen") }
        return problems + overlaps(policies)
    }

    private func policies(_ bench: ServiceBench) throws -> [Policy] {
        let rows = try bench.connection.run(
            """
            SELECT run, insured, territory, answer, cover_from, cover_to, ended_on, returned_fen
            FROM policy WHERE state <> 'refused'
            """)
        return try rows.map { row in
            var row = row.cursor()
            let (run, insured) = (try row.next(RunID.self), try row.next(UUID.self))
            let (community, answer) = (try row.next(String.self), try row.next(UUID.self))
            let (from, to) = (try row.next(BusinessDate.self), try row.next(BusinessDate.self))
            let ended = try row.next(optional: BusinessDate.self)
            return Policy(
                run: run, insured: insured, community: community, answer: answer, from: from,
                end: ended ?? to.adding(days: 1),
                ended: ended, returned: try row.next())
        }
    }

    private func overlaps(_ policies: [Policy]) -> [String] {
        Dictionary(grouping: policies.filter { $0.from < $0.end }, by: \.insured).values
            .flatMap { covers in
                let sorted = covers.sorted { $0.from < $1.from }
                return zip(sorted, sorted.dropFirst()).compactMap { earlier, later in
                    later.from < earlier.end
                        ? "\(later.insured) is covered twice on \(later.from)" : nil
                }
            }
    }

    private func paid(_ bench: ServiceBench) throws -> Int64 {
        let rows = try bench.connection.run(
            """
            SELECT balance_fen FROM account
            WHERE fund = \(Self.fund.uuid) AND name = 'premium_expense'
            """)
        return try rows.first?.decode(Int64.self, at: 0) ?? 0
    }
}
