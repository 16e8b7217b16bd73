# shellcheck shell=bash
# Tests deploy/compose.tls.yml. Sourced by deploy/test-compose.

test_tls() {
    step "With TLS"
    servers=(postgres rabbitmq)
    start_deployment --tls
    check_encryption
    publish_first
    start_load
    rotate_secrets
    finish_load
    start_load
    kill_container rabbitmq
    kill_container postgres
    finish_load
    check_nothing_lost
}

check_encryption() {
    expect "the authority's key is in no container" authority_key_is_away
    expect "the broker speaks no AMQP without TLS" plain_amqp_is_refused
    expect "PostgreSQL refuses who comes without TLS" plain_session_is_refused
    expect "every session from elsewhere is encrypted" sessions_are_encrypted
    expect "a broker by another name is not believed" \
        another_name_is_refused NUANXIN_AMQP_URL "$(cat "$deployment/secrets/broker/operator")" rabbitmq
    expect "a database by another name is not believed" \
        another_name_is_refused NUANXIN_FUNDING_DB "$(cat "$deployment/secrets/database/funding")" postgres
    expect "servers of another authority are not believed" foreign_authority_is_refused
}

authority_key_is_away() {
    local id
    for id in $(compose ps -q); do
        ! inspect '{{range .Mounts}}{{.Source}} {{end}}' "$id" | grep -q authority.key || return 1
    done
}

plain_amqp_is_refused() {
    compose exec -T rabbitmq bash -c \
        'exec 3<>/dev/tcp/127.0.0.1/5671 && ! exec 4<>/dev/tcp/127.0.0.1/5672' 2>/dev/null
}

plain_session_is_refused() {
    local url said
    url=$(sed 's#sslmode=verify-full#sslmode=disable#' "$deployment/secrets/database/funding")
    ! said=$(compose exec -T postgres psql -X "$url" -c 'SELECT 1' 2>&1) && [[ $said == *'no encryption'* ]]
}

sessions_are_encrypted() {
    test "$(query postgres "SELECT count(*) > 0 AND bool_and(ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)
        WHERE client_addr IS NOT NULL")" = t
}

# ask VARIABLE ADDRESS [OPTION…]: what the tool's doctor says with that address.
ask_doctor() {
    local variable=$1 address=$2
    shift 2
    compose run -T --rm "$@" --entrypoint sh -e "ADDRESS=$address" tool -c \
        "unset ${variable}_FILE; export $variable=\$ADDRESS; exec nuanxin doctor" 2>/dev/null || true
}

# The server's address is right, the name by which it is called is not in its certificate.
another_name_is_refused() {
    local address
    address=$(container_address "$3")
    ask_doctor "$1" "${2/@$3:/@$address:}" >"$state/another-name"
    ! grep -q "^WRONG" <(ask_doctor "$1" "$2" | grep -e ' broker:' -e 'of funding:') &&
        grep -qE "^WRONG .*(hostname verification failed|does not match host name)" "$state/another-name"
}

# Of the network that the tool shares with it.
container_address() {
    local network=operator
    [ "$1" = rabbitmq ] || network=database
    inspect "{{(index .NetworkSettings.Networks \"nuanxin-test_$network\").IPAddress}}" "$(containers "$1" | sed -n 1p)"
}

# Another authority signs whatever it likes, but nobody here has it in hand.
foreign_authority_is_refused() {
    local other=$state/other said
    rm -rf "$other"
    mkdir -p "$other"
    openssl req -x509 -newkey rsa:2048 -nodes -subj "/CN=Somebody" -days 2 -keyout "$other/key" -out "$other/authority" \
        2>/dev/null
    said=$(ask_doctor NUANXIN_AMQP_URL "$(sed 's#/run/secrets/authority#/other/authority#' \
        "$deployment/secrets/broker/operator")" -v "$other:/other:ro")
    grep -qE '^WRONG .*(broker):' <<<"$said" || return 1
    said=$(ask_doctor NUANXIN_FUNDING_DB "$(sed 's#/run/secrets/authority#/other/authority#' \
        "$deployment/secrets/database/funding")" -v "$other:/other:ro")
    grep -qE '^WRONG .*funding.*certificate verify failed' <<<"$said"
}
