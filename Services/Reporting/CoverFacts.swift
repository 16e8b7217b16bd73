import Foundation
import Messages

// What funding's facts about insurance contribute, divided by the basis on which households or persons are insured.

extension EnrolmentInsured: Contributing {
    /// The insurer may answer in parts, each with facts of its own.
    var entry: Entry {
        guard let persons else {
            return entry(.insurance, "", households, premiumFen)
        }
        return entry(.supplement, "", persons, premiumFen)
    }

    /// What each person's premium is: on one basis they are the same.
    var others: [Entry] {
        guard let persons, persons > 0 else { return [] }
        let each = Fen(premiumFen.rawValue / Int64(persons))
        return [entry(.supplementPremium, "/each", persons, each)]
    }

    private func entry(_ source: Source, _ part: String, _ times: Int, _ amount: Fen) -> Entry {
        Entry(
            source: source, record: Self.record(of: run, territory, basis, by: answer) + part,
            territory: territory, day: businessDate, programme: programme,
            dimension: basis.rawValue, times: Int64(times), amount: amount.rawValue)
    }

    private static func record(
        of run: RunID, _ territory: TerritoryCode, _ basis: Basis, by answer: UUID?
    ) -> String {
        let answer = answer.map { "/\($0.wireText)" } ?? ""
        return "insured/\(run)/\(territory)/\(basis.rawValue)\(answer)"
    }

    /// What those contribute whom an answer insures in one community on one basis.
    static func records(
        of run: RunID, _ territory: TerritoryCode, _ basis: Basis, by answer: UUID
    ) -> [String] {
        let record = record(of: run, territory, basis, by: answer)
        return basis.insured == .person ? [record, record + "/each"] : [record]
    }
}

extension PolicyTerminated: Contributing {
    /// One insured fewer, and the premium that came back, on that day.
    var entry: Entry {
        entry(insured == .person ? .supplement : .insurance, "", -1, -returnedFen.rawValue)
    }

    var others: [Entry] { [entry(.termination, "/returned", 1, returnedFen.rawValue)] }

    private func entry(_ source: Source, _ part: String, _ times: Int64, _ amount: Int64) -> Entry {
        Entry(
            source: source, record: Self.record(of: policy) + part, territory: territory,
            day: businessDate, programme: programme, dimension: basis.rawValue, times: times,
            amount: amount)
    }

    private static func record(of policy: PolicyID) -> String { "policy/\(policy)/terminated" }

    /// What the end of a policy contributes.
    static func records(of policy: PolicyID) -> [String] {
        [record(of: policy), record(of: policy) + "/returned"]
    }
}

extension ClaimPaid: Contributing {
    var entry: Entry {
        Entry(
            source: .claim, record: "claim/\(claim)", territory: territory, day: businessDate,
            programme: programme, amount: amountFen.rawValue)
    }
}
