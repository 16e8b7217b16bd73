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

# The broker's users are those with a password in DIR/secrets/broker. Where an administrator is one of them, there is the
# management interface, which is his.
has_management() { [ -e "$dir/secrets/broker/administrator" ]; }

# The directory with the tool that was built last, for tests or to be run.
built_tool() {
    local directory newest=
    for directory in "$root"/.build{,-run}/release; do
        [ -x "$directory/nuanxin" ] || continue
        if [ -z "$newest" ] || [ "$directory/nuanxin" -nt "$newest/nuanxin" ]; then newest=$directory; fi
    done
    [ -n "$newest" ] && echo "$newest"
}

# Writes what the broker must know, as a file that is the same as before if nothing has changed. The program that knows
# is our tool, from NUANXIN_BIN (or NUANXIN_TEST_BIN, or a build that is there); without either, what was written stays.
write_definitions() {
    local bin=${NUANXIN_BIN:-${NUANXIN_TEST_BIN:-}}
    [ -n "$bin" ] || [ ! -e "$dir/definitions.json" ] || return 0
    [ -d "$dir/secrets/broker" ] || secret "$dir/secrets/broker/administrator" >/dev/null
    [ -n "$bin" ] || bin=$(built_tool) || die "nothing is built yet: run deploy/run or deploy/test, or set NUANXIN_BIN"
    (umask 077 && env -i PATH="$PATH" NUANXIN_SECRETS_DIR="$dir/secrets/broker" \
        "$bin/nuanxin" topology --definitions --to "$dir/definitions.json") ||
        die "$bin/nuanxin topology could not write $dir/definitions.json"
}

# The management plugin makes stopping RabbitMQ 3.10 five seconds slower (1.3 s without it), so it is there only when
# needed, and beside it what Prometheus asks; sampling every queue would cost more, and nobody looks at the samples.
write_broker_configuration() {
    local etc=$dir/rabbitmq plugins=
    {
        echo "listeners.tcp.1 = 127.0.0.1:$(recall "$dir" amqp)"
        echo "max_message_size = 16777216"
        echo "consumer_timeout = 1800000"
        echo "definitions.skip_if_unchanged = true"
        echo "definitions.import_backend = local_filesystem"
        echo "definitions.local.path = $dir/definitions.json"
        if has_management; then
            plugins=rabbitmq_management,rabbitmq_prometheus
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

# broker_program COMMAND…: with the programs of the broker's at hand, and its surroundings.
broker_program() {
    (
        cd "$dir/rabbitmq"
        exec env -i PATH="/usr/lib/rabbitmq/bin:$PATH" LANG=C.UTF-8 HOME="$dir/rabbitmq" \
            ERL_EPMD_PORT="$(recall "$dir" epmd)" RABBITMQ_NODENAME="$(recall "$dir" node)" \
            RABBITMQ_CONF_ENV_FILE=/dev/null "$@"
    )
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

# Refuses data that the installed RabbitMQ cannot take over. A broker that tried would not start, would say nothing that an
# operator understands, and might leave them so that its own version cannot read them any more.
check_broker_data() {
    local new old
    new=$(broker_version)
    old=$(broker_data_version)
    if [ -z "$new" ] || [ -z "$old" ] || takes_over "$new" "$old"; then return; fi
    die "the broker's data in $dir/rabbitmq are of RabbitMQ $old, which RabbitMQ $new of this machine cannot take over." \
        "Install RabbitMQ ${old%.*} again; or, if the services had decided all that waited there, do without it and" \
        "start again: rm -r $(printf %q "$dir/rabbitmq"); or start anew and lose all data and keys: $(anew "$dir")"
}

# The installed version; empty if it is not installed as Debian does it.
broker_version() {
    readlink -f /usr/lib/rabbitmq/bin/rabbitmq-server |
        sed -nE 's|.*/rabbitmq_server-([0-9]+\.[0-9]+[^/]*)/.*|\1|p'
}

# The version that made the data or has taken them over: `await_broker` keeps it beside them. Of data from before it did, the log of
# the node tells.
broker_data_version() {
    # An empty one was cut short.
    grep . "$dir/rabbitmq/mnesia/version" 2>/dev/null || {
        { cat "$dir/rabbitmq/log/"*.log 2>/dev/null || true; } |
            sed -nE 's/.*Starting RabbitMQ ([0-9]+\.[0-9]+[^ ]*) on Erlang.*/\1/p' | sort -V | tail -n 1
    }
}

# takes_over NEW OLD: whether that version goes on with data of this one, as the guide to upgrades of RabbitMQ has it: 3.x
# with those of 3.x and of the series before, 4.x with those of 3.13 and of every 4 up to its own.
takes_over() {
    local new old
    IFS=. read -ra new <<<"$1"
    IFS=. read -ra old <<<"$2"
    case ${old[0]}-${new[0]} in
    3-3) [ "${new[1]}" = "${old[1]}" ] || [ "${new[1]}" = $((old[1] + 1)) ] ;;
    3-4) [ "${old[1]}" = 13 ] ;;
    4-4) [ "${new[1]}" -ge "${old[1]}" ] ;;
    *) [ "${new[0]}" = "${old[0]}" ] ;;
    esac
}

