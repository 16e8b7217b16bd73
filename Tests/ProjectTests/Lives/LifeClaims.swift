import Foundation
import Messages

/// Which category was asserted of whom, from when to when.
struct LifeClaims {
    private struct Claim {
        let said: LifeAssertion
        let subject: UUID
        var isVerified: Bool
        var endedOn: BusinessDate?
        var isRevoked = false
        /// Where one begins that says more of the same person.
        var yieldsFrom: BusinessDate?

        /// The first day on which it no longer holds.
        var end: BusinessDate? {
            [said.to?.adding(days: 1), endedOn, yieldsFrom].compactMap(\.self).min()
        }

        func overlaps(_ other: Claim) -> Bool {
            let first = max(said.from, other.said.from)
            return said.category == other.said.category && !isRevoked && !other.isRevoked
                && [end, other.end].compactMap(\.self).allSatisfy { first < $0 }
        }
    }

    private var claims: [Claim] = []

    mutating func add(_ said: LifeAssertion, of subject: UUID) {
        claims.append(Claim(said: said, subject: subject, isVerified: said.isVerified))
    }

    mutating func verify(_ id: AssertionID) { change(id) { $0.isVerified = true } }
    mutating func end(_ id: AssertionID, on day: BusinessDate) { change(id) { $0.endedOn = day } }
    mutating func revoke(_ id: AssertionID) { change(id) { $0.isRevoked = true } }

    private mutating func change(_ id: AssertionID, _ change: (inout Claim) -> Void) {
        guard let index = claims.firstIndex(where: { $0.said.id == id }) else { return }
        change(&claims[index])
    }

    /// All that are verified and hold on that day.
    func holding(on day: BusinessDate) -> [(category: Messages.Category, subject: UUID)] {
        claims.filter { claim in
            claim.isVerified && !claim.isRevoked && claim.said.from <= day
                && claim.end.map { day < $0 } ?? true
        }.map { ($0.said.category, $0.subject) }
    }

    // MARK: Two who are one

    /// Nobody is in a category twice: of two that overlap, the one that says less ends where the other begins.
    /// - Parameter ids: all that mean the person.
    mutating func unite(_ ids: [PersonID], of person: PersonID) {
        let all = indices(about: ids)
        for index in all { claims[index].yieldsFrom = nil }
        var united: [Claim] = []
        for index in all.sorted(by: { saysMore(claims[$0], claims[$1], of: person) }) {
            for other in united where other.overlaps(claims[index]) {
                claims[index].yieldsFrom = max(claims[index].said.from, other.said.from)
            }
            united.append(claims[index])
        }
    }

    private func indices(about ids: [PersonID]) -> [Int] {
        let subjects = Set(ids.map(\.uuid))
        return claims.indices.filter { subjects.contains(claims[$0].subject) }
    }

    /// Whether the first one says more: it is verified, goes on for longer, began earlier, or is of the person and not of one who
    /// was merged into it.
    private func saysMore(_ one: Claim, _ other: Claim, of person: PersonID) -> Bool {
        if one.isVerified != other.isVerified { return one.isVerified }
        let ends = (one.end?.day ?? .max, other.end?.day ?? .max)
        if ends.0 != ends.1 { return ends.0 > ends.1 }
        if one.said.from != other.said.from { return one.said.from < other.said.from }
        let isOwn = (one.subject == person.uuid, other.subject == person.uuid)
        if isOwn.0 != isOwn.1 { return isOwn.0 }
        return one.said.id.description < other.said.id.description
    }
}
