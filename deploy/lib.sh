# shellcheck shell=bash
# Functions that the scripts of deploy/ share: messages, packages, passwords, ports, processes. Sourced, never run.

# Where the project is checked out; the scripts work from any directory.
# shellcheck disable=SC2034  # used by those who source this
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)

# A progress line, with the seconds since the script began.
step() { printf '[%3d s] %s\n' "$SECONDS" "$*" >&2 || true; }

die() {
    printf '%s: %s\n' "${0##*/}" "$*" >&2
    exit 1
}

# ---- Debian packages

# Run as root with the packages as arguments. Debian starts a server as soon as its package is unpacked; a
# policy that says no (exit 101) keeps the machine to the private servers. The old policy comes back.
# shellcheck disable=SC2016  # expanded by the inner shell
install_as_root='
set -eu
policy=/usr/sbin/policy-rc.d
if [ -e "$policy" ] && [ ! -e "$policy.saved" ]; then mv "$policy" "$policy.saved"; fi
trap "rm -f $policy; if [ -e $policy.saved ]; then mv $policy.saved $policy; fi" EXIT
trap "exit 1" INT TERM HUP
printf "#!/bin/sh\nexit 101\n" > "$policy"
chmod 755 "$policy"
export DEBIAN_FRONTEND=noninteractive DEBCONF_NOWARNINGS=yes
apt-get -q update > /dev/null
apt-get -q -y -o DPkg::Lock::Timeout=120 --no-install-recommends install "$@" > /dev/null
'

# Packages for building and running, beside the Swift toolchain.
packages=(rabbitmq-server postgresql librabbitmq-dev libpq-dev pkg-config curl)

install_packages() { install_missing "${packages[@]}" "$@"; }

# install_missing PACKAGE…: installs those that are missing, and says which.
install_missing() {
    local missing=() sudo=() package
    if ! command -v apt-get >/dev/null; then
        step "This is not Debian: taking it that there is something like $*"
        return
    fi
    for package in "$@"; do
        [ "$(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null)" = installed ] ||
            missing+=("$package")
    done
    [ ${#missing[@]} -gt 0 ] || return 0
    if [ "$(id -u)" != 0 ]; then
        command -v sudo >/dev/null ||
            die "some packages are missing and there is no sudo; as root: apt-get install ${missing[*]}"
        sudo=(sudo)
    fi
    step "Installing Debian packages (${sudo[*]:-as root}): ${missing[*]}"
    "${sudo[@]}" sh -c "$install_as_root" install "${missing[@]}" ||
        die "apt-get could not install ${missing[*]}"
    if [ -d /run/systemd/system ]; then
        step "Debian's own servers will start with the machine; to prevent it:" \
            "systemctl disable rabbitmq-server postgresql"
    fi
}

# Where executables are built, and whether for tests (see NUANXIN_TESTING in Package.swift). Executables that are run or
# shipped have a directory of their own: in one directory each kind of build would compile the other kind anew.
build_directory=$root/.build-run testing=0

# From here on everything is built as tests need it.
build_for_tests() { build_directory=$root/.build testing=1; }

# The variable is for the package alone, and reaches no service.
run_swift() { NUANXIN_TESTING=$testing swift "$@"; }

# build_release [OPTIONS…]: builds in release mode, which is the only mode used here.
build_release() {
    command -v swift >/dev/null ||
        die "there is no swift in PATH; install Swift 6.3 (https://swift.org/install) and try again"
    step "Building in release mode (some minutes the first time)"
    run_swift build --package-path "$root" --scratch-path "$build_directory" -c release "$@" >&2 ||
        die "the build failed; its messages stand above"
}

built_executables() {
    run_swift build --package-path "$root" --scratch-path "$build_directory" -c release --show-bin-path
}

# ---- passwords

# secret FILE: prints the password in FILE, which is made on first use and which its owner alone may read.
secret() {
    if [ ! -s "$1" ]; then
        (
            umask 077
            mkdir -p "${1%/*}"
            od -An -N24 -tx1 /dev/urandom | tr -d ' \n' >"$1.new"
            mv "$1.new" "$1"
        )
    fi
    cat "$1"
}

# ---- what a directory of servers remembers, in DIR/ports: one name=value a line

recall() { sed -n "s/^$2=//p" "$1/ports" 2>/dev/null || true; }

remember() {
    { sed "/^$2=/d" "$1/ports" 2>/dev/null || true; printf '%s=%s\n' "$2" "$3"; } >"$1/ports.new"
    mv "$1/ports.new" "$1/ports"
}

# Whether somebody listens on a TCP port; read from /proc because a bare Debian has neither ss nor netstat.
listening() {
    local hex
    printf -v hex '%04X' "$1"
    grep -qsE "^ *[0-9]+: [0-9A-F]+:$hex [0-9A-F]+:0000 0A " /proc/net/tcp /proc/net/tcp6
}

# choose_port DIR NAME: keeps the remembered port while it is free, else remembers another. Ports lie below the
# range from which the kernel takes the near ends of outgoing connections.
choose_port() {
    local port
    port=$(recall "$1" "$2")
    [ -z "$port" ] || ! listening "$port" || port=
    while [ -z "$port" ]; do
        port=$((20000 + SRANDOM % 12000))
        if listening "$port" || grep -qs "=$port\$" "$1/ports"; then port=; fi
    done
    remember "$1" "$2" "$port"
}

# ---- processes

# PostgreSQL refuses to run as root: its programs then run as Debian's user postgres.
as_postgres() {
    if [ "$(id -u)" = 0 ]; then
        (cd / && exec setpriv --reuid=postgres --regid=postgres --init-groups \
            env HOME=/var/lib/postgresql "$@")
    else
        "$@"
    fi
}

# Closes what the starter of a script happens to have open beside the standard descriptors: whoever waits for such a
# one to be closed would wait for the end of a server that has inherited it.
close_descriptors() {
    local descriptor
    for descriptor in "/proc/$BASHPID/fd"/*; do
        descriptor=${descriptor##*/}
        [ "$descriptor" -le 2 ] || eval "exec $descriptor>&-"
    done
}

# anew DIR: the command that deletes the data there, for a shell to read.
anew() { printf 'NUANXIN_STATE=%q deploy/run --fresh' "$1"; }

# runs_in PID DIR: whether the process lives and works in DIR. A pid file that outlived its process, and whose
# number the kernel has given to a stranger, does not pass.
runs_in() { [ -n "$1" ] && [ "/proc/$1/cwd" -ef "$2" ]; }

# wait_until SECONDS COMMAND…: tries ten times a second; fails when the time is over.
wait_until() {
    local deadline=$((SECONDS + $1))
    shift
    until "$@"; do
        [ "$SECONDS" -lt "$deadline" ] || return 1
        sleep 0.1
    done
}
