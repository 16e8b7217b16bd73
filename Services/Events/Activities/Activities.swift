import Foundation
import Messages
import Postgres
import ServiceKit

/// An activity that the association offers. It takes place in sessions.
struct Activity: Aggregate {
    let id: ActivityID
    let kind: ActivityKind
    let theme: String
    let programme: Programme
    let audience: Audience
    let territory: TerritoryCode
    let site: SiteID?
    let titleZh: String
    let titleEn: String
    let plannedOn: BusinessDate
    var sequence: Int64 = 0

    var key: UUID { id.uuid }

    static let table = Table(
        "activity", key: "id", lock: .share, Activity.init,
        Field("id", \.id), Field("kind", \.kind), Field("theme", \.theme),
        Field("programme", \.programme), Field("audience", \.audience),
        Field("territory", \.territory), Field("site", \.site), Field("title_zh", \.titleZh),
        Field("title_en", \.titleEn), Field("planned_on", \.plannedOn),
        Field("sequence", \.sequence))
}

/// Plans activities.
enum Activities {
    static func register(in router: inout Router) {
        router.on(
            PlanActivity.self,
            keys: {
                $1.need(Activity.self, $0.activity.uuid)
                KnownSites.keys($0.site, &$1)
            }, plan)
    }

    static func plan(_ command: PlanActivity, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Activity.self, command.activity.uuid, else: .activityExists, at: "/activity")
        try KnownSites.require(command.site, at: "/site", unit)
        var activity = Activity(
            id: command.activity, kind: command.kind, theme: command.theme,
            programme: command.programme, audience: command.audience,
            territory: command.territory, site: command.site, titleZh: command.titleZh,
            titleEn: command.titleEn, plannedOn: command.plannedOn)
        let fact = ActivityPlanned(command)
        return try unit.save(&activity, fact)
    }
}

extension RefusalCode {
    static let activityExists = RefusalCode(
        "activity_exists", "the id of an activity that was not planned yet")
}
