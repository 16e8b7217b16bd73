# shellcheck shell=bash
# Tests deploy/compose.cluster.yml, with TLS and Prometheus, so that all files are in use. Sourced by deploy/test-compose.

brokers=(rabbitmq rabbitmq-2 rabbitmq-3)

test_cluster() {
    step "A cluster, with TLS"
    servers=("${brokers[@]}" postgres postgres-standby)
    # A range, for two of reporting.
    HTTP_PORT=$HTTP_PORT-$((HTTP_PORT + 1))
    start_deployment --tls --cluster
    check_members
    publish_first
    start_load
    kill_members
    fail_over
    take_back
    finish_load
    change_cookie
    check_nothing_lost
    start_watchers PROMETHEUS_CONFIG=prometheus.cluster.yml
    await_targets 8 3
}

check_members() {
    wait_until "$healthy_seconds" queues_have_three_members || die "not every queue has three members"
    step "  every queue has three members"
    wait_until "$settle_seconds" standby_follows || die "the standby does not follow"
    step "  commits wait for the standby"
    expect "each service is there twice" services_are_twofold
    expect "every session from elsewhere is encrypted" sessions_are_encrypted
    expect "brokers speak to each other by TLS alone" brokers_ask_for_certificates
}

# The port of Erlang's distribution, seen by somebody who knows the authority and has no certificate of it.
brokers_ask_for_certificates() {
    compose run -T --rm --entrypoint sh tool -c \
        'openssl s_client -connect rabbitmq-2:25672 -verify_hostname rabbitmq-2 -CAfile /run/secrets/authority 2>&1 </dev/null' \
        >"$state/inter-node" 2>&1 || true
    grep -q 'Verified peername: rabbitmq-2' "$state/inter-node" &&
        grep -qE 'alert (handshake failure|certificate required)' "$state/inter-node"
}

queues_have_three_members() {
    local members
    members=$(compose exec -T rabbitmq rabbitmqctl -q list_queues --no-table-headers name members 2>/dev/null) || return 1
    [ -n "$members" ] || return 1
    # Such as: funding.facts [rabbit@rabbitmq, rabbit@rabbitmq-2, rabbit@rabbitmq-3]
    ! grep -vE '(rabbit@[^,]*, *){2}rabbit@' <<<"$members" | grep -q .
}

standby_follows() { [ "$(query postgres 'SELECT sync_state FROM pg_stat_replication')" = sync ]; }

services_are_twofold() {
    local name
    for name in "${services[@]}"; do [ "$(containers "$name" | wc -l)" = 2 ] || return 1; done
}

# One after the other; each is well again before the next.
kill_members() {
    local name
    step "Killing one of each under load"
    sleep 6
    for name in "${brokers[@]}" "${services[@]}" postgres-standby postgres; do kill_container "$name"; done
    wait_until "$settle_seconds" standby_follows || die "the standby does not follow"
}

# The primary is gone for good, and the standby takes over.
fail_over() {
    local begun=$SECONDS
    step "Failing over to the standby under load"
    set_environment POSTGRES_PRIMARY=postgres-standby
    set_environment POSTGRES_SYNCHRONOUS=off
    docker rm -f "$(containers postgres)" >/dev/null
    compose up -d postgres postgres-standby >"$state/up.log" 2>&1 || die "docker-compose up failed, see $state/up.log"
    primary=postgres-standby
    await_flow 200 "nothing is decided since the standby took over"
    step "  decided again $((SECONDS - begun)) s after the primary was removed"
    wait_until "$settle_seconds" old_primary_stays_away || die "the old primary came back as one"
    step "  the old primary does not come back as one"
}

old_primary_stays_away() { compose logs --tail=5 postgres 2>&1 | grep -q 'took writes before'; }

# The old primary becomes the new standby.
take_back() {
    step "Making a standby of the old primary under load"
    compose rm -sf postgres >/dev/null 2>&1
    docker volume rm nuanxin-test_postgres >/dev/null
    set_environment POSTGRES_SYNCHRONOUS=on
    compose up -d postgres postgres-standby >"$state/up.log" 2>&1 || die "docker-compose up failed, see $state/up.log"
    await_health
    wait_until "$settle_seconds" standby_follows || die "the new standby does not follow"
    await_flow 200 "nothing is decided since there is a standby again"
}

# Changes the cookie that lets brokers into the cluster, as manual/cluster.md says: while none of them runs.
change_cookie() {
    step "Changing the brokers' cookie"
    compose stop "${brokers[@]}" >/dev/null 2>&1
    rm "$deployment/secrets/erlang-cookie"
    init || die "nuanxin init failed: $(cat "$state/init")"
    compose up -d >"$state/up.log" 2>&1 || die "docker-compose up failed, see $state/up.log"
    await_health
    wait_until "$settle_seconds" queues_have_three_members || die "not every queue has three members"
    start_load
    finish_load
    step "  the brokers are together again, by another cookie"
}
