#!/bin/sh
# Starts a node of deploy/compose.cluster.yml. Erlang wants the cookie in a file of the node's own user.
set -eu
umask 077
rm -f "$HOME/.erlang.cookie"
cat /run/secrets/erlang_cookie >"$HOME/.erlang.cookie"
exec rabbitmq-server
