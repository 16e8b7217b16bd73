# Prometheus from Debian's package, with what deploy/compose.monitoring.yml uses of the public image: for machines that
# cannot pull that one.
ARG DEBIAN_IMAGE=docker.io/library/debian:trixie-slim
FROM ${DEBIAN_IMAGE}
RUN apt-get -q update \
    && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install prometheus wget \
    && rm -rf /var/lib/apt/lists/* \
    && install -d -o nobody -g nogroup /prometheus
VOLUME /prometheus
ENTRYPOINT ["prometheus"]
