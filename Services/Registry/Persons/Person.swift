import Foundation
import Messages
import Postgres
import ServiceKit

/// A registration of a person. `sealed` contains the personal data. Birth date and sex stand beside it,
/// because rules need them.
///
/// Where the person lives follows from `stays`. A merge overwrites nothing of either registration, so that it can be undone.
struct Person: Recorded {
    /// What was recorded about a person besides where the person lives.
    struct Standing: Hashable, Sendable {
        var verifiedOn: BusinessDate?
        var diedOn: BusinessDate?

        /// The earlier death holds, and any verification is stronger than none.
        func united(with other: Standing) -> Standing {
            Standing(
                verifiedOn: earliest(verifiedOn, other.verifiedOn),
                diedOn: earliest(diedOn, other.diedOn))
        }
    }

    /// This registration and another one are of one person.
    struct Merge: Hashable, Sendable {
        /// The last survivor, so that one step finds it.
        var survivor: PersonID
        /// The registration into which this one was merged. It may have been merged since.
        var into: PersonID
        var on: BusinessDate
    }

    let id: PersonID
    var birthDate: BusinessDate
    var sex: Sex
    var stays: StayList
    /// What was recorded about this registration.
    var own = Standing()
    /// What was recorded about those that were merged into it.
    var inherited = Standing()
    var merge: Merge?
    var erasedOn: BusinessDate?
    var sealed: [UInt8]
    var codes = LookupCodes.none
    /// Registrations that were merged into this one, or into one of those.
    var merged: [PersonID] = []
    /// Registrations into which this one was merged until that was undone. Their facts tell of both steps.
    var separated: [PersonID] = []
    /// Assertions about this registration, wherever the person lives.
    var assertions: [AssertionID] = []
    /// Memberships for which this registration was named, past and present.
    var memberships: [MemberID] = []
    /// That of its record in facts.
    var version: Int64 = 1
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    /// All ids that mean this person.
    var subjects: Set<UUID> { Set([id.uuid] + merged.map(\.uuid)) }

    static let table = Table(
        "person", key: "id",
        also: [
            Column("household", \.household), Column("role", \.role),
            Column("territory", \.territory),
        ], Person.init,
        Field("id", \.id), Field("birth_date", \.birthDate), Field("sex", \.sex),
        Field([Column("stays", \.stays.text)]) { try StayList(text: $0.next(String.self)) },
        Field([Column("verified_on", \.own.verifiedOn), Column("died_on", \.own.diedOn)]) { row in
            try Standing(&row)
        },
        Field([
            Column("inherited_verified_on", \.inherited.verifiedOn),
            Column("inherited_died_on", \.inherited.diedOn),
        ]) { row in try Standing(&row) },
        Field([
            Column("merged_into", \.survivor), Column("merged_by", \.merge?.into),
            Column("merged_on", \.merge?.on),
        ]) { row in try merge(&row) },
        Field("erased_on", \.erasedOn), Field("sealed", \.sealed),
        Field([Column("name_code", \.codes.name), Column("phone_code", \.codes.phone)]) { row in
            LookupCodes(
                name: try row.next(optional: Int64.self), phone: try row.next(optional: Int64.self))
        },
        Field("merged", list: \.merged), Field("separated", list: \.separated),
        Field("assertions", list: \.assertions),
        Field("memberships", list: \.memberships), Field("version", \.version),
        Field("sequence", \.sequence))
}

extension Person {
    var registeredOn: BusinessDate { stays.first.from }

    /// The last one, also if the person has died. A merged registration is in none.
    var household: HouseholdID? { merge == nil ? stays.last.household : nil }
    var role: Role? { merge == nil ? stays.last.role : nil }

    /// Of somebody who has moved out, where the person lived last.
    var territory: TerritoryCode { stays.lastTerritory }

    var diedOn: BusinessDate? { earliest(own.diedOn, inherited.diedOn) }
    var verifiedOn: BusinessDate? { earliest(own.verifiedOn, inherited.verifiedOn) }
    var survivor: PersonID? { merge?.survivor }
    var isErased: Bool { erasedOn != nil }
    var hasMovedOut: Bool { stays.last.territory == nil }

    /// Whether the person lives in the area that the association looks after.
    var isPresent: Bool { merge == nil && !isErased && diedOn == nil && !hasMovedOut }

    func isAlive(on day: BusinessDate) -> Bool { diedOn.map { day < $0 } ?? true }

    /// The first day on which this registration no longer counts where its stays say.
    var countsUntil: BusinessDate? { earliest(earliest(diedOn, merge?.on), erasedOn) }

    /// Whether that registration is merged into this one still.
    func isUnited(with merged: PersonID) -> Bool { self.merged.contains(merged) }

    var record: PersonRecord {
        PersonRecord(
            person: id, version: version, birthDate: birthDate, sex: sex, stays: stays.stays,
            diedOn: diedOn, mergedInto: survivor, mergedOn: merge?.on, erasedOn: erasedOn)
    }
}

/// - Returns: nil if there is neither.
func earliest(_ left: BusinessDate?, _ right: BusinessDate?) -> BusinessDate? {
    guard let left, let right else { return left ?? right }
    return min(left, right)
}

extension Person.Standing {
    fileprivate init(_ row: inout RowCursor) throws {
        verifiedOn = try row.next(optional: BusinessDate.self)
        diedOn = try row.next(optional: BusinessDate.self)
    }
}

extension Person {
    private static func merge(_ row: inout RowCursor) throws -> Merge? {
        let survivor = try row.next(optional: PersonID.self)
        let into = try row.next(optional: PersonID.self)
        let day = try row.next(optional: BusinessDate.self)
        switch (survivor, into, day) {
        case (nil, nil, nil): return nil
        case (let survivor?, let into?, let day?):
            return Merge(survivor: survivor, into: into, on: day)
        default: throw StoredValueError(type: "merge of a person")
        }
    }
}
