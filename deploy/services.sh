# shellcheck shell=bash
# Starts, watches and stops the four services. Sourced by deploy/run, whose $state and $bin and addresses it uses.

# In the order in which they start; each is the name of an executable, a database and a broker user.
services=(registry funding events reporting)

ready_seconds=60 # from the start of the services until all are ready
stop_seconds=9   # a service drains within 8 seconds
backoff_limit=30 # seconds between two starts of a service that keeps dying

declare -A pids started failures due

# In a session of its own, so that Ctrl-C reaches this script alone, which then stops things in order.
become_service() {
    cd "$state/pid"
    export NUANXIN_AMQP_URL NUANXIN_LISTEN "NUANXIN_${1^^}_DB"
    # It seals the bodies of messages that wait or cannot be handled, and free texts.
    export "NUANXIN_${1^^}_SECRET_FILE=$state/secrets/$1-secret"
    NUANXIN_AMQP_URL=$(broker_url "$1")
    NUANXIN_LISTEN=$(listen_address "$1")
    printf -v "NUANXIN_${1^^}_DB" %s "$(database_url "$1" "$1")"
    # Names and numbers of people are encrypted with this key; whoever loses it has lost them.
    if [ "$1" = registry ]; then
        export NUANXIN_REGISTRY_KEY_FILE=$state/secrets/registry-key
        # While deploy/rotate-key is at work.
        local old_key=$state/secrets/registry-old-key
        [ ! -s "$old_key" ] || export NUANXIN_REGISTRY_OLD_KEY_FILE=$old_key
    fi
    if [ "$1" = reporting ]; then export NUANXIN_CONTRACT=$root/deploy/contract; fi
    exec setsid "$bin/$1" run
}

start_service() {
    (umask 077 && : >>"$state/log/$1.log")
    become_service "$1" >>"$state/log/$1.log" 2>&1 </dev/null 8>&- &
    pids[$1]=$!
    started[$1]=$SECONDS
    echo $! >"$state/pid/$1"
}

show_log() {
    printf -- '--- the last lines of %s\n' "$state/log/$1.log" >&2
    tail -n 15 "$state/log/$1.log" >&2
}

start_services() {
    local service key
    for key in registry-key "${services[@]/%/-secret}"; do
        [ -s "$state/secrets/$key" ] ||
            (umask 077 && od -An -N32 -tx1 /dev/urandom | tr -d ' \n' >"$state/secrets/$key")
    done
    step "Starting ${services[*]}"
    for service in "${services[@]}"; do start_service "$service"; done
    for service in "${services[@]}"; do
        until ready "$service"; do
            if ! kill -0 "${pids[$service]}" 2>/dev/null; then
                show_log "$service"
                die "$service ended while it was starting; what it misses stands above"
            elif [ $((SECONDS - started[$service])) -gt "$ready_seconds" ]; then
                show_log "$service"
                curl -s "http://$(listen_address "$service")/readyz?verbose" >&2 || true
                die "$service is not ready after $ready_seconds s; its log says why; to start anew and lose all data and keys: $(anew "$state")"
            fi
            nap
        done
    done
}

ready() { curl -sf -o /dev/null --max-time 2 "http://$(listen_address "$1")/readyz"; }

# A sleep that Ctrl-C cuts short.
nap() {
    sleep 0.2 &
    wait $! || true
}

# Starts a service that died again: at once the first time, then after 1, 2, 4 … seconds, until it has lived for a
# minute. One that was asked to end, as deploy/rotate-key asks, starts again in a second.
supervise() {
    local service status wait_seconds
    for service in "${services[@]}"; do
        if [ -z "${pids[$service]}" ]; then
            [ "$SECONDS" -lt "${due[$service]}" ] || start_service "$service"
        elif ! kill -0 "${pids[$service]}" 2>/dev/null; then
            status=0
            wait "${pids[$service]}" || status=$?
            pids[$service]=
            if [ "$status" = 0 ]; then
                due[$service]=$((SECONDS + 1))
                step "$service has ended as it was asked to; starting it again"
                continue
            fi
            [ $((SECONDS - started[$service])) -lt 60 ] || failures[$service]=0
            wait_seconds=$(((1 << ${failures[$service]:-0}) / 2))
            [ "$wait_seconds" -le "$backoff_limit" ] || wait_seconds=$backoff_limit
            failures[$service]=$((${failures[$service]:-0} + 1))
            [ "${failures[$service]}" -le 8 ] || failures[$service]=8
            due[$service]=$((SECONDS + wait_seconds))
            show_log "$service"
            step "$service ended with status $status; starting it again in $wait_seconds s"
        fi
    done
}

# supervised COMMAND…: runs it in the background, so that the services are looked after meanwhile.
supervised() {
    local status=0
    "$@" </dev/null &
    task=$!
    while kill -0 "$task" 2>/dev/null; do
        supervise
        nap
    done
    wait "$task" || status=$?
    task=
    return $status
}

ended() { ! kill -0 "$1" 2>/dev/null; }

# All at once, and before the servers, so that what they have under way is finished.
stop_services() {
    local service deadline=$((SECONDS + stop_seconds)) living=()
    [ -z "${task:-}" ] || kill -TERM "$task"
    for service in "${services[@]}"; do
        if [ -n "${pids[$service]:-}" ] && kill -TERM "${pids[$service]}" 2>/dev/null; then
            living+=("$service")
        fi
    done
    [ ${#living[@]} -gt 0 ] || return 0
    step "Stopping ${living[*]}"
    for service in "${living[@]}"; do
        if ! wait_until $((deadline - SECONDS)) ended "${pids[$service]}"; then
            step "$service did not drain within $stop_seconds s; killing it"
            kill -KILL "${pids[$service]}"
        fi
        rm -f "$state/pid/$service"
    done
}
