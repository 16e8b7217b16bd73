import Messages
import ServiceKit

/// Puts memberships right that were recorded wrongly.
enum MemberCorrections {
    static func register(in router: inout Router) {
        router.on(
            CorrectMember.self,
            keys: { $1.need(Membership.self, $0.member.uuid) }, correct)
        router.on(
            VoidMember.self,
            keys: { $1.need(Membership.self, $0.member.uuid) }, void)
    }

    static func correct(_ command: CorrectMember, _ unit: UnitOfWork) throws -> Emission {
        var membership = try require(command.member, command.actor, unit)
        guard membership.enrolledOn != nil else { throw Refusal(.notEnrolled, at: "/member") }
        if let appliedOn = membership.appliedOn {
            try command.enrolledOn.require(
                from: appliedOn, else: .enrolledBeforeApplication, at: "/enrolledOn")
        }
        let corrected: Membership.State =
            command.leftOn.map {
                .ended(command.ending ?? .left, on: $0, since: command.enrolledOn)
            } ?? .active(since: command.enrolledOn)
        guard corrected != membership.state else {
            throw Refusal(.nothingToCorrect, at: "/member")
        }
        let person = try Persons.require(membership.person, at: "/member", unit)
        if let leftOn = command.leftOn {
            try requireHolding(until: leftOn, by: person)
        } else {
            if !membership.isActive { try person.requirePresent(at: "/member") }
            try Members.requireOnce(membership, of: person, at: "/member", unit)
        }
        (membership.state, membership.cause) = (corrected, nil)
        keep(command.reason, about: person, unit)
        return try unit.save(
            &membership,
            MemberCorrected(
                membership.subject, enrolledOn: command.enrolledOn, leftOn: command.leftOn,
                ending: membership.ending?.kind, correctedOn: unit.days.today, actor: command.actor,
                records: membership.told))
    }

    static func void(_ command: VoidMember, _ unit: UnitOfWork) throws -> Emission {
        var membership = try require(command.member, command.actor, unit)
        let person = try Persons.require(membership.person, at: "/member", unit)
        (membership.state, membership.cause) = (.void, nil)
        keep(command.reason, about: person, unit)
        return try unit.save(
            &membership,
            MemberVoided(
                membership.subject, voidedOn: unit.days.today, actor: command.actor,
                records: membership.told))
    }

    /// Keeps no reason about somebody who was erased: nothing more is stored about the person.
    private static func keep(_ reason: String, about person: Person, _ unit: UnitOfWork) {
        guard !person.isErased else { return }
        unit.keep(reason, "reason", of: unit.message.id, about: person.subjects)
    }

    /// The membership, if it is in the publisher's scope and was not taken back.
    private static func require(
        _ id: MemberID, _ actor: Actor, _ unit: UnitOfWork
    ) throws -> Membership {
        let membership = try unit.require(
            Membership.self, id.uuid, else: .unknownMember, at: "/member")
        try unit.requireScope(membership.territory, at: "/member")
        guard membership.state != .void else { throw Refusal(.memberVoid, at: "/member") }
        try Actors.require(actor, over: membership.territory, on: unit.days.today, unit)
        try Actors.requireOther(
            than: { $0.subjects.contains(membership.person.uuid) }, actor, unit)
        return membership
    }

    /// Refuses a role of somebody who has died or was erased by then.
    private static func requireHolding(
        until day: BusinessDate, by person: Person
    ) throws(Refusal) {
        guard person.countsUntil.map({ day <= $0 }) ?? true else {
            throw Refusal(
                .personGone, at: "/leftOn",
                expected: "a date up to the person's death or erasure")
        }
    }
}

extension RefusalCode {
    static let memberVoid = RefusalCode("member_void", "a membership that was not taken back")
    static let notEnrolled = RefusalCode(
        "not_enrolled", "a membership of a person who was enrolled, not only applied")
}
