#!/usr/bin/env bash
# Keeps a copy of a dataset in a file that is equal to what reporting publishes. Needs curl and jq; HTTP only.
#
#   subscribe.sh REPORTING-URL DATASET FILE [--once]
#
# The first line of FILE says where the copy is, then it has a cell a line; it is replaced whole, by a rename. It asks
# every $INTERVAL seconds (10) for what is new, and compares the digest. HTTP has whole editions alone, so FILE is never
# half of one. --once stops when the copy is proven equal.
set -euo pipefail

[ $# = 3 ] || [ $# = 4 ] || { sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" >&2; exit 2; }
base=$1/v1/datasets dataset=$2 file=$3 once=${4:-}
work=$(mktemp -d "$file.XXXXXX")
trap 'rm -rf "$work"' EXIT

say() { echo "$*" >&2; }

# get PATH OUTPUT: prints the status.
get() { curl -sS --max-time 120 -o "$2" -w '%{http_code}' "$base$1" || echo 000; }

field() { head -n 1 "$file" | jq -r ".$1"; }

# The exclusive or of the SHA-256 of each cell's canonical line, line feed included.
digest() {
    local hash a=0 b=0 c=0 d=0
    rm -rf "$work/lines" && mkdir "$work/lines"
    tail -n +2 "$file" | jq -cS '{key, measures, status, vintage}' |
        (cd "$work/lines" && split -l 1 -a 6)
    while read -r hash _; do
        a=$((a ^ 16#${hash:0:16})) b=$((b ^ 16#${hash:16:16}))
        c=$((c ^ 16#${hash:32:16})) d=$((d ^ 16#${hash:48:16}))
    done < <(find "$work/lines" -type f -print0 | xargs -0 -r sha256sum)
    printf '%016x%016x%016x%016x\n' "$a" "$b" "$c" "$d"
}

snapshot() {
    [ "$(get "/$dataset/snapshot" "$work/new")" = 200 ] || return 1
    mv "$work/new" "$file"
    say "snapshot of epoch $(field epoch) at $(field seq)"
}

# Puts what was published since in the place of what it replaces.
follow() {
    local status
    status=$(get "/$dataset/events?epoch=$(field epoch)&since=$(field seq)" "$work/events")
    case $status in
    200) ;;
    410)
        say "$(jq -r .code "$work/events"): taking a snapshot"
        snapshot
        return
        ;;
    *) return 1 ;;
    esac
    # A copy that came to its end has as many lines as its range; one that was cut off has not.
    head -n 1 "$work/events" >"$work/head"
    [ $(($(jq '.until - .since' "$work/head") + 1)) = "$(wc -l <"$work/events")" ] || return 1
    [ "$(wc -l <"$work/events")" -gt 1 ] || return 0
    {
        jq -c '{dataset, epoch, seq: .until}' "$work/head"
        { tail -n +2 "$file"; tail -n +2 "$work/events"; } |
            jq -cn 'reduce inputs as $cell ({}; .[$cell.key | tojson] = $cell) | .[]'
    } >"$work/new"
    mv "$work/new" "$file"
    name_edition
}

# Of the last cell that came; there is none in what was published before there were editions.
name_edition() {
    local edition
    edition=$(tail -n 1 "$work/events" | jq -r 'select(.edition) | "edition \(.edition) as of \(.asOf)"')
    [ -z "$edition" ] || say "$edition"
}

# Whether the copy is equal; if reporting has gone on meanwhile, nobody knows yet.
prove() {
    [ "$(get "" "$work/datasets")" = 200 ] || return 1
    local due
    due=$(jq -r --arg dataset "$dataset" --argjson seq "$(field seq)" --argjson epoch "$(field epoch)" \
        '.datasets[] | select(.dataset == $dataset and .seq == $seq and .epoch == $epoch) | .digest' \
        "$work/datasets")
    [ -n "$due" ] || return 1
    if [ "$(digest)" = "$due" ]; then
        say "equal at $(field seq)"
    else
        say "not equal at $(field seq): taking a snapshot"
        snapshot
        return 1
    fi
}

while true; do
    if [ -s "$file" ]; then next=follow; else next=snapshot; fi
    if $next && prove; then
        [ "$once" != --once ] || exit 0
    fi
    sleep "${INTERVAL:-10}"
done
