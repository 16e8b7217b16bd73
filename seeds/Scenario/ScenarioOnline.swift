import Messages

struct OnlineSeeds: Decodable {
    struct Session: Decodable {
        let startsOn: BusinessDate
        /// Counted for live streams.
        let viewerHouseholds: Int?
    }
    let programme: Programme
    let activity: ActivitySeeds
    let sessions: [Session]
}

/// Live streams and classes over the network, which are the whole district's.
extension ScenarioGenerator {
    mutating func goOnline() throws {
        for seed in seeds.reference.online {
            let activity = try plan(seed.activity, seed.programme)
            for online in seed.sessions {
                let session = try hold(
                    activity, seed.activity, seed.programme, in: seeds.reference.district,
                    on: online.startsOn)
                guard let households = online.viewerHouseholds else { continue }
                try emit(
                    .endorsements,
                    RecordReach(
                        reach: id(), channel: .livePlatform, metric: .viewerHouseholds,
                        programme: seed.programme, territory: session.territory,
                        session: session.id, count: households,
                        asOf: Timestamp(session.startsOn, hour: 21), countedOn: session.startsOn))
            }
        }
    }
}
