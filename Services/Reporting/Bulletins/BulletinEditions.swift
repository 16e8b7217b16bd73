import Messages
import Postgres
import ServiceKit

/// The bulletin of a month: how many editions there are of it (`sequence`), and the day of the last one.
struct BulletinIssue: Aggregate {
    let period: String
    var publishedOn: BusinessDate
    var sequence: Int64 = 0

    var key: String { period }

    static let table = Table<BulletinIssue>(
        "bulletin_issue", key: "period",
        columns: [
            Column("period", { $0.period }), Column("published_on", { $0.publishedOn }),
            Column("sequence", { $0.sequence }),
        ]
    ) { row in
        BulletinIssue(
            period: try row.next(), publishedOn: try row.next(), sequence: try row.next())
    }
}

/// Publishing a bulletin keeps its figures as the edition in force has them, states included, for ever. What was taken in
/// but is not published yet is not in it: a bulletin says nothing that the stream does not.
enum BulletinEditions {
    static func publish(_ command: PublishBulletin, _ unit: UnitOfWork) throws -> Emission {
        let month = command.period
        guard command.publishedOn > month.end else {
            throw Refusal(
                .periodNotOver, at: "/publishedOn", expected: "a date after \(month.end)")
        }
        // One at a time, and nothing is published meanwhile.
        try unit.execute(Summaries.lock)
        let states = try DatasetState.all(unit.query)
        guard let epoch = states.first?.epoch, epoch > 0, states.contains(where: { $0.seq > 0 }),
            let moment = try EditionMoment.inForce(unit.query)
        else { throw Refusal(.notPublished, at: "/period") }
        guard let (bulletin, lines) = try DefinedBulletin.withLines(unit.query) else {
            throw Refusal(.bulletinUndefined, at: "/period")
        }
        try unit.requireScope(bulletin.territory, at: "/period")
        let held = try unit.find(BulletinIssue.self, month.wireText)
        if let held {
            try command.publishedOn.require(
                from: held.publishedOn, else: .editionTooEarly, at: "/publishedOn")
        }
        let figures = try BulletinFigure.published(lines, of: month, in: epoch, unit.query)
        var changed: Int?
        if let held {
            let before = try BulletinEdition.figures(
                of: month, edition: Int(held.sequence), unit.query)
            changed = BulletinEdition.differences(from: before, to: figures).count
            let version = try BulletinEdition.all(of: month, unit.query).first?.version
            guard changed != 0 || version != bulletin.sequence else {
                throw Refusal(.bulletinUnchanged, at: "/period")
            }
        }
        var issue =
            held ?? BulletinIssue(period: month.wireText, publishedOn: command.publishedOn)
        issue.publishedOn = command.publishedOn
        try unit.save(&issue)
        let edition = BulletinEdition(
            period: month, edition: Int(issue.sequence), publishedOn: command.publishedOn,
            publishedAt: unit.now, territory: bulletin.territory, reason: command.reason,
            epoch: epoch,
            dataThrough: try PublishedKeys.programmes(of: bulletin.territory, unit.query)
                .compactMap(\.last).max(),
            moment: moment, version: bulletin.sequence)
        keep(edition, states, figures, unit)
        return Emission(edition.fact(states, figures, changed: changed), of: issue)
    }

    static let momentMigration = Migration(
        "0026_bulletin_moment",
        """
        -- The edition of all figures that a bulletin is made of, and its moment; null if there were none yet.
        ALTER TABLE bulletin_edition
            ADD COLUMN of_edition bigint,
            ADD COLUMN as_of      timestamptz,
            ADD CONSTRAINT bulletin_edition_moment CHECK ((of_edition IS NULL) = (as_of IS NULL));
        """)

    private static func keep(
        _ edition: BulletinEdition, _ states: [DatasetState], _ figures: [BulletinFigure],
        _ unit: UnitOfWork
    ) {
        unit.append(edition)
        for state in states { unit.append(BulletinPosition(edition: edition, state: state)) }
        for figure in figures { unit.append(KeptFigure(edition: edition, figure: figure)) }
    }

    static let migration = Migration(
        "0022_bulletin_editions",
        """
        CREATE TABLE bulletin_issue (
            period       text COLLATE "C" PRIMARY KEY,
            published_on date   NOT NULL,
            sequence     bigint NOT NULL CHECK (sequence > 0)
        );

        CREATE TABLE bulletin_edition (
            period       text COLLATE "C" NOT NULL
                         REFERENCES bulletin_issue DEFERRABLE INITIALLY DEFERRED,
            edition      bigint      NOT NULL CHECK (edition > 0),
            published_on date        NOT NULL,
            published_at timestamptz NOT NULL,
            territory    text COLLATE "C" NOT NULL,
            reason       text,
            epoch        bigint      NOT NULL,
            -- The first day of the last month that there were figures of.
            data_through date,
            PRIMARY KEY (period, edition)
        );

        -- Where each dataset was.
        CREATE TABLE bulletin_position (
            period  text COLLATE "C" NOT NULL,
            edition bigint NOT NULL,
            dataset text COLLATE "C" NOT NULL,
            seq     bigint NOT NULL,
            PRIMARY KEY (period, edition, dataset),
            FOREIGN KEY (period, edition) REFERENCES bulletin_edition
                DEFERRABLE INITIALLY DEFERRED
        );

        -- With its names, so that an edition reads the same for ever.
        CREATE TABLE bulletin_figure (
            period    text COLLATE "C" NOT NULL,
            edition   bigint NOT NULL,
            number    bigint NOT NULL,
            about     text COLLATE "C" NOT NULL,
            name_zh   text   NOT NULL,
            name_en   text   NOT NULL,
            dataset   text COLLATE "C" NOT NULL,
            unit      text   NOT NULL,
            programme text COLLATE "C" NOT NULL,
            measure   text COLLATE "C" NOT NULL,
            territory text COLLATE "C" NOT NULL,
            state     text   NOT NULL CHECK (
                state IN ('value', 'zero', 'not_collected', 'suppressed')),
            value     bigint,
            status    text CHECK (status IN ('provisional', 'final', 'revised')),
            vintage   bigint NOT NULL,
            PRIMARY KEY (period, edition, number, about),
            FOREIGN KEY (period, edition) REFERENCES bulletin_edition
                DEFERRABLE INITIALLY DEFERRED,
            CHECK ((value IS NOT NULL) = (state IN ('value', 'zero')))
        );
        COMMENT ON COLUMN bulletin_figure.about IS 'the period of the figure: the month, its year, all';

        CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
        BEGIN
            RAISE EXCEPTION 'an edition of a bulletin is kept as it is'
                USING ERRCODE = 'restrict_violation';
        END $$;
        CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON bulletin_edition
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON bulletin_position
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        CREATE TRIGGER kept BEFORE UPDATE OR DELETE ON bulletin_figure
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}

extension RefusalCode {
    static let editionTooEarly = RefusalCode(
        "edition_too_early", "a date from that of the edition before on")
    static let bulletinUnchanged = RefusalCode(
        "bulletin_unchanged", "figures or lines that differ from those of the last edition")
}
