import Messages

/// An activity of the scenario.
struct ActivitySeeds: Decodable {
    let kind: ActivityKind
    let theme: String
    let audience: Audience
    let titleZh: String
    let titleEn: String
    let plannedOn: BusinessDate
}

/// Many sessions of one activity, spread evenly over days and communities.
struct SeriesSeeds: Decodable {
    let activity: ActivitySeeds
    let count: Int
    let firstOn: BusinessDate
    let days: Int
    /// How many come to each.
    let fewest: Int
    let most: Int
}

/// Activities and sessions of any programme.
extension ScenarioGenerator {
    struct PlacedSession {
        let id: SessionID
        let territory: TerritoryCode
        let startsOn: BusinessDate
        let kind: ActivityKind
        let programme: Programme
    }

    private static let capacity = 100

    mutating func plan(_ seed: ActivitySeeds, _ programme: Programme) throws -> ActivityID {
        let activity: ActivityID = id()
        try emit(
            .preparations,
            PlanActivity(
                activity: activity, kind: seed.kind, theme: seed.theme, programme: programme,
                audience: seed.audience, territory: seeds.reference.district,
                titleZh: seed.titleZh, titleEn: seed.titleEn, plannedOn: seed.plannedOn))
        return activity
    }

    /// Opens a session that will be held.
    mutating func hold(
        _ activity: ActivityID, _ seed: ActivitySeeds, _ programme: Programme,
        in territory: TerritoryCode, on day: BusinessDate
    ) throws -> PlacedSession {
        let session = PlacedSession(
            id: id(), territory: territory, startsOn: day, kind: seed.kind, programme: programme)
        try emit(
            .applications,
            OpenSession(
                session: session.id, activity: activity, startsOn: day, territory: territory,
                capacity: Self.capacity))
        try emit(.approvals, CloseSession(session: session.id, closedOn: day))
        expectation.add(
            "sessions_held", 1, programme: programme, dimension: seed.kind.rawValue, in: territory,
            on: day)
        return session
    }

    mutating func count(_ session: PlacedSession, _ count: Int) throws {
        expect("attendance_person_times", count, session)
        try emit(
            .endorsements,
            RecordHeadcount(
                headcount: id(), session: session.id, count: count, method: .counted,
                recordedOn: session.startsOn))
    }

    mutating func expect(_ measure: String, _ value: Int, _ session: PlacedSession) {
        expectation.add(
            measure, Int64(value), programme: session.programme, dimension: session.kind.rawValue,
            in: session.territory, on: session.startsOn)
    }

    mutating func hold(_ seed: SeriesSeeds, _ programme: Programme) throws {
        let activity = try plan(seed.activity, programme)
        let communities = seeds.communities
        for index in 0..<seed.count {
            let day = seed.firstOn.adding(days: index * seed.days / seed.count)
            let session = try hold(
                activity, seed.activity, programme, in: communities[index % communities.count],
                on: day)
            try count(session, random.number(in: seed.fewest...seed.most))
        }
    }
}
