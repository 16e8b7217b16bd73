import Foundation
import Messages

/// Materials, online audiences and individual services, for the tests of events.
extension EventsSamples {
    static func printing(
        _ id: PrintingID = PrintingID(UUID()), of material: MaterialID, _ copies: Int
    ) throws -> PrintMaterial {
        PrintMaterial(
            printing: id, material: material, kind: .leaflet,
            programme: try programme("early-childhood"), territory: try territory("350203"),
            titleZh: "示例折页", titleEn: "Sample leaflet", copies: copies,
            printedOn: try date("2019-05-20"))
    }

    static func distribution(
        _ id: DistributionID = DistributionID(UUID()), of material: MaterialID, _ copies: Int,
        at session: SessionID? = nil, on day: String = "2019-06-01",
        in community: String = community
    ) throws -> DistributeMaterial {
        DistributeMaterial(
            distribution: id, material: material, territory: try territory(community),
            session: session, copies: copies, distributedOn: try date(day))
    }

    static func materialReturn(
        _ id: MaterialReturnID = MaterialReturnID(UUID()), of distribution: DistributionID,
        _ copies: Int, on day: String = "2019-06-10"
    ) throws -> ReturnMaterial {
        ReturnMaterial(
            materialReturn: id, distribution: distribution, copies: copies,
            returnedOn: try date(day), reason: "too many for the day")
    }

    /// Followers of the association's account, on a day of January 2020.
    static func reach(
        _ id: ReachID = ReachID(UUID()), count: Int, day: Int
    ) throws -> RecordReach {
        let day = "2020-01-\(day < 10 ? "0" : "")\(day)"
        return RecordReach(
            reach: id, channel: .wechatAccount, metric: .followers,
            programme: try programme("early-childhood"), territory: try territory("350203"),
            count: count, asOf: try time(day + "T04:00:00Z"), countedOn: try date(day))
    }

    static func casework(
        _ id: CaseworkID = CaseworkID(UUID()), for person: PersonID?
    ) throws -> RecordCasework {
        RecordCasework(
            casework: id, kind: .homeVisit, programme: try programme("early-childhood"),
            territory: try territory(), person: person, servedOn: try date("2019-06-12"))
    }
}
