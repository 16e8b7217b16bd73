# shellcheck shell=bash
# A private RabbitMQ node in $dir/rabbitmq. Sourced by deploy/servers.

# How many commands a channel may have under way at a quorum queue; RabbitMQ's own default is 32.
quorum_commands_soft_limit=${QUORUM_COMMANDS_SOFT_LIMIT:-32}

broker_pid() { cat "$dir/rabbitmq/$1.pid" 2>/dev/null || true; }
broker_runs() { runs_in "$(broker_pid broker)" "$dir/rabbitmq"; }
# The leader of a process that is killed may be gone while other threads of it still hold its ports.
broker_gone() { ! broker_runs && ! listening "$(recall "$dir" amqp)" && ! listening "$(recall "$dir" management)"; }
epmd_runs() { runs_in "$(broker_pid epmd)" "$dir/rabbitmq"; }

# Whether the broker speaks AMQP: it opens this port last, when definitions and plugins are in place.
broker_answers() {
    local first=
    broker_runs || return 2
    { exec 3<>"/dev/tcp/127.0.0.1/$(recall "$dir" amqp)"; } 2>/dev/null || return 1
    # Pipes and sockets that break here say no; the next try will tell.
    { printf 'AMQP\0\0\11\1' >&3; IFS= read -r -N 1 -t 5 first <&3; } 2>/dev/null || true
    exec 3>&-
    [ "$first" = $'\1' ]
}

broker_answers_or_died() { broker_answers || [ $? = 2 ]; }

# The management plugin makes stopping five seconds slower (1.3 s without it), so it is there only when needed, and
# beside it what Prometheus asks; sampling every queue would cost more, and nobody looks at the samples.
write_broker_configuration() {
    local etc=$dir/rabbitmq plugins=
    {
        echo "listeners.tcp.1 = 127.0.0.1:$(recall "$dir" amqp)"
        echo "max_message_size = 16777216"
        if [ -e "$dir/definitions.json" ]; then
            echo "load_definitions = $dir/definitions.json"
        else
            plugins=rabbitmq_management,rabbitmq_prometheus
            echo "default_user = admin"
            echo "default_pass = $(secret "$dir/secrets/admin")"
            echo "management.tcp.ip = 127.0.0.1"
            echo "management.tcp.port = $(recall "$dir" management)"
            echo "prometheus.tcp.ip = 127.0.0.1"
            echo "prometheus.tcp.port = $(recall "$dir" prometheus)"
            echo "management_agent.disable_metrics_collector = true"
        fi
    } >"$etc/rabbitmq.conf"
    echo "[$plugins]." >"$etc/enabled_plugins"
    echo "[{rabbit, [{quorum_commands_soft_limit, $quorum_commands_soft_limit}]}]." \
        >"$etc/advanced.config"
}

# in_background NAME COMMAND…: a session of its own, so that Ctrl-C reaches the script alone, in the broker's
# directory and with nothing of the caller's environment. It is in that directory from its first moment: what is
# asked of it at once (`runs_in`) must not find it elsewhere.
in_background() {
    local name=$1 before=$PWD
    shift
    cd "$dir/rabbitmq"
    (
        close_descriptors
        exec setsid env -i PATH="$PATH" LANG=C.UTF-8 HOME="$dir/rabbitmq" \
            ERL_EPMD_PORT="$(recall "$dir" epmd)" ERL_EPMD_ADDRESS=127.0.0.1 "$@"
    ) >"$dir/rabbitmq/$name.out" 2>&1 </dev/null &
    echo $! >"$dir/rabbitmq/$name.pid"
    disown
    cd "$before"
}

# Debian's wrapper in /usr/sbin wants to be root or rabbitmq; the program behind it does not care who runs it.
# `detached` makes that program become the node instead of waiting for it, so that the pid is the node's.
start_broker() {
    local name node
    ! broker_runs || return 0
    [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] ||
        die "RabbitMQ is not installed; as root: apt-get install rabbitmq-server"
    (umask 077 && mkdir -p "$dir/rabbitmq")
    epmd_runs || choose_port "$dir" epmd
    for name in amqp management prometheus distribution; do choose_port "$dir" "$name"; done
    # The data belong to the node's name: it is made once and stays, wherever the directory is moved to.
    node=$(recall "$dir" node)
    if [ -z "$node" ]; then
        node=nuanxin_$(printf %s "$dir" | sha256sum | cut -c1-8)@localhost
        remember "$dir" node "$node"
    fi
    (umask 077 && write_broker_configuration)
    epmd_runs || in_background epmd epmd -port "$(recall "$dir" epmd)" -address 127.0.0.1
    # Some containers allow a thousand million files, which Erlang would make tables for.
    ulimit -n 65536 2>/dev/null || ulimit -n "$(ulimit -Hn)"
    in_background broker detached=1 RABBITMQ_CONF_ENV_FILE=/dev/null RABBITMQ_NODENAME="$node" \
        RABBITMQ_DIST_PORT="$(recall "$dir" distribution)" \
        RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS='-kernel inet_dist_use_interface {127,0,0,1}' \
        RABBITMQ_MNESIA_BASE="$dir/rabbitmq/mnesia" RABBITMQ_LOG_BASE="$dir/rabbitmq/log" \
        RABBITMQ_PID_FILE="$dir/rabbitmq/mnesia/node.pid" \
        RABBITMQ_ENABLED_PLUGINS_FILE="$dir/rabbitmq/enabled_plugins" \
        RABBITMQ_CONFIG_FILE="$dir/rabbitmq/rabbitmq.conf" \
        RABBITMQ_ADVANCED_CONFIG_FILE="$dir/rabbitmq/advanced.config" \
        /usr/lib/rabbitmq/bin/rabbitmq-server
}

await_broker() {
    if ! wait_until "$start_seconds" broker_answers_or_died || ! broker_answers; then
        tail -n 20 "$dir/rabbitmq/broker.out" >&2 || true
        die "RabbitMQ did not start; more may stand in $dir/rabbitmq/log"
    fi
}

# The node leads its own process group, which holds its helpers too.
kill_broker() {
    broker_runs || return 0
    kill -KILL -- "-$(broker_pid broker)" 2>/dev/null || true
    wait_until "$stop_seconds" broker_gone || die "RabbitMQ survived SIGKILL"
}

stop_broker() {
    local try
    # Erlang loses a SIGTERM in its first 0.3 s, so it is sent again; a node that is stopping takes no notice.
    for ((try = 0; try < stop_seconds / 3; try++)); do
        broker_runs || break
        kill -TERM "$(broker_pid broker)" 2>/dev/null || true
        wait_until 3 broker_gone || true
    done
    kill_broker
    # It keeps nothing; and SIGTERM is blocked in what a test has started.
    ! epmd_runs || kill -KILL "$(broker_pid epmd)" 2>/dev/null || true
    rm -f "$dir/rabbitmq/broker.pid" "$dir/rabbitmq/epmd.pid"
}
