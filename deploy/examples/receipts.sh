#!/usr/bin/env bash
# Prints the receipts of NUANXIN_AMQP_URL's user with Debian's amqp-tools and jq, one a line, as they come.
#
#   receipts.sh [COUNT]     ends after so many; default: none, it goes on until it is interrupted
#
# amqp-publish cannot publish commands: it has no option for the property user_id, by which the services know who
# sent a message. A shell publishes with `nuanxin publish`, or with publish.py beside this file.
set -euo pipefail
: "${NUANXIN_AMQP_URL:?is the address of the broker, as in .nuanxin/env}"

user=${NUANXIN_AMQP_URL#*://}
user=${user%%:*}
exec amqp-consume --url="$NUANXIN_AMQP_URL" --queue="receipts.$user" ${1:+--count="$1"} \
    -- jq -c '.data'
