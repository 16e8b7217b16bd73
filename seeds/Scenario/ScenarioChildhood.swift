import Messages

struct ChildhoodSeeds: Decodable {
    struct Outdoor: Decodable {
        struct Session: Decodable {
            let startsOn: BusinessDate
            let territory: TerritoryCode
            let pairs: Int
        }
        let activity: ActivitySeeds
        let sessions: [Session]
    }
    struct Leaflets: Decodable {
        let titleZh: String
        let titleEn: String
        let printed: Int
        let printedOn: BusinessDate
        let distributed: Int
        /// Copies in one bundle.
        let bundle: Int
        let distributedOn: BusinessDate
    }
    struct Casework: Decodable {
        let count: Int
        let firstOn: BusinessDate
        let days: Int
    }
    struct Followers: Decodable {
        struct Reading: Decodable {
            let countedOn: BusinessDate
            let count: Int
        }
        let channel: ReachChannel
        let readings: [Reading]
    }
    let programme: Programme
    let registeredOn: BusinessDate
    let outdoor: Outdoor
    let lectures: SeriesSeeds
    let classes: SeriesSeeds
    let leaflets: Leaflets
    let casework: Casework
    let followers: Followers

    /// Families that come to the outdoor sessions. To each, half of its pairs come who have come before, if there are so many.
    var families: Int {
        outdoor.sessions.reduce(0) { $0 + $1.pairs - min($0, $1.pairs / 2) }
    }
}

/// Early childhood: parents with small children, each pair a household.
extension ScenarioGenerator {
    private struct Pair {
        let parent: PersonID
        let child: PersonID
    }

    mutating func raise() throws {
        let seed = seeds.reference.earlyChildhood
        let pairs = try goOutside(seed)
        try hold(seed.lectures, seed.programme)
        try hold(seed.classes, seed.programme)
        try handOut(seed.leaflets, seed.programme)
        try serve(seed.casework, pairs.map(\.parent), seed.programme)
        try follow(seed.followers, seed.programme)
    }

    /// Each pair comes to the first session in its community; later ones see some of them again.
    private mutating func goOutside(_ seed: ChildhoodSeeds) throws -> [Pair] {
        let activity = try plan(seed.outdoor.activity, seed.programme)
        var all: [Pair] = []
        for outdoor in seed.outdoor.sessions {
            let session = try hold(
                activity, seed.outdoor.activity, seed.programme, in: outdoor.territory,
                on: outdoor.startsOn)
            var pairs = Array(all.prefix(outdoor.pairs / 2))
            while pairs.count < outdoor.pairs {
                let pair = try register(in: outdoor.territory, seed)
                pairs.append(pair)
                all.append(pair)
            }
            for pair in pairs {
                try emit(
                    .endorsements,
                    RecordAttendance(
                        PartySubject(person: pair.parent, child: pair.child), attendance: id(),
                        session: session.id, recordedOn: session.startsOn))
            }
            expect("parent_child_pairs", pairs.count, session)
            expect("attendance_person_times", pairs.count * 2, session)
        }
        return all
    }

    private mutating func register(
        in territory: TerritoryCode, _ seed: ChildhoodSeeds
    ) throws -> Pair {
        let household: HouseholdID = id()
        let parent = try member(.head, ageIn: 26...34, .female, seed)
        let child = try member(.child, ageIn: 0...1, random.once(in: 2) ? .male : .female, seed)
        try emit(
            .preparations,
            RegisterHousehold(
                household: household, territory: territory, registeredOn: seed.registeredOn,
                members: [parent, child], categories: []))
        return Pair(parent: parent.person, child: child.person)
    }

    private mutating func member(
        _ role: Role, ageIn years: ClosedRange<Int>, _ sex: Sex, _ seed: ChildhoodSeeds
    ) throws -> NewMember {
        let days = years.lowerBound * 366 + 30 + random.below((years.count - 1) * 365 + 300)
        return try residents.next(id(), role, born: seed.registeredOn.adding(days: -days), sex)
    }

    private mutating func handOut(
        _ seed: ChildhoodSeeds.Leaflets, _ programme: Programme
    ) throws {
        let material: MaterialID = id()
        try emit(
            .preparations,
            PrintMaterial(
                printing: id(), material: material, kind: .leaflet, programme: programme,
                territory: seeds.reference.district, titleZh: seed.titleZh, titleEn: seed.titleEn,
                copies: seed.printed, printedOn: seed.printedOn))
        let communities = seeds.communities
        let given = stride(from: 0, to: seed.distributed, by: seed.bundle)
        for (index, before) in given.enumerated() {
            let copies = min(seed.bundle, seed.distributed - before)
            let territory = communities[index % communities.count]
            let day = seed.distributedOn.adding(days: index)
            expectation.add(
                "materials_distributed", Int64(copies), programme: programme, dimension: "leaflet",
                in: territory, on: day)
            try emit(
                .applications,
                DistributeMaterial(
                    distribution: id(), material: material, territory: territory, copies: copies,
                    distributedOn: day))
        }
    }

    /// Some did not say who they are.
    private mutating func serve(
        _ seed: ChildhoodSeeds.Casework, _ parents: [PersonID], _ programme: Programme
    ) throws {
        let kinds: [CaseworkKind] = [.guidance, .homeVisit, .assessment]
        let communities = seeds.communities
        for index in 0..<seed.count {
            let kind = kinds[index % kinds.count]
            let day = seed.firstOn.adding(days: index * seed.days / seed.count)
            let territory = communities[index % communities.count]
            expectation.add(
                "casework_person_times", 1, programme: programme, dimension: kind.rawValue,
                in: territory, on: day)
            try emit(
                .applications,
                RecordCasework(
                    casework: id(), kind: kind, programme: programme, territory: territory,
                    person: random.once(in: 4) ? nil : parents[index % parents.count],
                    servedOn: day))
        }
    }

    /// The newest reading counts, in whatever order they are sent.
    private mutating func follow(
        _ seed: ChildhoodSeeds.Followers, _ programme: Programme
    ) throws {
        for reading in seed.readings {
            try emit(
                .applications,
                RecordReach(
                    reach: id(), channel: seed.channel, metric: .followers, programme: programme,
                    territory: seeds.reference.district, count: reading.count,
                    asOf: Timestamp(reading.countedOn, hour: 12), countedOn: reading.countedOn))
        }
    }
}

extension Timestamp {
    /// An hour of a day in China.
    init(_ day: BusinessDate, hour: Int64) {
        self.init(microseconds: ((Int64(day.day) * 24) + hour - 8) * 3_600_000_000)
    }
}
