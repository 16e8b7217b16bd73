import ServiceKit

extension Casework {
    static let migration = Migration(
        "0009_casework",
        """
        CREATE TABLE casework (
            id        uuid   PRIMARY KEY,
            kind      text   NOT NULL CHECK (kind IN ('counselling', 'home_visit', 'assessment',
                      'guidance', 'referral')),
            programme text   NOT NULL,
            territory text   NOT NULL,
            person    uuid,
            served_on date   NOT NULL,
            is_void   boolean NOT NULL DEFAULT false,
            sequence  bigint NOT NULL CHECK (sequence > 0)
        );
        CREATE INDEX casework_person ON casework (person) WHERE person IS NOT NULL;
        """)
}
