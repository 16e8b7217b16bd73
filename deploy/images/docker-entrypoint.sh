#!/bin/sh
# The first time, makes the cluster and runs what stands in /docker-entrypoint-initdb.d; then becomes the server.
set -eu
if [ ! -s "$PGDATA/PG_VERSION" ]; then
    initdb -D "$PGDATA" -U postgres --pwfile="$POSTGRES_PASSWORD_FILE" --auth-local=trust \
        --auth-host=scram-sha-256
    echo 'host all all all scram-sha-256' >>"$PGDATA/pg_hba.conf"
    pg_ctl -D "$PGDATA" -w -o "-c listen_addresses=''" start
    for file in /docker-entrypoint-initdb.d/*.sql; do
        psql -X -v ON_ERROR_STOP=1 -U postgres -d postgres -f "$file"
    done
    pg_ctl -D "$PGDATA" -w -m fast stop
fi
exec "$@"
