# shellcheck shell=bash
# A private PostgreSQL cluster in $dir/postgres. Sourced by deploy/servers.

# Resolved, because the user postgres may be unable to follow the way there (see create_cluster).
data_directory() { readlink -m "$dir/postgres/data"; }

# Whether there are data: this is the last line create_cluster writes. Without it, an earlier start was cut short.
has_cluster() { grep -qs "^include 'nuanxin.conf'" "$dir/postgres/data/postgresql.conf"; }

# Where the programs are of the version that made the data. For data that are still to be made, those of the newest
# version, or of the one that POSTGRES_VERSION names.
postgres_programs() {
    local newest version
    newest=$(printf '%s\n' /usr/lib/postgresql/*/bin | sort -V | tail -n 1)
    [ -x "$newest/postgres" ] || die "PostgreSQL is not installed; as root: apt-get install postgresql"
    version=${POSTGRES_VERSION:-$(basename "${newest%/bin}")}
    ! has_cluster || version=$(cat "$dir/postgres/data/PG_VERSION")
    [ -x "/usr/lib/postgresql/$version/bin/postgres" ] ||
        die "the databases in $dir/postgres are of PostgreSQL $version, and this machine has" \
            "$(cd /usr/lib/postgresql && echo *) alone." \
            "Install the package postgresql-$version (apt.postgresql.org has it for each Debian); or move the data by a" \
            "backup (deploy/manual/backup.md, Move to another version of the servers); or start anew and lose all data and keys: $(anew "$dir")"
    echo "/usr/lib/postgresql/$version/bin"
}

# The processes of this cluster: every one works in the data directory. Asked as the user who runs them, for
# root without CAP_SYS_PTRACE may not look.
postgres_pids() {
    # shellcheck disable=SC2016  # expanded by the inner shell
    as_postgres bash -c 'for process in /proc/[0-9]*; do
        if [ "$process/cwd" -ef "$1" ] && [ "$(cat "$process/comm")" = postgres ]; then
            echo "${process##*/}"
        fi
    done 2>/dev/null' bash "$(data_directory)"
}

postmaster_pid() { head -n 1 "$dir/postgres/data/postmaster.pid" 2>/dev/null || true; }

postgres_runs() {
    local pid
    pid=$(postmaster_pid)
    [ -n "$pid" ] && as_postgres test "/proc/$pid/cwd" -ef "$(data_directory)"
}

postgres_gone() { [ -z "$(postgres_pids)" ]; }

# As root the data belong to the user postgres; where that user cannot reach the directory (a home directory is
# often closed), they live under /var/lib and a symbolic link leads there.
create_cluster() {
    local data=$dir/postgres/data real
    mkdir -p "$dir/postgres"
    if [ "$(id -u)" = 0 ]; then
        real=$data
        as_postgres test -x "$dir/postgres" ||
            real=/var/lib/nuanxin-$(printf %s "$dir" | sha256sum | cut -c1-8)
        install -d -m 700 -o postgres -g postgres "$real"
        [ "$real" = "$data" ] || ln -sfn "$real" "$data"
    fi
    # The password goes through a pipe of the inner shell's, for the user postgres may not read root's file.
    # shellcheck disable=SC2016  # expanded by the inner shell
    secret "$dir/secrets/postgres/postgres" |
        as_postgres bash -c '"$@" --pwfile=<(cat)' bash "$programs/initdb" -U postgres \
            -D "$(data_directory)" --encoding=UTF8 --locale=C.UTF-8 --auth=scram-sha-256 \
            --no-instructions >"$dir/postgres/initdb.out" 2>&1 || {
        tail -n 20 "$dir/postgres/initdb.out" >&2
        die "PostgreSQL's initdb failed"
    }
    echo "include 'nuanxin.conf'" >>"$data/postgresql.conf"
}

write_postgres_configuration() {
    cat >"$dir/postgres/data/nuanxin.conf" <<CONFIGURATION
listen_addresses = '127.0.0.1'
port = $(recall "$dir" postgres)
# No Unix socket: its path may be no longer than 107 bytes, which a checkout's path easily is.
unix_socket_directories = ''
max_connections = 100
shared_buffers = 256MB
max_wal_size = 2GB
# Decisions that a receipt has confirmed must survive a power cut.
fsync = on
synchronous_commit = on
password_encryption = scram-sha-256
# DETAIL lines quote the values of rows, and rows hold people.
log_error_verbosity = terse
log_line_prefix = '%m [%p] %u@%d '
CONFIGURATION
    chmod 644 "$dir/postgres/data/nuanxin.conf"
}

# A postmaster that was killed leaves its pid file, and another process may have its number by now: then neither
# PostgreSQL nor pg_ctl can tell. Nobody works in the data directory any more, so the file may go.
start_postgres() {
    ! postgres_runs || return 0
    programs=$(postgres_programs)
    if ! has_cluster; then
        remove_cluster
        create_cluster
    fi
    wait_until "$stop_seconds" postgres_gone || die "processes of a killed PostgreSQL do not end"
    rm -f "$dir/postgres/data/postmaster.pid"
    choose_port "$dir" postgres
    write_postgres_configuration
    (umask 077 && : >>"$dir/postgres/log")
    chmod 600 "$dir/postgres/log"
    [ "$(id -u)" != 0 ] || chown postgres "$dir/postgres/log"
    (
        close_descriptors
        as_postgres "$programs/pg_ctl" start -s -w -t "$start_seconds" -D "$(data_directory)"
    ) </dev/null >>"$dir/postgres/log" 2>&1 || {
        tail -n 20 "$dir/postgres/log" >&2
        die "PostgreSQL did not start; its log is $dir/postgres/log"
    }
}

stop_postgres() {
    postgres_runs || return 0
    # Fast shutdown: open transactions are rolled back, the rest is written out.
    kill -INT "$(postmaster_pid)" 2>/dev/null || true
    wait_until "$stop_seconds" postgres_gone || kill_postgres
}

# As after a power cut: the postmaster first, so that it starts no recovery of its own.
kill_postgres() {
    local pids
    pids=$(postgres_pids)
    # shellcheck disable=SC2046,SC2086  # lists of numbers
    kill -KILL $(postmaster_pid) $pids 2>/dev/null || true
    wait_until "$stop_seconds" postgres_gone || die "PostgreSQL survived SIGKILL"
}

remove_cluster() {
    local real
    real=$(data_directory)
    # The link leads outside only to where create_cluster has put the data.
    case $real in
    "$dir"/*) ;;
    /var/lib/nuanxin-????????) rm -rf "$real" ;;
    esac
    rm -rf "$dir/postgres"
}
