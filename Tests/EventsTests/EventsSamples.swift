import Foundation
import Messages
import Postgres
import ServiceKit
import Support
import Testing

@testable import Events

/// Activities, sessions and who was there, for the tests of events.
enum EventsSamples {
    static let community = "350203007901"

    static func date(_ text: String) throws -> BusinessDate { try #require(BusinessDate(text)) }

    static func territory(_ text: String = community) throws -> TerritoryCode {
        try #require(TerritoryCode(text))
    }

    static func programme(_ text: String = "warm-home") throws -> Programme {
        try #require(Programme(text))
    }

    static func time(_ text: String) throws -> Timestamp { try #require(Timestamp(text)) }

    static func activity(
        _ id: ActivityID = ActivityID(UUID()), kind: ActivityKind = .teaTalk,
        for audience: Audience = .specialFamilies
    ) throws -> PlanActivity {
        PlanActivity(
            activity: id, kind: kind, theme: "mutual help", programme: try programme(),
            audience: audience, territory: try territory("350203"), titleZh: "示例茶话会",
            titleEn: "Sample tea talk",
            plannedOn: try date("2019-02-20"))
    }

    static func site(_ id: SiteID, in community: String = community) throws -> OpenSite {
        OpenSite(
            site: id, kind: .warmHome, territory: try territory(community), nameZh: "示例",
            nameEn: "Sample", openedOn: try date("2018-01-01"), tiers: [], ruleSets: [], themes: [])
    }

    static func session(
        _ id: SessionID = SessionID(UUID()), of activity: ActivityID, capacity: Int? = nil,
        in community: String = community
    ) throws -> OpenSession {
        OpenSession(
            session: id, activity: activity, startsOn: try date("2019-03-08"),
            territory: try territory(community), capacity: capacity)
    }

    static func attendance(
        _ id: AttendanceID = AttendanceID(UUID()), at session: SessionID,
        of person: PersonID, with child: PersonID? = nil, for household: HouseholdID? = nil,
        persons: Int? = nil
    ) throws -> RecordAttendance {
        RecordAttendance(
            PartySubject(person: person, child: child, household: household, persons: persons),
            attendance: id, session: session, recordedOn: try date("2019-03-08"))
    }

    static func correction(
        of attendance: AttendanceID, to person: PersonID, with child: PersonID? = nil,
        for household: HouseholdID? = nil, persons: Int? = nil, void: Bool = false,
        reason: String? = nil, on day: String = "2019-03-12"
    ) throws -> CorrectAttendance {
        CorrectAttendance(
            PartySubject(person: person, child: child, household: household, persons: persons),
            attendance: attendance, void: void, reason: reason, correctedOn: try date(day),
            actor: try officer)
    }

    static func registration(
        _ id: RegistrationID = RegistrationID(UUID()), at session: SessionID,
        of person: PersonID, with child: PersonID? = nil, for household: HouseholdID? = nil,
        persons: Int? = nil, on day: String = "2019-03-01"
    ) throws -> RequestRegistration {
        RequestRegistration(
            PartySubject(person: person, child: child, household: household, persons: persons),
            registration: id, session: session, requestedOn: try date(day))
    }

    static func cancel(
        _ registration: RegistrationID, on day: String = "2019-03-05"
    ) throws -> CancelRegistration {
        CancelRegistration(registration: registration, cancelledOn: try date(day))
    }

    static func headcount(
        _ id: HeadcountID = HeadcountID(UUID()), at session: SessionID, count: Int
    ) throws -> RecordHeadcount {
        RecordHeadcount(
            headcount: id, session: session, count: count, method: .counted,
            recordedOn: try date("2019-03-08"))
    }

    static func correction(
        of headcount: HeadcountID, to count: Int, _ method: HeadcountMethod = .counted,
        reason: String? = nil, on day: String = "2019-03-12"
    ) throws -> CorrectHeadcount {
        CorrectHeadcount(
            headcount: headcount, count: count, method: method, reason: reason,
            correctedOn: try date(day), actor: try officer)
    }

    // MARK: What registry says

    static func registered(
        _ person: PersonID, born: String = "1970-05-01", in household: HouseholdID? = nil,
        as role: Role? = nil
    ) throws -> PersonRegistered {
        PersonRegistered(
            person: person, household: household, role: role, territory: try territory(),
            registeredOn: try date("2018-01-01"), birthDate: try date(born), sex: .female)
    }

    /// A mother, and perhaps a child.
    static func household(
        _ id: HouseholdID, mother: PersonID, child: PersonID? = nil,
        childBorn: String = "2017-06-01", categories: [CategoryFact] = []
    ) throws -> HouseholdRegistered {
        var members = [
            MemberFact(
                person: mother, role: .head, birthDate: try date("1985-04-01"), sex: .female)
        ]
        if let child {
            members.append(
                MemberFact(person: child, role: .child, birthDate: try date(childBorn), sex: .male))
        }
        return HouseholdRegistered(
            household: id, territory: try territory(), registeredOn: try date("2018-01-01"),
            members: members, categories: categories)
    }

    static func special(
        _ household: HouseholdID, assertion: AssertionID = AssertionID(UUID()),
        verified: Bool = true, from: String = "2018-01-01", to: String? = nil,
        category: Messages.Category = .bereaved
    ) throws -> CategoryFact {
        CategoryFact(
            assertion: assertion, subject: household.uuid, category: category, verified: verified,
            validFrom: try date(from), validTo: try to.map(date))
    }

    /// Without a household it is a move out of the area.
    static func moved(
        _ person: PersonID, to household: HouseholdID? = nil, as role: Role? = nil,
        on day: String = "2019-01-01"
    ) throws -> PersonMoved {
        PersonMoved(
            person: person, from: try territory(),
            territory: household == nil ? nil : try territory(), household: household, role: role,
            movedOn: try date(day), birthDate: try date("1985-04-01"), sex: .female)
    }

    static func merged(
        _ merged: PersonID, into survivor: PersonID, household: HouseholdID? = nil
    ) throws -> PersonsMerged {
        PersonsMerged(
            survivor: survivor, merged: merged, territory: try territory(), household: household,
            mergedOn: try date("2019-04-01"))
    }

    static func died(_ person: PersonID, on day: String) throws -> PersonDied {
        PersonDied(person: person, territory: try territory(), diedOn: try date(day))
    }

    static func erased(
        _ person: PersonID, and merged: [PersonID] = [], on day: String
    ) throws -> PersonErased {
        PersonErased(
            person: person, merged: merged, territory: try territory(), erasedOn: try date(day))
    }

    // MARK: Sessions

    static func close(_ session: SessionID, on day: String = "2019-03-09") throws -> CloseSession {
        CloseSession(session: session, closedOn: try date(day))
    }

    static func cancel(_ session: SessionID) throws -> CancelSession {
        CancelSession(session: session, cancelledOn: try date("2019-03-07"), reason: "typhoon")
    }
}

extension HandlerBench {
    /// A person of whom registry has said who it is.
    func newcomer(born: String = "1970-05-01") throws -> PersonID {
        let person = PersonID(UUID())
        try handle(EventsSamples.registered(person, born: born), sequence: 1)
        return person
    }
}

extension ServiceBench {
    func newcomers(_ count: Int) throws -> [PersonID] {
        let people = (0..<count).map { _ in PersonID(UUID()) }
        try take(
            people.map { (try EventsSamples.registered($0), $0.uuid, Int64(1), UUID()) })
        return people
    }

    func newcomer() throws -> PersonID { try #require(newcomers(1).first) }

    /// A mother and her child, of one household.
    func pair() throws -> (parent: PersonID, child: PersonID) {
        let pair = (parent: PersonID(UUID()), child: PersonID(UUID()))
        let household = HouseholdID(UUID())
        try take(
            EventsSamples.household(household, mother: pair.parent, child: pair.child),
            subject: household.uuid, sequence: 1)
        return pair
    }

    func payloads<F: Fact>(_ type: F.Type) -> [F] { facts.compactMap { $0.payload as? F } }

    func count(_ statement: Statement) throws -> Int {
        try #require(connection.run(statement).first).decode(Int.self, at: 0)
    }
}
