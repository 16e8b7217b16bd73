# shellcheck shell=bash
# A Docker engine and images for a test, also where there is neither an engine nor a way to public images. Sourced by
# deploy/test-compose, whose $state, $services, $from_sources, $debian and $public_images it uses.

engine_seconds=30
pull_seconds=300

# The base of our image, and of the images that are made here.
base_image=docker.io/library/debian:$debian-slim

machine_release() { sed -n 's/^VERSION_CODENAME=//p' /etc/os-release; }

engine_runs() { docker info >/dev/null 2>&1; }

# Takes the engine that answers, or starts one with its data under $state, which an older one could not use. Its sockets
# have short paths of their own, because a socket's path may be no longer than 107 bytes. The limits are for machines
# where root may not raise any.
start_engine() {
    ! engine_runs || return 0
    [ "$(id -u)" = 0 ] || die "no Docker engine answers, and only root can start one"
    step "Starting a Docker engine"
    # It lets nobody forward but its own containers, and does not take that back.
    forwarding=$(iptables -S FORWARD 2>/dev/null | sed -n 's/^-P FORWARD //p')
    sockets=$(mktemp -d /tmp/nuanxin-docker-XXXXXX)
    export DOCKER_HOST=unix://$sockets/socket
    (
        close_descriptors
        exec setsid dockerd --host "$DOCKER_HOST" --data-root "$state/docker-$(machine_release)" \
            --exec-root "$sockets/exec" --pidfile "$sockets/pid" \
            --default-ulimit nofile=20000:20000 --default-ulimit nproc=4096:4096
    ) </dev/null >"$state/dockerd.log" 2>&1 &
    engine=$!
    wait_until "$engine_seconds" engine_runs || {
        tail -n 20 "$state/dockerd.log" >&2
        die "the Docker engine did not start"
    }
}

engine_ended() { ! kill -0 "$engine" 2>/dev/null; }

stop_engine() {
    [ -n "${engine:-}" ] || return 0
    step "Stopping the Docker engine"
    kill -TERM "$engine" 2>/dev/null || true
    wait_until "$engine_seconds" engine_ended || kill -KILL "$engine"
    [ -z "$forwarding" ] || iptables -P FORWARD "$forwarding"
    rm -rf "$sockets"
}

have_image() { docker image inspect "$1" >/dev/null 2>&1; }

pull() { have_image "$1" || timeout "$pull_seconds" docker pull -q "$1" >/dev/null 2>&1; }

# The base of all images. Made as the public one is: without documentation, and apt leaves nothing behind.
provide_base_image() {
    ! pull "$base_image" || return 0
    step "Making $base_image from Debian packages"
    # shellcheck disable=SC2016  # for the shell inside of it
    mmdebstrap --quiet --variant=minbase --dpkgopt='path-exclude=/usr/share/man/*' \
        --dpkgopt='path-exclude=/usr/share/doc/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        --customize-hook='echo "DPkg::Post-Invoke { \"rm -f /var/cache/apt/archives/*.deb /var/cache/apt/*.bin\"; };" \
            >"$1/etc/apt/apt.conf.d/docker-clean"' \
        "$debian" "$state/base.tar" 2>"$state/mmdebstrap.log" || die "see $state/mmdebstrap.log"
    docker import "$state/base.tar" "$base_image" >/dev/null
    rm -f "$state/base.tar"
}

# public_image VARIABLE: what the compose files take when .env does not say it.
public_image() { sed -n "s/^ *image: \${$1:-\(.*\)}\$/\1/p" "$root"/deploy/compose*.yml; }

# server_image NAME VARIABLE: prints which image to take for a server, the compose files' or one of Debian's package.
server_image() {
    local public image=nuanxin-test-$1:$debian volume=/var/lib/postgresql/data
    public=$(public_image "$2")
    if $public_images && pull "$public"; then
        echo "$public"
        return
    fi
    step "Making an image of $1 from Debian packages"
    # As in public images, from PostgreSQL 18 on.
    [[ $debian == @(bookworm|trixie) ]] || volume=/var/lib/postgresql
    docker build -q -f "$root/deploy/images/$1.Dockerfile" -t "$image" --build-arg DEBIAN_IMAGE="$base_image" \
        --build-arg VOLUME="$volume" "$root/deploy/images" >/dev/null 2>"$state/$1-image.log" ||
        die "the image of $1 was not built, see $state/$1-image.log"
    echo "$image"
}

# ---- our image

image_size() { echo $(($(docker image inspect -f '{{.Size}}' "$1") / 1000000)); }

build_executables() {
    local bin=${NUANXIN_BIN:-} name library
    rm -rf "$state/image"
    mkdir -p "$state/image/bin" "$state/image/share/nuanxin"
    cp -R "$root/deploy/contract" "$state/image/share/nuanxin/contract"
    rm -r "$state/image/share/nuanxin/contract/Exporter"
    if [ -z "$bin" ]; then
        build_directory=$root/.build-static
        build_release --static-swift-stdlib -Xlinker -s
        bin=$(built_executables)
    fi
    for name in "${services[@]}" nuanxin; do install -s "$bin/$name" "$state/image/bin/"; done
    for library in $(ldd "$bin/nuanxin" "$bin/reporting" | grep -o '/[^ ]*/swift/linux/[^ ]*' | sort -u); do
        install -D -t "$state/image/lib" "$library"
    done
}

# build_image WHERE [OPTION…]
build_image() {
    docker build -q -f "$root/deploy/Dockerfile" -t nuanxin-test --build-arg DEBIAN_IMAGE="$base_image" "$@" \
        >"$state/image.log" 2>&1 || die "the image was not built, see $state/image.log"
}

build_images() {
    if $from_sources; then
        step "Building the image from the sources (many minutes)"
        build_image "$root"
    else
        build_executables
        step "Building the image from executables"
        build_image "$state/image" --target prebuilt
    fi
    # Compose reads these beside what `nuanxin init` has written. No test waits for the night's edition.
    export NUANXIN_IMAGE=nuanxin-test NUANXIN_EDITION_SECONDS=1 POSTGRES_IMAGE RABBITMQ_IMAGE HTTP_PORT
    POSTGRES_IMAGE=$(server_image postgres POSTGRES_IMAGE)
    RABBITMQ_IMAGE=$(server_image rabbitmq RABBITMQ_IMAGE)
    choose_port "$state" http
    HTTP_PORT=$(recall "$state" http)
    step "  the image has $(image_size nuanxin-test) MB, of which $(image_size "$base_image") MB are its base"
    step "  beside it: RabbitMQ $(docker run --rm --entrypoint rabbitmqctl "$RABBITMQ_IMAGE" version)," \
        "$(docker run --rm --entrypoint postgres "$POSTGRES_IMAGE" --version)"
}
