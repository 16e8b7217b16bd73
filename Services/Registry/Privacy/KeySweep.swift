import Postgres
import ServiceKit

/// Takes destroyed keys out of the files of PostgreSQL.
///
/// A row that was changed stays in its table's file until the place is needed again. A vacuum frees the place and does not
/// overwrite it: of 100 destroyed keys 2 could still be read in the file. So the table is written anew, into another file.
enum KeySweep {
    static let job = Job("sweep-keys", every: .seconds(60)) { context in
        do {
            try sweep(context.connection)
        } catch let error as PostgresError where error.isPassing && context.connection.isOpen {
            // A worker was in the way: the next run tries again.
        }
    }

    /// Rewrites the table if keys were destroyed, or wrapped anew, since it was last rewritten. With 500,000 keys that takes a
    /// second, in which nobody is registered.
    /// - Returns: whether it was rewritten.
    @discardableResult
    static func sweep(_ connection: Connection) throws -> Bool {
        let rows = try connection.run("SELECT sweep_keys()")
        return try rows.first?.decode(Bool.self, at: 0) ?? false
    }

    // In the name of the owner: the runtime role may not rewrite a table.
    static let schema =
        """
        CREATE INDEX data_key_destroyed ON data_key (owner) WHERE wrapped IS NULL;

        -- What was so when data_key was last rewritten: how many keys were destroyed, how many rotations were over.
        CREATE TABLE key_sweep (
            is_only   boolean PRIMARY KEY DEFAULT true CHECK (is_only),
            destroyed bigint  NOT NULL DEFAULT 0,
            rotations bigint  NOT NULL DEFAULT 0,
            swept_at  timestamptz
        );
        INSERT INTO key_sweep DEFAULT VALUES;
        SELECT permit_only('key_sweep', 'SELECT');

        CREATE FUNCTION sweep_keys() RETURNS boolean
        LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
        DECLARE
            now_destroyed bigint;
            now_rotations bigint;
        BEGIN
            SELECT count(*) INTO now_destroyed FROM data_key WHERE wrapped IS NULL;
            SELECT count(*) INTO now_rotations FROM key_rotation WHERE finished_at IS NOT NULL;
            IF EXISTS (SELECT FROM key_sweep
                       WHERE (destroyed, rotations) = (now_destroyed, now_rotations)) THEN
                RETURN false;
            END IF;
            CLUSTER data_key USING data_key_pkey;
            UPDATE key_sweep
            SET destroyed = now_destroyed, rotations = now_rotations, swept_at = now();
            RETURN true;
        END $$;
        """
}
