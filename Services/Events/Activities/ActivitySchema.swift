import ServiceKit

extension Activities {
    // A site belongs to registry, so no column here references it.
    static let migration = Migration(
        "0001_activities",
        """
        CREATE TABLE activity (
            id         uuid   PRIMARY KEY,
            kind       text   NOT NULL CHECK (kind IN ('activity', 'tea_talk', 'lecture', 'class',
                       'outdoor', 'live_stream', 'online_class')),
            theme      text   NOT NULL,
            programme  text   NOT NULL,
            audience   text   NOT NULL CHECK (audience IN ('everyone', 'special_families',
                       'parents', 'members')),
            territory  text   NOT NULL,
            site       uuid,
            title_zh   text   NOT NULL,
            title_en   text   NOT NULL,
            planned_on date   NOT NULL,
            sequence   bigint NOT NULL CHECK (sequence > 0)
        );
        """)
}
