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

    static let table = Table<Activity>(
        "activity", key: "id", lock: .share,
        columns: [
            Column("id", { $0.id }), Column("kind", { $0.kind.rawValue }),
            Column("theme", { $0.theme }), Column("programme", { $0.programme }),
            Column("audience", { $0.audience.rawValue }), Column("territory", { $0.territory }),
            Column("site", optional: { $0.site }), Column("title_zh", { $0.titleZh }),
            Column("title_en", { $0.titleEn }), Column("planned_on", { $0.plannedOn }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        Activity(
            id: try row.next(ActivityID.self), kind: try row.next(enum: ActivityKind.self),
            theme: try row.next(String.self), programme: try row.next(Programme.self),
            audience: try row.next(enum: Audience.self),
            territory: try row.next(TerritoryCode.self), site: try row.next(optional: SiteID.self),
            titleZh: try row.next(String.self), titleEn: try row.next(String.self),
            plannedOn: try row.next(BusinessDate.self), sequence: try row.next(Int64.self))
    }
}

/// Plans activities.
enum Activities {
    static func register(in router: inout Router) {
        router.on(PlanActivity.self, keys: { $1.need(Activity.self, $0.activity.uuid) }, plan)
    }

    static func plan(_ command: PlanActivity, _ unit: UnitOfWork) throws -> Emission {
        try unit.requireNew(
            Activity.self, command.activity.uuid, else: .activityExists, at: "/activity")
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
