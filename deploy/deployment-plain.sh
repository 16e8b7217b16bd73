# shellcheck shell=bash
# Tests deploy/compose.yml alone. Sourced by deploy/test-compose.

restarts=3 # of each container

test_plain() {
    step "One machine"
    servers=(postgres rabbitmq)
    start_deployment
    check_hardening
    measure_start
    publish_first
    start_load
    rotate_secrets
    finish_load
    start_load
    restart_each
    kill_each
    finish_load
    check_nothing_lost
    wipe_and_restore
    check_nothing_lost
    check_access
    check_stop
}

check_hardening() {
    local name
    for name in "${services[@]}"; do
        # shellcheck disable=SC2016  # for the shell in the container
        expect "$name runs as nobody special, with no capability and no way to one" \
            compose exec -T "$name" sh -c '[ "$(id -u)" != 0 ] && grep -q "^CapBnd:.0*$" /proc/1/status &&
                grep -q "^NoNewPrivs:.1$" /proc/1/status'
        expect "$name can write nowhere" compose exec -T "$name" sh -c '! touch /x /tmp/x /usr/local/bin/x 2>/dev/null'
    done
    expect "compose.monitoring.yml goes with it" compose -f compose.yml -f compose.monitoring.yml config -q
    expect "the broker answers Prometheus" \
        compose exec -T rabbitmq bash -c 'exec 3<>/dev/tcp/127.0.0.1/15692'
    expect "only reporting's port is open, and to this machine alone" \
        test "$(docker ps --filter label=com.docker.compose.project=nuanxin-test --format '{{.Ports}}' | grep -e '->')" = \
        "127.0.0.1:$HTTP_PORT->8080/tcp"
    expect "a placeholder refuses to start, by its key's name" placeholder_is_refused
    expect "a service cannot reach another's database" foreign_database_is_refused
    expect "PostgreSQL refuses the data of another version, by its number" other_version_is_refused
}

