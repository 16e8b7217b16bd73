import Foundation
import Messages

/// Where everybody lives, in which category and as a member of what: a plain model, which keeps dated lists and looks through all
/// of them for each question.
///
/// It knows `DOMAIN` and what messages say of themselves, and nothing of the services. It is told the steps that registry has
/// accepted, in the order in which registry took them in. Dates decide and not this order; of two on one day the later one does.
struct LifeModel {
    private struct Stayed {
        /// The number of the step.
        let step: Int
        var stay: Stay
        var isRegistration = false
        /// Whose stay it was before the two turned out to be one.
        var of: PersonID?
    }

    private struct Life {
        var stays: [Stayed]
        var diedOn: BusinessDate?
        var erasedOn: BusinessDate?
        var merge: (into: PersonID, on: BusinessDate)?
    }

    private struct Home {
        var places: [(step: Int, place: HouseholdPlace)]
        var dissolvedOn: BusinessDate?
    }

    private struct Claim {
        let assertion: LifeAssertion
        var isVerified: Bool
        var endedOn: BusinessDate?
        var isRevoked = false
    }

    struct Membership {
        let person: PersonID
        let role: MemberRole
        let territory: TerritoryCode
        let enrolledOn: BusinessDate
        var leftOn: BusinessDate?
    }

    private var lives: [PersonID: Life] = [:]
    private var homes: [HouseholdID: Home] = [:]
    private var claims: [AssertionID: Claim] = [:]
    private(set) var memberships: [MemberID: Membership] = [:]
    private var step = 0

    var persons: [PersonID] { Array(lives.keys) }
    var households: [HouseholdID] { Array(homes.keys) }

    // MARK: Steps

    mutating func take(_ next: LifeStep) {
        step += 1
        switch next {
        case .found(let household, let territory, let members, let assertions, let day):
            found(household, territory, members, on: day)
            for assertion in assertions { take(assertion) }
        case .register(let person, let territory, let home, let day):
            register(person, stay(territory, home, from: day))
        case .move(let person, let territory, let home, let day):
            move(person, stay(territory, home, from: day))
        case .moveHousehold(let household, let territory, let day):
            homes[household]?.places.append(
                (step, HouseholdPlace(from: day, territory: territory)))
        case .die(let person, let day): lives[human(person)]?.diedOn = day
        case .voidDeath(let person): for id in ids(of: human(person)) { lives[id]?.diedOn = nil }
        case .voidMove(let person, let day):
            lives[human(person)]?.stays.removeAll {
                $0.stay.from == day && !$0.isRegistration && $0.of == nil
            }
        case .erase(let person, let day): lives[human(person)]?.erasedOn = day
        case .merge(let merged, let survivor, let day): merge(merged, into: survivor, on: day)
        case .unmerge(let merged, _): unmerge(merged)
        case .assert(let assertion): take(assertion)
        case .verify(let id): claims[id]?.isVerified = true
        case .end(let id, let day): claims[id]?.endedOn = day
        case .revoke(let id): claims[id]?.isRevoked = true
        case .enrol(let id, let person, let role, let territory, let day):
            memberships[id] = Membership(
                person: person, role: role, territory: territory, enrolledOn: day)
        case .leave(let id, let day): memberships[id]?.leftOn = day
        case .list: break
        default: takeLater(next)
        }
    }

    private mutating func takeLater(_ next: LifeStep) {
        switch next {
        case .join(let person, let home, let day):
            move(person, stay(place(of: home.household, on: day), home, from: day))
        case .leaveHousehold(let person, let day):
            move(person, stay(stay(of: human(person), on: day)?.territory, nil, from: day))
        case .split(let old, let new, let members, let day):
            guard let territory = place(of: old, on: day) else { return }
            found(new, territory, members, on: day)
        case .mergeHouseholds(let old, let new, let day):
            for id in members(of: old, on: day) {
                guard let role = stay(of: id, on: day)?.role else { continue }
                let home = LifeHome(household: new, role: role)
                move(id, stay(place(of: new, on: day), home, from: day))
            }
            homes[old]?.dissolvedOn = day
        case .dissolve(let household, let day): homes[household]?.dissolvedOn = day
        default: break
        }
    }

    private func stay(_ territory: TerritoryCode?, _ home: LifeHome?, from day: BusinessDate)
        -> Stay
    {
        Stay(from: day, territory: territory, household: home?.household, role: home?.role)
    }

    private mutating func found(
        _ household: HouseholdID, _ territory: TerritoryCode, _ members: [LifeMember],
        on day: BusinessDate
    ) {
        homes[household] = Home(
            places: [(step, HouseholdPlace(from: day, territory: territory))])
        for member in members {
            let home = LifeHome(household: household, role: member.role)
            let stay = stay(territory, home, from: day)
            if lives[member.person] == nil {
                register(member.person, stay)
            } else {
                move(member.person, stay)
            }
        }
    }

    private mutating func register(_ person: PersonID, _ stay: Stay) {
        lives[person] = Life(stays: [Stayed(step: step, stay: stay, isRegistration: true)])
    }

