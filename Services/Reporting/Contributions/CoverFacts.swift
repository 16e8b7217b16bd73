import Foundation
import Messages

// Contributions of funding's facts about insurance, divided by the basis on which households or persons are insured. An
// enrolment counts for the policy year, its cover while it lasts, its premium when it is paid, and a returned premium
// separately.

extension EnrolmentInsured: Contributing {
    /// The insurer may answer in parts, each with facts of its own.
    var entry: Entry { entry(sources.insured, "", on: enrolledOn, times: count) }

    var others: [Entry] {
        let cover = Cover(coverFrom, coverTo, policyYear)
        let inForce = [
            entry(sources.inForce, "/cover", on: cover.first, times: count),
            entry(sources.inForce, "/cover_end", on: cover.end, times: -count),
        ]
        let paid = entry(
            sources.paid, "/paid", on: businessDate, times: count, amount: premiumFen.rawValue)
        guard let persons, persons > 0 else { return inForce + [paid] }
        // The premium of each person. It is the same for all on one basis.
        let each = premiumFen.rawValue / Int64(persons)
        return inForce + [
            paid,
            entry(.supplementPremium, "/each", on: businessDate, times: count, amount: each),
        ]
    }

    private var count: Int64 { Int64(max(0, persons ?? households)) }

    private var sources: CoverSources { persons == nil ? .ofHouseholds : .ofPersons }

    /// A day in the policy year: the first day of the cover, else the day of the payment, else the first of January.
    private var enrolledOn: BusinessDate {
        [coverFrom ?? businessDate, businessDate].first { $0.year == policyYear }
            ?? Cover(nil, nil, policyYear).first
    }

    private func entry(
        _ source: Source, _ part: String, on day: BusinessDate, times: Int64, amount: Int64 = 0
    ) -> Entry {
        Entry(
            source: source, record: Self.record(of: run, territory, basis, by: answer) + part,
            territory: territory, day: day, programme: programme, dimension: basis.rawValue,
            times: times, amount: amount)
    }

    private static func record(
        of run: RunID, _ territory: TerritoryCode, _ basis: Basis, by answer: UUID?
    ) -> String {
        let answer = answer.map { "/\($0.wireText)" } ?? ""
        return "insured/\(run)/\(territory)/\(basis.rawValue)\(answer)"
    }

    /// The records of the persons or households that an answer insures in one community on one basis.
    static func records(
        of run: RunID, _ territory: TerritoryCode, _ basis: Basis, by answer: UUID
    ) -> [String] {
        let record = record(of: run, territory, basis, by: answer)
        let parts = ["", "/cover", "/cover_end", "/paid"]
        return (basis.insured == .person ? parts + ["/each"] : parts).map { record + $0 }
    }
}

extension PolicyTerminated: Contributing {
    /// The premium that came back, on that day.
    var entry: Entry {
        entry(.termination, "/returned", on: businessDate, times: 1, amount: returnedFen.rawValue)
    }

    /// One fewer in force for the rest of the cover.
    var others: [Entry] {
        let end = Cover(nil, coverTo, policyYear).end
        guard terminatedOn < end else { return [] }
        let source = CoverSources.of(insured).inForce
        return [
            entry(source, "/cover", on: terminatedOn, times: -1),
            entry(source, "/cover_end", on: end, times: 1),
        ]
    }

    private func entry(
        _ source: Source, _ part: String, on day: BusinessDate, times: Int64, amount: Int64 = 0
    ) -> Entry {
        Entry(
            source: source, record: Self.record(of: policy) + part, territory: territory,
            day: day, programme: programme, dimension: basis.rawValue, times: times,
            amount: amount)
    }

    private static func record(of policy: PolicyID) -> String { "policy/\(policy)/terminated" }

    /// The records of a policy's end.
    static func records(of policy: PolicyID) -> [String] {
        ["/returned", "/cover", "/cover_end"].map { record(of: policy) + $0 }
    }
}

/// The sources of enrolments, cover and premium: one set for households, one for persons.
private struct CoverSources {
    let insured: Source
    let inForce: Source
    let paid: Source

    static let ofHouseholds = CoverSources(
        insured: .insurance, inForce: .insuranceCover, paid: .premium)
    static let ofPersons = CoverSources(
        insured: .supplement, inForce: .supplementCover, paid: .supplementPaid)

    static func of(_ kind: InsuredKind) -> CoverSources {
        kind == .person ? ofPersons : ofHouseholds
    }
}

/// The days of a cover; the policy year where a fact does not say them.
private struct Cover {
    let first: BusinessDate
    /// The first day without it.
    let end: BusinessDate

    init(_ from: BusinessDate?, _ to: BusinessDate?, _ year: Int) {
        first = from ?? Self.newYear(year)
        end = to?.adding(days: 1) ?? Self.newYear(year + 1)
    }

    private static func newYear(_ year: Int) -> BusinessDate {
        BusinessDate("\(year)-01-01") ?? BusinessDate.range.lowerBound
    }
}

extension ClaimPaid: Contributing {
    var entry: Entry {
        Entry(
            source: .claim, record: "claim/\(about.claim)", territory: about.territory,
            day: businessDate, programme: about.programme, amount: amountFen.rawValue)
    }
}
