import ServiceKit

extension DefinedWords {
    static let migration = Migration(
        "0008_wording",
        """
        -- The names of programmes, and the series and key task of each.
        CREATE TABLE programme (
            code     text COLLATE "C" PRIMARY KEY,
            name_zh  text   NOT NULL,
            name_en  text   NOT NULL,
            reason   text   NOT NULL,
            sequence bigint NOT NULL CHECK (sequence > 0),
            series   text COLLATE "C",
            key_task text COLLATE "C"
        );

        CREATE TABLE word (
            key       text COLLATE "C" PRIMARY KEY,
            kind      text NOT NULL CHECK (kind IN ('measure', 'part', 'series', 'key_task')),
            code      text COLLATE "C" NOT NULL,
            dimension text COLLATE "C",
            name_zh   text   NOT NULL,
            name_en   text   NOT NULL,
            reason    text   NOT NULL,
            sequence  bigint NOT NULL CHECK (sequence > 0),
            CHECK ((kind = 'part') = (dimension IS NOT NULL))
        );
        """)
}
