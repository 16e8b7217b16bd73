import Foundation
import Messages
import ServiceKit

/// Takes persons into branches, who may have applied before, and out of them. A person is active once in a role and branch; the
/// person's row names what is active, so that whoever adds to it sees all others.
enum Members {
    static func register(in router: inout Router) {
        router.on(ApplyForMembership.self, keys: keys, apply)
        router.on(EnrolMember.self, keys: keys, enrol)
        router.on(LeaveMember.self, keys: { $1.need(Membership.self, $0.member.uuid) }, leave)
    }

    static func keys(_ command: EnrolMember, _ keys: inout Keys) {
        keys.need(Membership.self, command.member.uuid)
        keys.need(Person.self, command.person.uuid)
        keys.need(Territory.self, command.territory)
    }

    static func enrol(_ command: EnrolMember, _ unit: UnitOfWork) throws -> Emission {
        let wanted = Wanted(
            member: command.member, person: command.person, role: command.role,
            territory: command.territory, level: command.level, on: command.enrolledOn)
        var person = try person(for: wanted, unit)
        var membership = wanted.membership(of: person, .active(since: command.enrolledOn))
        if let held = try unit.find(Membership.self, command.member.uuid) {
            try require(held, appliesFor: wanted, person, unit)
            (membership.appliedOn, membership.sequence) = (held.appliedOn, held.sequence)
        }
        person.memberships.append(membership.id)
        try unit.store(person)
        return try unit.save(
            &membership,
            MemberEnrolled(
                member: membership.id, person: person.id, role: membership.role,
                territory: membership.territory, level: membership.level,
                enrolledOn: command.enrolledOn))
    }

    /// Refuses to take a person in under an id that is known, unless it is that of the person's own application.
    private static func require(
        _ held: Membership, appliesFor wanted: Wanted, _ person: Person, _ unit: UnitOfWork
    ) throws {
        guard case .applied = held.state, let appliedOn = held.appliedOn else {
            throw Refusal(.memberExists, at: "/member")
        }
        guard try Persons.find(held.person, unit)?.id == person.id,
            (held.role, held.territory, held.level) == (wanted.role, wanted.territory, wanted.level)
        else { throw Refusal(.otherApplication, at: "/member") }
        try wanted.on.require(
            from: appliedOn, else: .enrolledBeforeApplication, at: "/enrolledOn")
    }

    static func keys(_ command: ApplyForMembership, _ keys: inout Keys) {
        keys.need(Membership.self, command.member.uuid)
        keys.need(Person.self, command.person.uuid)
        keys.need(Territory.self, command.territory)
    }

    static func apply(_ command: ApplyForMembership, _ unit: UnitOfWork) throws -> Emission {
        let wanted = Wanted(
            member: command.member, person: command.person, role: command.role,
            territory: command.territory, level: command.level, on: command.appliedOn)
        let person = try person(for: wanted, unit)
        try unit.requireNew(
            Membership.self, command.member.uuid, else: .memberExists, at: "/member")
        var membership = wanted.membership(of: person, .applied)
        membership.appliedOn = command.appliedOn
        return try unit.save(
            &membership,
            MembershipApplied(
                member: membership.id, person: person.id, role: membership.role,
                territory: membership.territory, level: membership.level,
                appliedOn: command.appliedOn))
    }

    /// What somebody is to be, or asks to be, in a branch.
    private struct Wanted {
        let member: MemberID
        let person: PersonID
        let role: MemberRole
        let territory: TerritoryCode
        let level: AuthorityLevel?
        let on: BusinessDate

        func membership(of person: Person, _ state: Membership.State) -> Membership {
            Membership(
                id: member, person: person.id, role: role, territory: territory, level: level,
                state: state)
        }
    }

