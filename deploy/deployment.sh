# shellcheck shell=bash
# A deployment with compose files as manual/compose.md tells to make it, and load on it. Sourced by
# deploy/test-compose, whose $state, $services and limits it uses.

deployment=$state/deployment
# The containers that must be healthy; services that run twice are included once.
servers=()

# A command of several words, such as docker compose.
read -ra compose_program <<<"${COMPOSE:-docker-compose}"

compose() { (cd "$deployment" && "${compose_program[@]}" -p nuanxin-test "$@" 8>&-); }

# The containers of a compose service; one a line.
containers() { compose ps -q "$1" 2>/dev/null; }

# inspect FORMAT CONTAINER
inspect() { docker inspect -f "$1" "$2" 2>/dev/null; }

init() {
    docker run --rm --user "$(id -u):$(id -g)" -v "$deployment:/deployment" nuanxin-test \
        nuanxin init "$@" /deployment >"$state/init" 2>&1
}

# prepare [OPTION…]: the files beside each other, then the secrets; the options are init's.
prepare_deployment() {
    local before
    rm -rf "$deployment"
    mkdir -p "$deployment/postgres" "$deployment/rabbitmq"
    cp "$root"/deploy/compose*.yml "$deployment"
    cp -r "$root/deploy/monitoring" "$deployment"
    cp "$root"/deploy/postgres/{service.sql,scratch.sql,start.sh} "$deployment/postgres"
    cp "$root"/deploy/rabbitmq/{start.sh,*.conf,*.config} "$deployment/rabbitmq"
    init "$@" || die "nuanxin init failed: $(cat "$state/init")"
    before=$(find "$deployment" -type f -exec sha256sum {} + | sort)
    init || die "nuanxin init failed where all is there: $(cat "$state/init")"
    expect "a second nuanxin init changes nothing" \
        test "$before" = "$(find "$deployment" -type f -exec sha256sum {} + | sort)"
    expect "nobody but their owner may read the secrets, but for what servers read" \
        test -z "$(find "$deployment/secrets" -type f -perm /077 ! -name '*.json' ! -name '*.sql' ! -name superuser \
            ! -name '*.pem' ! -name postgres.key ! -name rabbitmq.key ! -name replicator ! -name erlang-cookie)"
    expect "nobody may read more than the owner's group may" \
        test -z "$(find "$deployment/secrets" -type f -name '*.key' -perm /037)"
    expect "the servers' files hold no password" no_password_leaks
}

no_password_leaks() {
    ! grep -rhoE ':[0-9a-f]{48}@' "$deployment/secrets/broker" "$deployment/secrets/database" | tr -d ':@' |
        grep -qF -f - "$deployment"/secrets/{definitions.json,superuser,*.sql}
}

# start [OPTION…]: a deployment from nothing, all of it at once.
start_deployment() {
    remove_deployment
    prepare_deployment "$@"
    step "Starting everything at once"
    compose up -d >"$state/up.log" 2>&1 || die "docker-compose up failed, see $state/up.log"
    await_health
    step "Everything is healthy"
}

# set_environment NAME=VALUE: in .env, as an operator would.
set_environment() {
    sed -i "/^${1%%=*}=/d" "$deployment/.env"
    echo "$1" >>"$deployment/.env"
}

remove_deployment() {
    [ ! -e "$deployment/.env" ] || compose down -v --remove-orphans -t 10 >"$state/down.log" 2>&1 ||
        die "docker-compose down failed, see $state/down.log"
}

healthy() {
    local id found=
    for id in $(containers "$1"); do
        found=1
        [ "$(inspect '{{.State.Health.Status}}' "$id")" = healthy ] || return 1
    done
    [ -n "$found" ]
}

all_healthy() {
    local name
    for name in "${servers[@]}" "${services[@]}"; do healthy "$name" || return 1; done
}

await_health() {
    wait_until "$healthy_seconds" all_healthy && return
    compose ps >&2
    compose logs --tail=15 >&2
    die "not all containers are healthy after $healthy_seconds s"
}

tool() {
    compose run -T --rm tool "$@" 2>"$state/tool.log" || {
        cat "$state/tool.log" >&2
        return 1
    }
}

# report SERVICE ARGUMENT…: a report of a service on its own tables.
report() { compose run -T --rm "$1" "$@"; }

# query DATABASE SQL, at the one that takes writes.
primary=postgres
query() { compose exec -T "$primary" psql -X -A -t -U postgres -d "$1" -c "$2"; }

# ---- load

