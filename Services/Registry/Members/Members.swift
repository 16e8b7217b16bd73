import Foundation
import Messages
import ServiceKit

/// A command that asks for a role in a branch for a person, or gives it.
private protocol BranchCommand: Command, HasSubject where Subject == MemberSubject {}

extension ApplyForMembership: BranchCommand {}
extension EnrolMember: BranchCommand {}

/// Takes applications for membership, enrols members, and records that they leave.
///
/// A person is active once in each role and branch. The row of a registration lists the memberships for which it was named,
/// so that whoever adds one sees all others.
enum Members {
    static func register(in router: inout Router) {
        router.on(ApplyForMembership.self, keys: { keys($0, &$1) }, apply)
        router.on(EnrolMember.self, keys: { keys($0, &$1) }, enrol)
        router.on(LeaveMember.self, keys: { $1.need(Membership.self, $0.member.uuid) }, leave)
        MemberCorrections.register(in: &router)
    }

    private static func keys(_ command: some BranchCommand, _ keys: inout Keys) {
        keys.need(Membership.self, command.member.uuid)
        keys.need(Person.self, command.person.uuid)
        keys.need(Territory.self, command.territory)
    }

    /// A paper may be late: whoever has died since is no member from that day on, as if it had come in time.
    static func enrol(_ command: EnrolMember, _ unit: UnitOfWork) throws -> [Emission] {
        var person = try requireCandidate(command, on: command.enrolledOn, unit)
        var membership = Membership(command, of: person, .active(since: command.enrolledOn))
        if let held = try unit.find(Membership.self, command.member.uuid) {
            try require(held, isApplicationFor: command, of: person, unit)
            (membership.appliedOn, membership.sequence) = (held.appliedOn, held.sequence)
        } else {
            unit.claim(command.member.uuid, as: .membership)
        }
        person.memberships.append(membership.id)
        try unit.store(person)
        let enrolled = try unit.save(
            &membership,
            MemberEnrolled(
                membership.subject, enrolledOn: command.enrolledOn, records: membership.told))
        let left = try person.diedOn.map { try leave(person, on: $0, because: .death, unit) }
        return [enrolled] + (left ?? [])
    }

    /// Refuses a second active membership in the same role and branch.
    static func requireOnce(
        _ membership: Membership, of person: Person, at pointer: String, _ unit: UnitOfWork
    ) throws {
        let isActive = try held(by: person, unit).contains {
            $0.isActive && $0.id != membership.id
                && ($0.role, $0.territory) == (membership.role, membership.territory)
        }
        if isActive { throw Refusal(.alreadyEnrolled, at: pointer) }
    }

    /// Refuses a membership id that is known, unless it is that of the person's own application.
    private static func require(
        _ held: Membership, isApplicationFor command: EnrolMember, of person: Person,
        _ unit: UnitOfWork
    ) throws {
        try unit.requireScope(held.territory, at: "/member")
        guard case .applied = held.state, let appliedOn = held.appliedOn else {
            throw Refusal(.memberExists, at: "/member")
        }
        guard try Persons.find(held.person, unit)?.id == person.id,
            (held.role, held.territory, held.level)
                == (command.role, command.territory, command.level)
        else { throw Refusal(.otherApplication, at: "/member") }
        try command.enrolledOn.require(
            from: appliedOn, else: .enrolledBeforeApplication, at: "/enrolledOn")
    }

    static func apply(_ command: ApplyForMembership, _ unit: UnitOfWork) throws -> Emission {
        let person = try requireCandidate(command, on: command.appliedOn, unit)
        try unit.requireNew(
            Membership.self, command.member.uuid, else: .memberExists, at: "/member")
        unit.claim(command.member.uuid, as: .membership)
        var membership = Membership(command, of: person, .applied)
        membership.appliedOn = command.appliedOn
        return try unit.save(
            &membership,
            MembershipApplied(
                membership.subject, appliedOn: command.appliedOn, records: membership.told))
    }

