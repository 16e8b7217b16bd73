import Foundation
import Messages

/// One officer for each branch of a small district: its community, its street and itself.
struct DistrictOfficers {
    private struct Officer {
        let branch: TerritoryCode
        let level: AuthorityLevel
        let member = MemberID(UUID())
        let person = PersonID(UUID())
        let residentId: ResidentID
    }

    private let officers: [Officer]
    private let home: TerritoryCode
    private static let registeredOn = Sample.value(BusinessDate("2024-01-10"))

    /// - Parameter branches: the community, where all three live, the street and the district.
    init(_ branches: [TerritoryCode]) {
        let numbers = ["990102198001010010", "990102198001010037", "990102198001010053"]
        let levels: [AuthorityLevel] = [.community, .subdistrict, .district]
        officers = zip(branches, zip(levels, numbers)).map { branch, office in
            Officer(
                branch: branch, level: office.0, residentId: Sample.value(ResidentID(office.1)))
        }
        home = branches[0]
    }

    func actor(of territory: TerritoryCode) -> Actor {
        let officer = Sample.value(officers.first { $0.branch == territory })
        return Actor(staff: StaffID(officer.member.uuid), territory: territory)
    }

    /// Registers the persons, then enrols them.
    func enrolment() -> [[any Command]] {
        [
            officers.map {
                RegisterPerson(
                    person: $0.person, territory: home, registeredOn: Self.registeredOn,
                    name: "测试", residentId: $0.residentId)
            },
            officers.map {
                EnrolMember(
                    MemberSubject(
                        member: $0.member, person: $0.person, role: .officer,
                        territory: $0.branch, level: $0.level), enrolledOn: Self.registeredOn)
            },
        ]
    }
}