# Through the operator's tool, which ends with status 0 only if every command has got its answer and none was refused.
publish() { compose run -T --rm tool publish --json - 2>"$state/publish.log" 8>&-; }

load() { python3 "$root/deploy/load.py" "$@"; }

publish_first() {
    step "Publishing a territory, a household and a fund"
    fund=$(cat /proc/sys/kernel/random/uuid)
    : >"$state/published"
    if ! { load territory | publish && load first "$fund" | publish; } >"$state/receipts"; then
        tail -n 5 "$state/receipts" "$state/publish.log" >&2
        die "what comes first was not accepted"
    fi
}

start_load() {
    rm -f "$state/stop"
    load donations "$fund" "$state/stop" | tee -a "$state/published" | publish >"$state/receipts" &
    load=$!
    await_flow 200 "nothing is decided; see $state/publish.log"
}

receipts() { wc -l <"$state/receipts"; }

load_flows() { [ "$(receipts)" -gt "$1" ]; }

# await_flow COUNT COMPLAINT: waits until so many more commands are decided.
await_flow() { wait_until "$healthy_seconds" load_flows "$(($(receipts) + $1))" || die "$2"; }

# As after a power cut, of one container. What kills is not the engine, which would take it for a wish to stop.
kill_container() {
    local id pid starts
    id=$(containers "$1" | sed -n 1p)
    pid=$(inspect '{{.State.Pid}}' "$id")
    starts=$(inspect '{{.RestartCount}}' "$id")
    step "  kill -9 of $1"
    # From a container that sees all processes: that needs no root here, and the engine may be elsewhere.
    docker run --rm --pid host "$base_image" sh -c "kill -KILL $pid"
    wait_until "$healthy_seconds" restarted "$id" "$pid" || die "$1 did not come back"
    starts_are "$1" "$id" $((starts + 1))
    await_flow 200 "nothing is decided since $1 was killed"
}

restarted() {
    local now
    now=$(inspect '{{.State.Pid}} {{.State.Health.Status}}' "$1") || return 1
    [[ $now != "$2 "* && $now == *" healthy" ]]
}

# restart_container NAME: as an operator does it, so that it ends by itself.
restart_container() {
    local id
    id=$(containers "$1")
    compose restart "$1" >/dev/null 2>&1
    wait_until "$healthy_seconds" healthy "$1" || die "$1 did not come back"
    starts_are "$1" "$id" 0
    await_flow 200 "nothing is decided since $1 was restarted"
}

# starts_are NAME CONTAINER COUNT: how often the engine has started it by itself. A server that fails at its start and
# is started again is healthy in the end too.
starts_are() {
    local starts
    starts=$(inspect '{{.RestartCount}}' "$2")
    [ "$starts" = "$3" ] || die "$1 failed $((starts - $3)) times before it was there"
}

finish_load() {
    touch "$state/stop"
    wait "$load" || {
        tail -n 5 "$state/publish.log" >&2
        die "not every command was accepted"
    }
    load=
}

stop_load() {
    touch "$state/stop"
    [ -z "${load:-}" ] || kill -TERM "$load" 2>/dev/null
}

# ---- what must be so afterwards

figure() {
    curl -sf "http://127.0.0.1:${HTTP_PORT%-*}/v1/datasets/funding/snapshot?format=ndjson" |
        jq -rs --arg measure "$1" '[.[] | select(.key.territory? == "350203" and .key.period? == "2020")
            | .measures[$measure].value? // empty] | first // 0'
}

figure_is() { [ "$(figure "$1")" = "$2" ]; }

check_nothing_lost() {
    local count
    count=$(wc -l <"$state/published")
    step "Checking that of $count donations nothing is lost, and nothing counted twice"
    expect "each donation was decided once" \
        test "$(query funding "SELECT count(*), count(DISTINCT id), sum(amount_fen) FROM donation")" = \
        "$count|$count|$((count * 100))"
    expect "the ledger sums to zero" test "$(query funding "SELECT sum(amount_fen) FROM entry")" = 0
    expect "the trial balance agrees with the balances" report funding ledger trial-balance >"$state/trial-balance"
    expect "the household is there" test "$(query registry "SELECT count(*) FROM household")" = 1
    wait_until "$settle_seconds" figure_is donations_fen "$((count * 100))" || true
    expect "reporting says so over HTTP" figure_is donations_fen "$((count * 100))"
    expect "nuanxin status is well" tool status >"$state/status"
    expect "nuanxin doctor finds nothing" tool doctor >"$state/doctor"
}
