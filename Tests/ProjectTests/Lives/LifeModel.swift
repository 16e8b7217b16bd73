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
        /// Whose it was in the first place, of several who turned out to be one.
        var first: PersonID?
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
        /// Where it went if it was merged, with whom.
        var merge: (into: HouseholdID, members: [PersonID])?
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
    private var claims = LifeClaims()
    private(set) var memberships: [MemberID: Membership] = [:]
    /// Those who ever died or were merged, also by mistake.
    private(set) var changed: Set<PersonID> = []
    private var step = 0
    var persons: [PersonID] { Array(lives.keys) }
    var households: [HouseholdID] { Array(homes.keys) }

    // MARK: Steps

    mutating func take(_ next: LifeStep) {
        step += 1
        switch next {
        case .found(let household, let territory, let members, let assertions, let day):
            found(household, territory, members, on: day)
            for assertion in assertions { add(assertion) }
        case .register(let person, let territory, let home, let day):
            register(person, stay(territory, home, from: day))
        case .move(let person, let territory, let home, let day):
            move(person, stay(territory, home, from: day))
        case .moveHousehold(let household, let territory, let day):
            homes[household]?.places.append(
                (step, HouseholdPlace(from: day, territory: territory)))
        case .die(let person, let day):
            changed.insert(human(person))
            lives[human(person)]?.diedOn = day
        case .erase(let person, let day): lives[human(person)]?.erasedOn = day
        case .merge(let merged, let survivor, let day): merge(merged, into: survivor, on: day)
        case .assert(let assertion): add(assertion)
        case .verify(let id): claims.verify(id)
        case .end(let id, let day): claims.end(id, on: day)
        case .revoke(let id): claims.revoke(id)
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
        case .unmerge(let merged, _, _): unmerge(merged)
        case .voidDeath(let person, _): correctDeath(of: person, to: nil)
        case .correctDeath(let person, let day, _): correctDeath(of: person, to: day)
        case .voidMove(let person, let day, _):
            lives[human(person)]?.stays.removeAll {
                $0.stay.from == day && !$0.isRegistration && $0.of == nil
            }
        case .join(let person, let home, let day):
            move(person, stay(place(of: home.household, on: day), home, from: day))
        case .leaveHousehold(let person, _, let day):
            move(person, stay(stay(of: human(person), on: day)?.territory, nil, from: day))
        case .changeRoles(_, let members, let day):
            for member in members {
                guard var stay = stay(of: human(member.person), on: day) else { continue }
                (stay.from, stay.role) = (day, member.role)
                move(member.person, stay)
            }
        case .split(_, let household, let territory, let members, let day):
            found(household, territory, members, on: day)
        case .mergeHouseholds(let old, let household, let members, let day):
            for member in members {
                let home = LifeHome(household: household, role: member.role)
                move(member.person, stay(place(of: household, on: day), home, from: day))
            }
            let joined = members.map { human($0.person) }
            homes[old]?.dissolvedOn = day
            homes[old]?.merge = (household, joined)
        case .dissolve(let household, let day): homes[household]?.dissolvedOn = day
        case .restore(let household, _): restore(household)
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
        let person = human(person)
        lives[person]?.stays.removeAll { $0.stay.from == stay.from && !$0.isRegistration }
        lives[person]?.stays.append(Stayed(step: step, stay: stay))
    }

    /// Nobody has left it because of its end. Those who were one with others since are where those have never left it.
    private mutating func restore(_ household: HouseholdID) {
        guard let home = homes[household], let day = home.dissolvedOn else { return }
        homes[household]?.dissolvedOn = nil
        homes[household]?.merge = nil
        guard let merge = home.merge else { return }
        for member in merge.members {
            lives[member]?.stays.removeAll {
                $0.stay.from == day && $0.stay.household == merge.into && !$0.isRegistration
                    && $0.of == nil
            }
            for id in persons where id != member {
                for (index, copy) in (lives[id]?.stays ?? []).enumerated()
                where copy.first == member && copy.stay.household == merge.into {
                    guard let own = lastStay(of: member, on: copy.stay.from)?.stay,
                        own.from <= day, own.household != merge.into,
                        var stay = stay(of: member, on: copy.stay.from)
                    else { continue }
                    stay.from = copy.stay.from
                    lives[id]?.stays[index].stay = stay
                }
            }
        }
    }

    func hasEnded(_ household: HouseholdID) -> Bool { homes[household]?.dissolvedOn != nil }

    /// What is said under an id that means another one is said of that one.
    private mutating func add(_ assertion: LifeAssertion) {
        claims.add(assertion, of: human(PersonID(assertion.subject)).uuid)
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

    /// The ids that mean that one or meant it, before it was merged itself.
    private func ids(of id: PersonID) -> [PersonID] { lives.keys.filter { isWithin($0, id) } }

    private func isWithin(_ id: PersonID, _ other: PersonID) -> Bool {
        id == other || lives[id]?.merge.map { isWithin($0.into, other) } ?? false
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
            let later = lives[merged]?.stays.map(\.stay.from).filter { from in
                from > day && next.map { from < $0 } ?? true
            }
            for from in Set([day] + (later ?? [])) {
                guard var stay = stay(of: merged, on: from) else { continue }
                stay.from = from
                let first = lastStay(of: merged, on: from)?.first ?? merged
                lives[survivor]?.stays.append(
                    Stayed(step: step, stay: stay, of: merged, first: first))
            }
        }
        lives[merged]?.merge = (survivor, day)
        claims.unite(ids(of: survivor), of: survivor)
        changed.formUnion([merged, survivor])
    }

    private mutating func unmerge(_ merged: PersonID) {
        guard let merge = lives[merged]?.merge else { return }
        lives[merged]?.merge = nil
        for id in persons { lives[id]?.stays.removeAll { $0.of == merged } }
        for person in [human(merge.into), merged] { claims.unite(ids(of: person), of: person) }
    }

    private mutating func correctDeath(of person: PersonID, to day: BusinessDate?) {
        for id in ids(of: human(person)) where lives[id]?.diedOn != nil { lives[id]?.diedOn = day }
    }

    /// Where the id lives on that day; nil before the registration.
    func stay(of id: PersonID, on day: BusinessDate) -> Stay? {
        guard let last = lastStay(of: id, on: day) else { return nil }
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

    private func lastStay(of id: PersonID, on day: BusinessDate) -> Stayed? {
        lives[id]?.stays.filter { $0.stay.from <= day }
            .max { ($0.stay.from, $0.step) < ($1.stay.from, $1.step) }
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

    func diedOn(_ id: PersonID) -> BusinessDate? {
        ids(of: id).compactMap { lives[$0]?.diedOn }.min()
    }

    func isErased(_ id: PersonID) -> Bool {
        ids(of: human(id)).contains { lives[$0]?.erasedOn != nil }
    }

    /// Whether the id stands for a person on that day.
    private func isOne(_ id: PersonID, on day: BusinessDate) -> Bool { human(id, on: day) == id }

    /// Whether the person counts on that day: is alive, lives here, and was not erased.
    func isPresent(_ id: PersonID, on day: BusinessDate) -> Bool {
        guard isOne(id, on: day), stay(of: id, on: day)?.territory != nil else { return false }
        return [diedOn(id), lives[id]?.erasedOn].compactMap(\.self).allSatisfy { day < $0 }
    }

    /// Whether the person is known on that day, alive or not: is no other one, and was not erased.
    func isKept(_ id: PersonID, on day: BusinessDate) -> Bool {
        isOne(id, on: day) && lives[id]?.erasedOn.map { day < $0 } ?? true
    }

    /// The categories that hold on that day, each with whom it is about: since somebody was merged, the last survivor.
    func holding(on day: BusinessDate) -> [(category: Messages.Category, subject: UUID)] {
        claims.holding(on: day).map { category, subject in
            let id = PersonID(subject)
            let isMerged = lives[id]?.merge.map { $0.on <= day } ?? false
            return (category, isMerged ? human(id).uuid : subject)
        }
    }
}
