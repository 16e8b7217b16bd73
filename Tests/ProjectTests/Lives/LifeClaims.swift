import Foundation
import Messages

/// Which category was asserted of whom, from when to when.
struct LifeClaims {
    private struct Claim {
        let said: LifeAssertion
        var isVerified: Bool
        var endedOn: BusinessDate?
        var isRevoked = false
        /// The end that it had before it ended because two persons were one, and who was merged then.
        var before: (endedOn: BusinessDate?, merged: PersonID)?

        /// The first day on which it no longer holds.
        var end: BusinessDate? {
            [said.to?.adding(days: 1), endedOn].compactMap(\.self).min()
        }

        func overlaps(_ other: Claim) -> Bool {
            let first = max(said.from, other.said.from)
            return said.category == other.said.category && !isRevoked && !other.isRevoked
                && [end, other.end].compactMap(\.self).allSatisfy { first < $0 }
        }
    }

    private var claims: [Claim] = []

    mutating func add(_ said: LifeAssertion) {
        claims.append(Claim(said: said, isVerified: said.isVerified))
    }

    mutating func verify(_ id: AssertionID) { change(id) { $0.isVerified = true } }
    mutating func end(_ id: AssertionID, on day: BusinessDate) { change(id) { $0.endedOn = day } }
    mutating func revoke(_ id: AssertionID) { change(id) { $0.isRevoked = true } }

    private mutating func change(_ id: AssertionID, _ change: (inout Claim) -> Void) {
        guard let index = claims.firstIndex(where: { $0.said.id == id }) else { return }
        change(&claims[index])
        claims[index].before = nil
    }

    /// All that are verified and hold on that day.
    func holding(on day: BusinessDate) -> [(category: Messages.Category, subject: UUID)] {
        claims.filter { claim in
            claim.isVerified && !claim.isRevoked && claim.said.from <= day
                && claim.end.map { day < $0 } ?? true
        }.map { ($0.said.category, $0.said.subject) }
    }

    // MARK: Two who are one

    /// Nobody is in a category twice: of two that overlap, one ends where the other begins.
    /// - Parameters:
    ///   - ids: of the registration that is merged.
    ///   - others: of the survivor.
    mutating func unite(_ ids: [PersonID], with others: [PersonID], merging merged: PersonID) {
        let (theirs, ours) = (indices(about: ids), indices(about: others))
        for one in theirs {
            for other in ours where claims[one].overlaps(claims[other]) {
                let (weak, strong) =
                    isWeaker(claims[one], claims[other]) ? (one, other) : (other, one)
                if claims[weak].before == nil {
                    claims[weak].before = (claims[weak].endedOn, merged)
                }
                claims[weak].endedOn = max(claims[weak].said.from, claims[strong].said.from)
            }
        }
    }

    /// What ended because of the merge goes on, unless the other one says the same.
    mutating func separate(_ merged: PersonID, _ persons: [[PersonID]]) {
        for ids in persons {
            let all = indices(about: ids)
            for index in all {
                guard let before = claims[index].before, before.merged == merged else { continue }
                var restored = claims[index]
                (restored.endedOn, restored.before) = (before.endedOn, nil)
                if !all.contains(where: { $0 != index && claims[$0].overlaps(restored) }) {
                    claims[index] = restored
                }
            }
        }
    }

    private func indices(about ids: [PersonID]) -> [Int] {
        let subjects = Set(ids.map(\.uuid))
        return claims.indices.filter { subjects.contains(claims[$0].said.subject) }
    }

    /// Whether the other one says more: it is verified, goes on for longer, or began earlier.
    private func isWeaker(_ one: Claim, _ other: Claim) -> Bool {
        if one.isVerified != other.isVerified { return other.isVerified }
        let ends = (one.end?.day ?? .max, other.end?.day ?? .max)
        if ends.0 != ends.1 { return ends.0 < ends.1 }
        return one.said.from >= other.said.from
    }
}
