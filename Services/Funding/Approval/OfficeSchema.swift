import ServiceKit

/// The tables of offices, and of who has decided on what.
enum OfficeSchema {
    static let migration = Migration(
        "0015_offices",
        """
        -- What registry has published of staff members and officers.
        CREATE TABLE office (
            id          uuid PRIMARY KEY,
            person      uuid NOT NULL,
            territory   text COLLATE "C" NOT NULL,
            enrolled_on date NOT NULL,
            left_on     date
        );

        -- Who took which step of a loan, grant, claim, run, policy, allocation or refund: `<type>/<person>`, with spaces
        -- between them.
        CREATE TABLE decided_steps (
            record uuid PRIMARY KEY,
            taken  text NOT NULL
        );
        """)
}
