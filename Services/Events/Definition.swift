import Messages
import ServiceKit

/// The service of activities: their sessions, registrations and attendance, and also duty posts,
/// printed materials, online audiences and individual services.
enum Events {
    static let definition = ServiceDefinition(
        name: "events", version: "0.1.0",
        migrations: [
            Activities.migration, Sessions.migration, EventsPeople.migration,
            Registrations.migration, Attendances.migration, Shifts.migration,
            Materials.migration, Reach.migration, Casework.migration,
            KnownTerritories.migration("0010_known_territories"),
            TerritoryEnds.migration("0011_territory_ends"), Materials.returnsMigration,
            EventsTasks.migration, ReadAccess.migration("0014_reads"),
            KnownSites.migration("0015_known_sites"),
        ],
        constraints: constraints, jobs: [EventsTasks.job], router: router)

    private static let router: Router = {
        var router = Router(territories: true)
        Activities.register(in: &router)
        Sessions.register(in: &router)
        SessionCorrections.register(in: &router)
        Registrations.register(in: &router)
        RegistrationCorrections.register(in: &router)
        Attendances.register(in: &router)
        Shifts.register(in: &router)
        ShiftCorrections.register(in: &router)
        Materials.register(in: &router)
        MaterialCorrections.register(in: &router)
        Reach.register(in: &router)
        ReachCorrections.register(in: &router)
        Casework.register(in: &router)
        EventsPeople.register(in: &router)
        EventsTasks.register(in: &router)
        EventsQueries.register(in: &router)
        KnownSites.register(in: &router)
        return router
    }()

    /// Refusals for violated constraints: two workers raced, or a handler missed a rule.
    private static let constraints: [String: (code: RefusalCode, pointer: String)] = [
        "activity_pkey": (.activityExists, "/activity"),
        "session_pkey": (.sessionExists, "/session"),
        "session_activity_fkey": (.unknownActivity, "/activity"),
        "session_capacity": (.sessionFull, "/session"),
        "session_beyond": (.sessionFull, "/session"),
        "session_registration_pkey": (.registrationExists, "/registration"),
        "registration_once": (.alreadyRegistered, "/person"),
        "registration_place_pkey": (.alreadyRegistered, "/person"),
        "session_places": (.sessionFull, "/session"),
        "session_never_overbooked": (.sessionFull, "/session"),
        "attendance_pkey": (.attendanceExists, "/attendance"),
        "attendance_session_fkey": (.unknownSession, "/session"),
        "attendance_once": (.alreadyAttended, "/person"),
        "roster_place_pkey": (.alreadyAttended, "/person"),
        "headcount_pkey": (.headcountExists, "/headcount"),
        "headcount_session_fkey": (.unknownSession, "/session"),
        "shift_pkey": (.shiftExists, "/shift"),
        "duty_post_pkey": (.postDiffers, "/post"),
        "shift_one_post_at_a_time": (.elsewhereOnDuty, "/shift"),
        "printing_pkey": (.printingExists, "/printing"),
        "distribution_pkey": (.distributionExists, "/distribution"),
        "material_never_more_than_printed": (.notEnoughPrinted, "/copies"),
        "material_printed_on_every_day": (.notEnoughPrinted, "/copies"),
        "material_return_pkey": (.materialReturnExists, "/materialReturn"),
        "distribution_returned_once": (.moreThanDistributed, "/copies"),
        "reading_pkey": (.reachExists, "/reach"),
        "reading_once": (.alreadyCounted, "/asOf"),
        "casework_pkey": (.caseworkExists, "/casework"),
    ]
}