    /// The person, who may be taken into the branch and is not active there.
    private static func person(for wanted: Wanted, _ unit: UnitOfWork) throws -> Person {
        try Territories.requireInForce(wanted.territory, on: wanted.on, unit)
        try requireLevel(of: wanted)
        let person = try Persons.require(wanted.person, unit)
        try person.requirePresent(at: "/person")
        let others = try unit.find(Membership.self, all: person.memberships.map(\.uuid))
        if others.contains(where: { ($0.role, $0.territory) == (wanted.role, wanted.territory) }) {
            let isOwn = others.contains { $0.id == wanted.member }
            throw isOwn
                ? Refusal(.memberExists, at: "/member") : Refusal(.alreadyEnrolled, at: "/role")
        }
        return person
    }

    /// An office has the authority of its branch's level; nothing else has any.
    private static func requireLevel(of wanted: Wanted) throws(Refusal) {
        guard wanted.role.isOffice else {
            guard wanted.level == nil else { throw Refusal(.levelWithoutOffice, at: "/level") }
            return
        }
        guard let level = wanted.level else { throw Refusal(.officeWithoutLevel, at: "/level") }
        guard level.territory == wanted.territory.level else {
            throw Refusal(.levelOfOtherBranch, at: "/level")
        }
    }

    static func leave(_ command: LeaveMember, _ unit: UnitOfWork) throws -> Emission {
        var membership = try unit.require(
            Membership.self, command.member.uuid, else: .unknownMember, at: "/member")
        try Territories.requireScope(membership.territory, at: "/member", unit)
        guard case .active(let since) = membership.state else {
            throw Refusal(.memberLeft, at: "/member")
        }
        try command.leftOn.require(from: since, else: .leftBeforeEnrolment, at: "/leftOn")
        var person = try Persons.require(membership.person, at: "/member", unit)
        person.memberships.removeAll { $0 == membership.id }
        try unit.store(person)
        return try end(&membership, since: since, command.ending ?? .left, command.leftOn, unit)
    }

    /// Gives what a merged registration is in branches to the survivor. What the survivor is there too
    /// ends, because one person is counted once.
    static func unite(
        _ memberships: [MemberID], into survivor: inout Person, on date: BusinessDate,
        _ unit: UnitOfWork
    ) throws -> [Emission] {
        let held = try unit.find(Membership.self, all: survivor.memberships.map(\.uuid))
        var ended: [Emission] = []
        for var membership in try unit.find(Membership.self, all: memberships.map(\.uuid)) {
            let isHeld = held.contains {
                ($0.role, $0.territory) == (membership.role, membership.territory)
            }
            membership.person = survivor.id
            if isHeld, case .active(let since) = membership.state {
                ended.append(
                    try end(&membership, since: since, .left, max(date, since), unit))
            } else {
                try unit.store(membership)
                survivor.memberships.append(membership.id)
            }
        }
        return ended
    }

    private static func end(
        _ membership: inout Membership, since: BusinessDate, _ ending: MemberEnding,
        _ date: BusinessDate, _ unit: UnitOfWork
    ) throws -> Emission {
        membership.state = .ended(ending, on: date, since: since)
        return try unit.save(
            &membership,
            MemberLeft(
                member: membership.id, person: membership.person, role: membership.role,
                territory: membership.territory, level: membership.level, ending: ending,
                enrolledOn: since, leftOn: date))
    }
}

extension RefusalCode {
    static let memberExists = RefusalCode(
        "member_exists", "the id of a membership that was not enrolled yet")
    static let unknownMember = RefusalCode(
        "unknown_member", "the id of a membership that was enrolled")
    static let alreadyEnrolled = RefusalCode(
        "already_enrolled", "a role and branch in which the person is not active yet")
    static let otherApplication = RefusalCode(
        "other_application", "the id of an application of this person, as the application says")
    static let enrolledBeforeApplication = RefusalCode(
        "enrolled_before_application", "a date on or after the application")
    static let memberLeft = RefusalCode("member_left", "a membership that is active")
    static let leftBeforeEnrolment = RefusalCode(
        "left_before_enrolment", "a date on or after the enrolment")
    static let levelWithoutOffice = RefusalCode(
        "level_without_office", "a level for staff and officers only")
    static let officeWithoutLevel = RefusalCode(
        "office_without_level", "the level of authority of the office")
    static let levelOfOtherBranch = RefusalCode("level_of_other_branch", "the level of the branch")
}
