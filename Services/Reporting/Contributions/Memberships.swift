import Messages
import ServiceKit

/// Members of branches, as the newest version of each membership's record has them. Whatever fact brings it, a correction
/// replaces what was counted before.
enum Memberships {
    static func keys<F: PeopleFact>(_ fact: F, _ keys: inout Keys) {
        for entry in entries(fact) { Contributions.keys(entry, &keys) }
    }

    static func take<F: PeopleFact>(_ fact: F, _ unit: UnitOfWork) throws {
        try Contributions.take(entries(fact), unit)
    }

    private static func entries(_ fact: some PeopleFact) -> [Entry] {
        (fact.records?.memberships ?? []).flatMap(entries)
    }

    /// One more from the day of enrolment on, and one fewer from the day of leaving on. An application counts nothing, nor does
    /// a membership that turned out never to have been.
    static func entries(_ record: MembershipRecord) -> [Entry] {
        let enrolled = record.isVoid == true ? nil : record.enrolledOn
        let left = enrolled == nil ? nil : record.leftOn
        let name = "member/\(record.member)"
        return [
            entry(record, name, 1, from: enrolled), entry(record, "\(name)/left", -1, from: left),
        ]
    }

    private static func entry(
        _ record: MembershipRecord, _ name: String, _ times: Int64, from day: BusinessDate?
    ) -> Entry {
        Entry(
            source: .membership, record: name, territory: record.territory,
            day: day ?? BusinessDate.range.lowerBound, dimension: record.role.rawValue,
            times: times, isVoid: day == nil, version: record.version, isDated: day != nil)
    }
}