    private mutating func move(_ person: PersonID, _ stay: Stay) {
        lives[human(person)]?.stays.append(Stayed(step: step, stay: stay))
    }

    private mutating func take(_ assertion: LifeAssertion) {
        claims[assertion.id] = Claim(assertion: assertion, isVerified: assertion.isVerified)
    }

    // MARK: Two who are one

    /// The person whom the id means now.
    func human(_ id: PersonID) -> PersonID {
        lives[id]?.merge.map { human($0.into) } ?? id
    }

    private func human(_ id: PersonID, on day: BusinessDate) -> PersonID {
        guard let merge = lives[id]?.merge, merge.on <= day else { return id }
        return human(merge.into, on: day)
    }

    private func ids(of human: PersonID) -> [PersonID] {
        lives.keys.filter { self.human($0) == human }
    }

    /// Who survives stays where he or she is. Who is in no household, or outside the area, is where the other one was, until his
    /// or her own next move.
    private mutating func merge(_ merged: PersonID, into survivor: PersonID, on day: BusinessDate) {
        let (merged, survivor) = (human(merged), human(survivor))
        let (home, other) = (stay(of: survivor, on: day), stay(of: merged, on: day))
        if let other, home?.household == nil,
            other.household != nil || home?.territory == nil && other.territory != nil
        {
            let next = lives[survivor]?.stays.map(\.stay.from).filter { $0 > day }.min()
            let later = lives[merged]?.stays.map(\.stay).filter { stay in
                stay.from > day && next.map { stay.from < $0 } ?? true
            }
            var first = other
            first.from = day
            for stay in [first] + (later ?? []).sorted(by: { $0.from < $1.from }) {
                lives[survivor]?.stays.append(Stayed(step: step, stay: stay, of: merged))
            }
        }
        lives[merged]?.merge = (survivor, day)
    }

    private mutating func unmerge(_ merged: PersonID) {
        guard let merge = lives[merged]?.merge else { return }
        lives[merged]?.merge = nil
        lives[human(merge.into)]?.stays.removeAll { $0.of == merged }
    }

    // MARK: Answers

    /// Where the id lives on that day; nil before the registration.
    func stay(of id: PersonID, on day: BusinessDate) -> Stay? {
        guard
            let last = lives[id]?.stays.filter({ $0.stay.from <= day })
                .max(by: { ($0.stay.from, $0.step) < ($1.stay.from, $1.step) })
        else { return nil }
        var stay = last.stay
        guard let household = stay.household, let home = homes[household] else { return stay }
        // Members move along with their household.
        let since = home.places.filter {
            $0.place.from <= day && (last.stay.from, last.step) < ($0.place.from, $0.step)
        }.max { ($0.place.from, $0.step) < ($1.place.from, $1.step) }
        if let since { stay.territory = since.place.territory }
        if let end = home.dissolvedOn, end <= day { (stay.household, stay.role) = (nil, nil) }
        return stay
    }

    func place(of household: HouseholdID, on day: BusinessDate) -> TerritoryCode? {
        let places = homes[household]?.places.sorted {
            ($0.place.from, $0.step) < ($1.place.from, $1.step)
        }
        return (places?.last { $0.place.from <= day } ?? places?.first)?.place.territory
    }

    func members(of household: HouseholdID, on day: BusinessDate) -> [PersonID] {
        lives.keys.filter { isOne($0, on: day) && stay(of: $0, on: day)?.household == household }
    }

    /// Whether the person never had another id.
    func isSingle(_ id: PersonID) -> Bool { ids(of: human(id)).count == 1 }

    func diedOn(_ id: PersonID) -> BusinessDate? {
        ids(of: human(id)).compactMap { lives[$0]?.diedOn }.min()
    }

    func isErased(_ id: PersonID) -> Bool {
        ids(of: human(id)).contains { lives[$0]?.erasedOn != nil }
    }

    /// Whether the id stands for a person on that day.
    private func isOne(_ id: PersonID, on day: BusinessDate) -> Bool { human(id, on: day) == id }

    /// Whether the person counts on that day: is alive, lives here, and was not erased.
    func isPresent(_ id: PersonID, on day: BusinessDate) -> Bool {
        guard isOne(id, on: day), stay(of: id, on: day)?.territory != nil else { return false }
        let life = lives[id]
        let died = life?.merge == nil ? diedOn(id) : life?.diedOn
        let ends = [died, life?.erasedOn].compactMap(\.self)
        return ends.allSatisfy { day < $0 }
    }

    /// The categories that hold on that day, each with whom it is about.
    func holding(on day: BusinessDate) -> [(category: Messages.Category, subject: UUID)] {
        claims.values.filter { claim in
            let said = claim.assertion
            return claim.isVerified && !claim.isRevoked && said.from <= day
                && said.to.map { day <= $0 } ?? true && claim.endedOn.map { day < $0 } ?? true
        }.map { claim in
            let id = PersonID(claim.assertion.subject)
            let subject = lives[id] == nil ? id.uuid : human(id, on: day).uuid
            return (claim.assertion.category, subject)
        }
    }
}
