import ServiceKit

/// The table of cleaning visits.
enum HomeServiceSchema {
    static let migration = Migration(
        "0011_home_services",
        """
        CREATE TABLE home_service (
            id         uuid   PRIMARY KEY,
            household  uuid   NOT NULL REFERENCES household DEFERRABLE INITIALLY DEFERRED,
            service    text   NOT NULL CHECK (service IN ('air_conditioner', 'hood')),
            programme  text   NOT NULL,
            territory  text   COLLATE "C" NOT NULL,
            ordered_on date   NOT NULL,
            state      text   NOT NULL CHECK (state IN ('ordered', 'done', 'cancelled')),
            since      date   NOT NULL CHECK (since >= ordered_on),
            sequence   bigint NOT NULL CHECK (sequence > 0)
        );
        """)
}
