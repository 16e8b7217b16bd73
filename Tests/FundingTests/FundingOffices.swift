import Foundation
import Messages
import People
import Support
import Testing

@testable import Funding

/// Offices for the tests of funding. In the branches that the tests use there are enough for each line to have its own.
extension FundingSamples {
    static let offices = 251

    private static let branches = [
        "350203", "350203007", "350203007901", "350203007902", "350203008", "350203008901",
        "350203009901", "350203012", "350205", "350205001901",
    ]

    /// The id of an office, which is also that of its holder.
    static func office(_ territory: String, _ number: Int) throws -> UUID {
        let code = territory + String(repeating: "0", count: 20 - territory.utf8.count)
        let index = String(number, radix: 16)
        var text = code + String(repeating: "0", count: 12 - index.utf8.count) + index
        for place in [20, 16, 12, 8] {
            text.insert("-", at: text.index(text.startIndex, offsetBy: place))
        }
        return try #require(UUID(uuidString: text))
    }

    /// For a database to start with.
    static let officeRows = """
        INSERT INTO membership (id, version, person, role, territory, enrolled_on, is_void)
        SELECT id, 1, id, 'officer', territory, '2000-01-01', false
        FROM unnest(ARRAY['\(branches.joined(separator: "', '"))']) AS branch (territory),
            generate_series(0, \(offices - 1)) AS number,
            LATERAL (SELECT (rpad(territory, 20, '0') || lpad(to_hex(number), 12, '0'))::uuid) AS made (id);
        """

    static func putOffices(into source: MemorySource) throws {
        for branch in branches {
            for number in 0..<offices {
                let id = try office(branch, number)
                source.put(
                    Membership(
                        MembershipRecord(
                            member: MemberID(id), version: 1, person: PersonID(id), role: .officer,
                            territory: try territory(branch), enrolledOn: try date("2000-01-01"))))
            }
        }
    }
}
