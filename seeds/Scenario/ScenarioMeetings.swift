import CommandLineKit
import Messages

struct WarmHomeSeeds: Decodable {
    struct Session: Decodable {
        let startsOn: BusinessDate
        let territory: TerritoryCode
    }
    struct Series: Decodable {
        let kind: ActivityKind
        let theme: String
        let titleZh: String
        let titleEn: String
        let plannedOn: BusinessDate
        let sessions: [Session]
    }
    struct Cancelled: Decodable {
        let startsOn: BusinessDate
        let territory: TerritoryCode
        let cancelledOn: BusinessDate
        let reason: String
        let roster: Int
        let headcount: Int
    }
    let programme: Programme
    let personTimes: Int
    let series: [Series]
    let cancelled: Cancelled
}

/// The Warm Home's activities and tea talks, with those who came.
extension ScenarioGenerator {
    /// Persons of a roster; the rest of those who came are counted.
    private static let roster = 6...12
    private static let capacity = 60

    mutating func meet() throws {
        let seed = seeds.reference.warmHome
        var attendance = attendance(seed)
        var last: ActivityID?
        for series in seed.series {
            let activity: ActivityID = id()
            last = activity
            try plan(activity, series, seed.programme)
            for session in series.sessions {
                let session = try open(activity, session.startsOn, session.territory)
                let came = attendance.removeLast()
                expectation.add(
                    "sessions_held", 1, programme: seed.programme, dimension: series.kind.rawValue,
                    in: session.territory, on: session.startsOn)
                expectation.add(
                    "attendance_person_times", Int64(came), programme: seed.programme,
                    dimension: series.kind.rawValue, in: session.territory, on: session.startsOn)
                let roster = min(came, random.number(in: Self.roster))
                try record(session, roster: roster, headcount: came - roster)
                try emit(.approvals, CloseSession(session: session.id, closedOn: session.startsOn))
            }
        }
        if let last { try cancel(last, seed.cancelled) }
    }

    private struct OpenedSession {
        let id: SessionID
        let territory: TerritoryCode
        let startsOn: BusinessDate
    }

    private func plan(
        _ activity: ActivityID, _ series: WarmHomeSeeds.Series, _ programme: Programme
    ) throws {
        try emit(
            .preparations,
            PlanActivity(
                activity: activity, kind: series.kind, theme: series.theme, programme: programme,
                audience: .specialFamilies, territory: seeds.reference.district,
                site: warmHome, titleZh: series.titleZh, titleEn: series.titleEn,
                plannedOn: series.plannedOn))
    }

    private mutating func open(
        _ activity: ActivityID, _ startsOn: BusinessDate, _ territory: TerritoryCode
    ) throws -> OpenedSession {
        let session = OpenedSession(id: id(), territory: territory, startsOn: startsOn)
        try emit(
            .applications,
            OpenSession(
                session: session.id, activity: activity, startsOn: startsOn, territory: territory,
                capacity: Self.capacity))
        return session
    }

    private mutating func record(
        _ session: OpenedSession, roster: Int, headcount: Int
    ) throws {
        var people = population.attendees
        guard people.count >= roster else {
            throw FileProblem(
                "\(people.count) members of special families, \(roster) are needed")
        }
        random.shuffle(&people)
        for person in people.prefix(roster) {
            try emit(
                .endorsements,
                RecordAttendance(
                    PartySubject(person: person.person), attendance: id(), session: session.id,
                    recordedOn: session.startsOn))
        }
        guard headcount > 0 else { return }
        try emit(
            .endorsements,
            RecordHeadcount(
                headcount: id(), session: session.id, count: headcount,
                method: random.once(in: 4) ? .estimated : .counted, recordedOn: session.startsOn))
    }

    /// A session that people were entered for and that did not take place.
    private mutating func cancel(
        _ activity: ActivityID, _ seed: WarmHomeSeeds.Cancelled
    ) throws {
        let session = try open(activity, seed.startsOn, seed.territory)
        try record(session, roster: seed.roster, headcount: seed.headcount)
        try emit(
            .approvals,
            CancelSession(
                session: session.id, cancelledOn: seed.cancelledOn, reason: seed.reason))
    }

    /// How many came to each session; what one has more than the mean, another has less.
    private mutating func attendance(_ seed: WarmHomeSeeds) -> [Int] {
        let count = seed.series.reduce(0) { $0 + $1.sessions.count }
        guard count > 0 else { return [] }
        var came = (0..<count).map {
            seed.personTimes / count + ($0 < seed.personTimes % count ? 1 : 0)
        }
        for pair in 0..<count / 2 {
            let shift = random.below(6)
            came[pair] += shift
            came[count - 1 - pair] -= shift
        }
        random.shuffle(&came)
        return came
    }
}
