# RabbitMQ from Debian's package, with what deploy/compose.yml uses of the public image: for machines that cannot pull
# that one.
ARG DEBIAN_IMAGE=docker.io/library/debian:trixie-slim
FROM ${DEBIAN_IMAGE}
RUN groupadd --system --gid 999 rabbitmq \
    && useradd --system --uid 999 --gid rabbitmq --home-dir /var/lib/rabbitmq --shell /bin/sh rabbitmq \
    && apt-get -q update \
    && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install rabbitmq-server \
    && rm -rf /var/lib/apt/lists/* /var/lib/rabbitmq/.erlang.cookie \
    && echo '[rabbitmq_management,rabbitmq_prometheus].' > /etc/rabbitmq/enabled_plugins \
    && mkdir -p /etc/rabbitmq/conf.d \
    && install -d -o rabbitmq -g rabbitmq -m 700 /var/lib/rabbitmq
# Debian's scripts in /usr/sbin want to be root; the programs behind them do not care who runs them, and come first.
# `detached` makes the script become the node, which then gets the signals.
ENV PATH=/usr/lib/rabbitmq/bin:$PATH RABBITMQ_LOGS=- RABBITMQ_NODENAME=rabbit@rabbitmq HOME=/var/lib/rabbitmq LANG=C.UTF-8 detached=1
VOLUME /var/lib/rabbitmq
CMD ["rabbitmq-server"]
