#!/bin/sh
# Starts PostgreSQL of the compose files: the image's own entrypoint with what follows from the environment.
#
#   TLS=on           nobody logs in without TLS
#   PRIMARY=HOST     there are postgres and postgres-standby, and HOST takes writes; the other copies it, then follows.
#                    With the standby's name it takes over, and the old primary does not start again as one.
#   SYNCHRONOUS=on   the primary's commits wait for the other's disk
set -eu
umask 077
run=/var/run/postgresql
set -- "$@" -c "hba_file=$run/hba.conf"

# refuse WHY: slowly, because the engine starts it again at once.
refuse() {
    echo "$1" >&2
    sleep 10
    exit 1
}

# ---- whose data these are

# Such as: postgres (PostgreSQL) 17.6 (Debian 17.6-0+deb13u1)
version=$(postgres --version | sed 's/^[^0-9]*\([0-9]*\).*/\1/')
if [ -s "$PGDATA/PG_VERSION" ] && [ "$(cat "$PGDATA/PG_VERSION")" != "$version" ]; then
    refuse "These are data of PostgreSQL $(cat "$PGDATA/PG_VERSION"), and this is PostgreSQL $version, which leaves them as they are. \
To go on with them, name their version's image in .env (POSTGRES_IMAGE). To change over, make a backup with that one, and \
restore it into a new volume with this one."
fi

# ---- who may log in, and how

host=host
if [ "${TLS:-off}" = on ]; then
    host=hostssl
    # PostgreSQL wants the key to be its user's own, who is in the group that can read the secret.
    cat /run/secrets/postgres_key >"$run/server.key"
    set -- "$@" -c ssl=on -c ssl_min_protocol_version=TLSv1.2 -c "ssl_key_file=$run/server.key" \
        -c ssl_cert_file=/run/secrets/postgres_certificate
fi
cat >"$run/hba.conf" <<RULES
local all all trust
$host all all all scram-sha-256
$host replication replicator all scram-sha-256
RULES

# ---- a primary and a standby

# primary NAME: how the one of the two that takes writes is reached, by somebody of that name.
primary() {
    printf 'host=postgres,postgres-standby user=replicator passfile=%s application_name=%s target_session_attrs=%s' \
        "$run/passfile" "$1" read-write
    if [ "${TLS:-off}" = on ]; then printf ' sslmode=verify-full sslrootcert=/run/secrets/authority'; fi
}

# Copies beside where the data shall be; PG_VERSION, which says that they are there, comes last. Not by the standby's
# own name, for which commits wait: they could be content with half a copy.
copy() {
    rm -rf "${PGDATA:?}"/*
    pg_basebackup -d "$(primary copy)" -D "$PGDATA/copy" -X stream -c fast || return 1
    for file in "$PGDATA/copy"/*; do
        [ "${file##*/}" = PG_VERSION ] || mv "$file" "$PGDATA"
    done
    touch "$PGDATA/standby.signal"
    sync
    mv "$PGDATA/copy/PG_VERSION" "$PGDATA"
    rmdir "$PGDATA/copy"
}

# Takes over: replays what it has, ends that life and begins another, which is seen by the timeline.
promote() {
    pg_ctl -w -t 600 -o "-c listen_addresses='' -c primary_conninfo=''" start
    pg_ctl -w -t 600 promote
    pg_ctl -w -t 600 -m fast stop
}

if [ -n "${PRIMARY:-}" ]; then
    me=$(hostname)
    sed 's#^[^:]*://\([^:]*\):\([^@]*\)@.*#*:*:*:\1:\2#' /run/secrets/replicator_database >"$run/passfile"
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA"
    if [ "$me" = "$PRIMARY" ]; then
        [ ! -e "$PGDATA/standby.signal" ] || promote
    elif [ ! -s "$PGDATA/PG_VERSION" ]; then
        until copy; do sleep 2; done
    elif [ ! -e "$PGDATA/standby.signal" ]; then
        refuse "$me took writes before $PRIMARY did: remove its volume, so that it is copied anew"
    fi
    # A standby that is away for longer than this lasts has to be copied anew.
    set -- "$@" -c wal_keep_size=1GB -c "primary_conninfo=$(primary "$me")"
    if [ "$me" = "$PRIMARY" ] && [ "$SYNCHRONOUS" = on ]; then
        other=postgres-standby
        [ "$me" = postgres ] || other=postgres
        set -- "$@" -c "synchronous_standby_names=\"$other\""
        # The image's own set-up cannot wait for a standby that copies it.
        export PGOPTIONS='-c synchronous_commit=local'
    fi
fi
exec docker-entrypoint.sh "$@"