    /// The person, if nothing stands against the role: the person lived here on that day, and is not active in it already, or
    /// was until death.
    private static func requireCandidate(
        _ command: some BranchCommand, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> Person {
        try Territories.requireInForce(command.territory, on: day, unit)
        try requireLevel(of: command)
        let person = try Persons.require(command.person, unit)
        try Persons.requirePresent(person, on: day, at: "/person", unit)
        let others = try held(by: person, unit)
        let isActive = others.contains {
            ($0.isActive || person.diedOn != nil && $0.cause == .death)
                && ($0.role, $0.territory) == (command.role, command.territory)
        }
        if isActive {
            let isOwn = others.contains { $0.id == command.member }
            throw isOwn
                ? Refusal(.memberExists, at: "/member") : Refusal(.alreadyEnrolled, at: "/role")
        }
        return person
    }

    /// Refuses an office without the level of its branch, and a level for any other role.
    private static func requireLevel(of command: some BranchCommand) throws(Refusal) {
        guard command.role.isOffice else {
            guard command.level == nil else { throw Refusal(.levelWithoutOffice, at: "/level") }
            return
        }
        guard let level = command.level else { throw Refusal(.officeWithoutLevel, at: "/level") }
        guard level.territory == command.territory.level else {
            throw Refusal(.levelOfOtherBranch, at: "/level")
        }
    }

    static func leave(_ command: LeaveMember, _ unit: UnitOfWork) throws -> Emission {
        var membership = try unit.require(
            Membership.self, command.member.uuid, else: .unknownMember, at: "/member")
        try unit.requireScope(membership.territory, at: "/member")
        let since: BusinessDate
        switch membership.state {
        case .active(let day): since = day
        // It is told late that the member had left before.
        case .ended(_, let end, let day) where membership.cause != nil && command.leftOn < end:
            since = day
        case .applied, .ended, .void: throw Refusal(.memberLeft, at: "/member")
        }
        membership.cause = nil
        try command.leftOn.require(from: since, else: .leftBeforeEnrolment, at: "/leftOn")
        return try end(&membership, since: since, command.ending ?? .left, command.leftOn, unit)
    }

    /// All memberships under any id of the person, past and present.
    private static func held(by person: Person, _ unit: UnitOfWork) throws -> [Membership] {
        let merged = try unit.find(Person.self, all: person.merged.map(\.uuid))
        let ids = person.memberships + merged.flatMap(\.memberships)
        return try unit.find(Membership.self, all: ids.map(\.uuid))
    }

    // MARK: What follows from a life

    /// Ends what the person is active in.
    static func leave(
        _ person: Person, on day: BusinessDate, because cause: Membership.Cause, _ unit: UnitOfWork
    ) throws -> [Emission] {
        try held(by: person, unit).compactMap { membership in
            guard case .active(let since) = membership.state else { return nil }
            var membership = membership
            membership.cause = cause
            return try end(&membership, since: since, .left, max(day, since), unit)
        }
    }

    /// Gives the memberships that ended by the person's death another last day.
    static func leaveAgain(
        _ person: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Emission] {
        try held(by: person, unit).compactMap { membership in
            guard membership.cause == .death, let since = membership.enrolledOn else { return nil }
            var membership = membership
            return try end(&membership, since: since, .left, max(day, since), unit)
        }
    }

    /// Makes memberships active again that ended by a death or a merge that was wrong, unless the person is active there anyway.
    static func restore(_ person: Person, _ unit: UnitOfWork) throws -> [Emission] {
        let all = try held(by: person, unit)
        var active = all.filter(\.isActive)
        var restored: [Emission] = []
        for var membership in all where membership.cause.map(person.hasUndone) ?? false {
            guard let since = membership.enrolledOn,
                !active.contains(where: {
                    ($0.role, $0.territory) == (membership.role, membership.territory)
                })
            else { continue }
            (membership.state, membership.cause) = (.active(since: since), nil)
            active.append(membership)
            restored.append(
                try unit.save(
                    &membership,
                    MemberEnrolled(
                        membership.subject, enrolledOn: since, records: membership.told)))
        }
        return restored
    }

    /// Ends what both registrations of one person are active in: one person is counted once.
    static func unite(
        _ merged: Person, into survivor: Person, on day: BusinessDate, _ unit: UnitOfWork
    ) throws -> [Emission] {
        let kept = try held(by: survivor, unit).filter(\.isActive)
        return try held(by: merged, unit).compactMap { membership in
            guard case .active(let since) = membership.state,
                kept.contains(where: {
                    ($0.role, $0.territory) == (membership.role, membership.territory)
                })
            else { return nil }
            var membership = membership
            membership.cause = .merge(merged.id)
            return try end(&membership, since: since, .left, max(day, since), unit)
        }
    }

    private static func end(
        _ membership: inout Membership, since: BusinessDate, _ ending: MemberEnding,
        _ date: BusinessDate, _ unit: UnitOfWork
    ) throws -> Emission {
        membership.state = .ended(ending, on: date, since: since)
        return try unit.save(
            &membership,
            MemberLeft(
                membership.subject, ending: ending, enrolledOn: since, leftOn: date,
                records: membership.told))
    }
}

extension Person {
    /// Whether that is not so, or no longer so.
    fileprivate func hasUndone(_ cause: Membership.Cause) -> Bool {
        switch cause {
        case .death: diedOn == nil
        case .erasure: false
        case .merge(let merged): !isUnited(with: merged)
        }
    }
}

extension Membership {
    var subject: MemberSubject {
        MemberSubject(
            member: id, person: person, role: role, territory: territory, level: level)
    }

    var told: PeopleRecords { PeopleRecords(memberships: [nextRecord]) }
}

extension Membership {
    fileprivate init(_ command: some BranchCommand, of person: Person, _ state: State) {
        self.init(
            id: command.member, person: person.id, role: command.role,
            territory: command.territory, level: command.level, state: state)
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
