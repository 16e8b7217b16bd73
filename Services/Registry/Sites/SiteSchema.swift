import ServiceKit

extension Sites {
    static let migration = Migration(
        "0008_sites",
        """
        CREATE TABLE site (
            id         uuid   PRIMARY KEY,
            kind       text   NOT NULL CHECK (kind IN ('warm_home', 'youth_health_club')),
            territory  text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED
                       CHECK (length(territory) >= 12),
            name_zh    text   NOT NULL,
            name_en    text   NOT NULL,
            opened_on  date   NOT NULL,
            sequence   bigint NOT NULL CHECK (sequence > 0),
            closed_on  date   CHECK (closed_on >= opened_on),
            council_on date   CHECK (council_on >= opened_on),
            council    bigint CHECK ((council IS NULL) = (council_on IS NULL))
        );
        COMMENT ON COLUMN site.council_on IS 'when the council that stands was appointed';
        COMMENT ON COLUMN site.council IS 'the appointment of the council that stands';

        CREATE TABLE site_term (
            site     uuid     NOT NULL REFERENCES site DEFERRABLE INITIALLY DEFERRED,
            edition  bigint   NOT NULL CHECK (edition > 0),
            kind     text     NOT NULL CHECK (kind IN ('rule_set', 'theme')),
            position smallint NOT NULL CHECK (position BETWEEN 1 AND 20),
            name     text     NOT NULL,
            PRIMARY KEY (site, edition, kind, position),
            UNIQUE (site, edition, kind, name)
        );
        COMMENT ON TABLE site_term IS 'the rows of the newest edition hold for a site';

        CREATE TABLE council_seat (
            site         uuid     NOT NULL REFERENCES site DEFERRABLE INITIALLY DEFERRED,
            appointment  bigint   NOT NULL CHECK (appointment > 0),
            position     smallint NOT NULL CHECK (position BETWEEN 1 AND 50),
            person       uuid     NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            appointed_on date     NOT NULL,
            PRIMARY KEY (site, appointment, position),
            UNIQUE (site, appointment, person)
        );
        COMMENT ON TABLE council_seat IS 'the rows of the appointment that stands (site.council) are the council of a site';
        CREATE TRIGGER council_seat_append_only
            BEFORE UPDATE OR DELETE OR TRUNCATE ON council_seat
            FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
        """)
}