# Debian's wrapper in /usr/sbin wants to be root or rabbitmq; the program behind it does not care who runs it.
# `detached` makes that program become the node instead of waiting for it, so that the pid is the node's.
start_broker() {
    local name node
    ! broker_runs || return 0
    [ -x /usr/lib/rabbitmq/bin/rabbitmq-server ] ||
        die "RabbitMQ is not installed; as root: apt-get install rabbitmq-server"
    check_broker_data
    [ -e "$dir/definitions.json" ] || die "there is no $dir/definitions.json, which deploy/servers start writes"
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
    local said="what it said stands in $dir/rabbitmq/broker.out and $dir/rabbitmq/log"
    if ! wait_until "$start_seconds" broker_answers_or_died; then
        die "RabbitMQ does not answer after $start_seconds s; $said"
    fi
    broker_answers || die "RabbitMQ did not start: $(boot_failure); $said"
    broker_version >"$dir/rabbitmq/mnesia/version.new"
    mv "$dir/rabbitmq/mnesia/version.new" "$dir/rabbitmq/mnesia/version"
    import_definitions
}

# Why the broker ended, in a sentence, of what it wrote to standard output: a hundred lines, of which a few count.
boot_failure() {
    local out=$dir/rabbitmq/broker.out name port cause=
    if grep -qE 'eaddrinuse|could not bind to distribution port' "$out"; then
        for name in amqp management prometheus distribution; do
            port=$(recall "$dir" "$name")
            ! listening "$port" || cause="another program has port $port ($name); the next start takes another port"
        done
    elif grep -qE 'not_json|invalid_definitions_file|rabbit_definitions:' "$out"; then
        cause="$dir/definitions.json is not JSON, or not what RabbitMQ takes for definitions; delete it, it is written anew"
    else
        # The cookie of a node, for example, which has no sentence but inside of a crash.
        cause=$(grep -oE '\{"[A-Z][^"]*ookie[^"]*"' "$out" | head -n 1 | tr -d '{"' || true)
    fi
    [ -n "$cause" ] || cause=$(unknown_failure "$out")
    tr -s '[:space:]' ' ' <<<"$cause" | cut -c -500 | sed 's/ $//'
}

unknown_failure() {
    local cause
    # Errors come before the failure, and the failure before the crash of everything.
    cause=$(sed -nE '/crasher:|supervisor:|^BOOT FAILED/q; s/^.* \[error\] <[^>]*> +//p' "$1" | grep -vE '^(BOOT FAILED|=+)?$' || true)
    [ -n "$cause" ] || cause=$(sed -nE '/^BOOT FAILED/,/^$/p' "$1" | tail -n +3)
    [ -n "$cause" ] || cause=$(tail -n 3 "$1")
    echo "$cause"
}

# RabbitMQ starts although it could not import its definitions, and takes them for imported (with skip_if_unchanged; 3.10
# even if they are no JSON). So when they have changed, they are imported once more by its own tool, which says what is wrong.
import_definitions() {
    local file=$dir/definitions.json imported=$dir/rabbitmq/definitions.imported said deadline=$((SECONDS + stop_seconds))
    ! cmp -s "$file" "$imported" || return 0
    until said=$(broker_program rabbitmqctl -q import_definitions "$file" 2>&1); do
        # A stream that was there has no leader for a moment after a start, and nothing is bound to it then.
        if [[ $said != *resources_missing* ]] || [ "$SECONDS" -ge "$deadline" ]; then
            stop_broker
            die "RabbitMQ could not import $file: $(tr -s '[:space:]' ' ' <<<"$said")"
        fi
        sleep 0.5
    done
    cp "$file" "$imported"
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
