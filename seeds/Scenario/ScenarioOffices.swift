import CommandLineKit
import Messages

/// Who takes the steps of loans, grants and enrolments: one officer for each branch, so that a community proposes, a
/// subdistrict endorses and the district approves by three persons.
struct ScenarioOffices {
    fileprivate var actors: [TerritoryCode: Actor] = [:]
    /// Registered people who hold no office yet; nil until the first officer is looked for.
    fileprivate var candidates: [ScenarioPopulation.Person]?
}

extension ScenarioGenerator {
    /// The officer of a branch, who is enrolled when first needed: someone who lives there, if there is anybody.
    mutating func officer(of branch: TerritoryCode) throws -> Actor {
        if let actor = offices.actors[branch] { return actor }
        var candidates = offices.candidates ?? population.recipients().reversed()
        let index = candidates.firstIndex { branch.contains($0.territory) } ?? candidates.startIndex
        guard candidates.indices.contains(index), let level = Self.level(of: branch) else {
            throw FileProblem("nobody to hold the office of \(branch)")
        }
        let person = candidates.remove(at: index).person
        let member: MemberID = id()
        try emit(
            .preparations,
            EnrolMember(
                MemberSubject(
                    member: member, person: person, role: .officer, territory: branch, level: level),
                enrolledOn: seeds.reference.officersSince))
        let actor = Actor(staff: StaffID(member.uuid), territory: branch)
        offices.candidates = candidates
        offices.actors[branch] = actor
        return actor
    }

    private static func level(of branch: TerritoryCode) -> AuthorityLevel? {
        [AuthorityLevel.community, .subdistrict, .district].first { $0.territory == branch.level }
    }
}