placeholder_is_refused() {
    local said
    ! said=$(docker run --rm -e NUANXIN_AMQP_URL=amqp://funding:changeme@rabbitmq nuanxin-test funding run 2>&1) &&
        [[ $said == *NUANXIN_AMQP_URL*placeholder* ]]
}

foreign_database_is_refused() {
    local url said
    url=$(sed 's#@postgres:5432/funding$#@127.0.0.1/registry#' "$deployment/secrets/database/funding")
    ! said=$(compose exec -T postgres psql -X "$url" -c 'SELECT 1' 2>&1) && [[ $said == *'permission denied for database'* ]]
}

other_version_is_refused() {
    local said
    # shellcheck disable=SC2016  # for the shell in the container
    ! said=$(compose run -T --rm -e PGDATA=/tmp/data --entrypoint sh postgres -c 'mkdir "$PGDATA" &&
        echo 9 >"$PGDATA/PG_VERSION" && exec sh /etc/nuanxin/start.sh postgres' 2>&1) &&
        [[ $said == *"data of PostgreSQL 9, and this is PostgreSQL"* ]]
}

# How long a service takes from the start of its container until it says that it is ready.
measure_start() {
    local begun
    compose stop funding >/dev/null 2>&1
    begun=$(date +%s%3N)
    compose start funding >/dev/null 2>&1
    wait_until "$healthy_seconds" compose exec -T funding funding healthcheck >/dev/null 2>&1
    step "  funding was ready $(($(date +%s%3N) - begun)) ms after compose was asked to start it"
}

# ---- under load

# All passwords at once; the containers that are killed afterwards show that none comes back.
rotate_secrets() {
    local before name
    step "Changing all passwords under load"
    before=$(cat "$deployment"/secrets/{broker,database}/*)
    old_broker=$(password_in broker/funding)
    old_database=$(cat "$deployment/secrets/database/funding")
    compose run -T --rm -v "$deployment:/deployment" tool secrets rotate /deployment >"$state/rotate" 2>&1 ||
        die "secrets rotate failed: $(cat "$state/rotate")"
    expect "no secret is what it was" \
        test -z "$(comm -12 <(sort <<<"$before") <(sort "$deployment"/secrets/{broker,database}/*))"
    expect "nobody but their owner may read them" \
        test -z "$(find "$deployment"/secrets/{broker,database} -type f -perm /077)"
    await_flow 200 "nothing is decided since the passwords changed"
    for name in "${services[@]}"; do restart_container "$name"; done
    expect "the old passwords are refused" old_passwords_are_refused
}

password_in() { sed 's#^[^:]*://[^:]*:\([^@]*\)@.*#\1#' "$deployment/secrets/$1"; }

old_passwords_are_refused() {
    compose exec -T rabbitmq rabbitmqctl -q authenticate_user funding "$(password_in broker/funding)" >/dev/null 2>&1 &&
        ! compose exec -T rabbitmq rabbitmqctl -q authenticate_user funding "$old_broker" >/dev/null 2>&1 &&
        compose exec -T postgres psql -X "$(cat "$deployment/secrets/database/funding")" -c 'SELECT 1' >/dev/null 2>&1 &&
        ! compose exec -T postgres psql -X "$old_database" -c 'SELECT 1' >/dev/null 2>&1
}

# A broker that imports its definitions has to start at each try.
restart_each() {
    local name round
    step "Restarting each container $restarts times under load"
    for ((round = 1; round <= restarts; round++)); do
        for name in "${servers[@]}" "${services[@]}"; do restart_container "$name"; done
        step "  $round: each came back at once"
    done
}

kill_each() {
    local name
    step "Killing each container under load"
    # RabbitMQ 3.10 writes the names of new queues' logs some seconds late.
    sleep 6
    for name in "${services[@]}" rabbitmq postgres; do kill_container "$name"; done
    expect "the old passwords are refused by servers that began anew" old_passwords_are_refused
}

# ---- the loss of all databases

# After a backup: all data of PostgreSQL are gone, and come back. Then what is published goes on.
wipe_and_restore() {
    local backup
    step "Making a backup, deleting the databases, restoring them"
    expect "a backup is made while everything runs" tool backup /backups >"$state/backup"
    backup=/backups/$(find "$deployment/backups" -mindepth 1 -maxdepth 1 -name '[0-9]*' -printf '%f\n' | sort | tail -n 1)
    expect "it holds what the databases hold" tool backup verify "$backup" >>"$state/backup"
    compose stop "${services[@]}" >/dev/null 2>&1
    compose rm -sf postgres >/dev/null 2>&1
    docker volume rm nuanxin-test_postgres >/dev/null
    compose up -d postgres >"$state/up.log" 2>&1 || die "docker-compose up failed, see $state/up.log"
    wait_until "$healthy_seconds" healthy postgres || die "PostgreSQL did not come back"
    expect "nothing is there any more" test -z "$(query funding "SELECT to_regclass('donation')")"
    compose run -T --rm owner restore --yes "$backup" >"$state/restore" 2>&1 || die "restore failed: $(cat "$state/restore")"
    step "  restored"
    compose up -d >"$state/up.log" 2>&1 || die "docker-compose up failed, see $state/up.log"
    await_health
    start_load
    finish_load
}

# ---- at last

check_access() {
    expect "another system can be let in" \
        tool publisher add bank --types 'funding.donation.*' --territory 350203 >"$state/bank"
    expect "and shut out" tool publisher revoke bank >>"$state/bank"
}

check_stop() {
    local begun name id ids=()
    # Of those that have ended, not every compose tells the ids.
    for name in "${services[@]}"; do ids+=("$(containers "$name")"); done
    begun=$SECONDS
    compose stop "${services[@]}" >/dev/null 2>&1
    expect "the services stop within $drain_seconds s" test $((SECONDS - begun)) -le $((drain_seconds + 2))
    for id in "${ids[@]}"; do
        expect "$(inspect '{{.Name}}' "$id") ended by itself" test "$(inspect '{{.State.ExitCode}}' "$id")" = 0
    done
}
