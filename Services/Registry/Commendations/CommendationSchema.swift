import ServiceKit

extension Commendations {
    static let migration = Migration(
        "0009_commendations",
        """
        CREATE TABLE commendation (
            id           uuid   PRIMARY KEY,
            recipient    uuid   NOT NULL REFERENCES person DEFERRABLE INITIALLY DEFERRED,
            territory    text   NOT NULL REFERENCES territory DEFERRABLE INITIALLY DEFERRED,
            occasion     text   NOT NULL,
            awarded_on   date   NOT NULL,
            sequence     bigint NOT NULL CHECK (sequence > 0),
            withdrawn_on date   CHECK (withdrawn_on >= awarded_on)
        );
        """)
}
