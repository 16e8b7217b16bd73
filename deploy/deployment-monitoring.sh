# shellcheck shell=bash
# Tests deploy/compose.monitoring.yml. Sourced by deploy/test-compose.

alert_seconds=240 # an alert waits two minutes, and is looked at each quarter of one

test_monitoring() {
    step "With Prometheus and Grafana"
    servers=(postgres rabbitmq)
    start_deployment
    start_watchers
    await_targets 4 1
    expect "each alert of the file is a rule" test "$(ask_prometheus rules '[.data.groups[].rules[]] | length')" = \
        "$(grep -c -e '- alert:' "$deployment/monitoring/alerts.yml")"
    # Targets that are not up yet are missing for a moment.
    wait_until "$settle_seconds" alert_is "" || die "something is wrong: $(alerts)"
    step "  nothing is wrong"
    compose stop events >/dev/null 2>&1
    wait_until "$alert_seconds" alert_is "ServiceDown events firing" || die "nobody is told that events is gone"
    step "  ServiceDown fires for events alone"
    compose start events >/dev/null 2>&1
    wait_until "$alert_seconds" alert_is "" || die "there is still: $(alerts)"
    step "  and no more once it is back"
}

# start_watchers [NAME=VALUE…]: adds the overlay to a deployment that runs, as manual/monitoring.md says.
start_watchers() {
    local setting image files
    image=$(public_image GRAFANA_IMAGE)
    export PROMETHEUS_IMAGE PROMETHEUS_PORT GRAFANA_PORT
    PROMETHEUS_IMAGE=$(server_image prometheus PROMETHEUS_IMAGE)
    choose_port "$state" prometheus
    PROMETHEUS_PORT=$(recall "$state" prometheus)
    choose_port "$state" grafana
    GRAFANA_PORT=$(recall "$state" grafana)
    files=$(sed -n 's/^COMPOSE_FILE=//p' "$deployment/.env")
    for setting in "COMPOSE_FILE=${files:-compose.yml}:compose.monitoring.yml" "$@"; do set_environment "$setting"; done
    servers+=(prometheus)
    if pull "$image"; then
        servers+=(grafana)
    else
        step "  GRAFANA IS NOT STARTED: its image cannot be pulled here, and Debian has no package of it"
    fi
    compose up -d "${servers[@]}" >"$state/up.log" 2>&1 || die "docker-compose up failed, see $state/up.log"
    await_health
    ! pull "$image" || expect "Grafana has the dashboards" grafana_has_dashboards
}

grafana_has_dashboards() {
    test "$(curl -sf "http://127.0.0.1:$GRAFANA_PORT/api/search?type=dash-db" | jq length)" = \
        "$(find "$deployment/monitoring/grafana/dashboards" -name '*.json' | wc -l)"
}

# ask_prometheus WHAT FILTER, of jq.
ask_prometheus() { curl -sf "http://127.0.0.1:$PROMETHEUS_PORT/api/v1/$1" | jq -r "$2"; }

alerts() { ask_prometheus alerts '[.data.alerts[] | "\(.labels.alertname) \(.labels.service) \(.state)"] | sort | join("; ")'; }

alert_is() { [ "$(alerts)" = "$1" ]; }

# await_targets SERVICES BROKERS: each is asked, brokers also for their queues, and answers.
await_targets() {
    wait_until "$settle_seconds" targets_are_up $(($1 + 2 * $2)) ||
        die "not all answer Prometheus: $(ask_prometheus targets '.data.activeTargets[] | .scrapeUrl + " " + .health')"
    step "  Prometheus is answered by $1 services and $2 brokers"
}

targets_are_up() {
    [ "$(ask_prometheus targets '[.data.activeTargets[] | select(.health == "up")] | length')" = "$1" ] &&
        [ "$(ask_prometheus targets '.data.activeTargets | length')" = "$1" ]
}
