# PostgreSQL from Debian's package, with what deploy/compose.yml uses of the public image: for machines that cannot
# pull that one.
ARG DEBIAN_IMAGE=docker.io/library/debian:trixie-slim
FROM ${DEBIAN_IMAGE}
# What the public image declares to be a volume; from version 18 on that is /var/lib/postgresql.
ARG VOLUME=/var/lib/postgresql/data
RUN groupadd --system --gid 999 postgres \
    && useradd --system --uid 999 --gid postgres --home-dir /var/lib/postgresql --shell /bin/sh postgres \
    && mkdir -p /etc/postgresql-common /docker-entrypoint-initdb.d \
    && echo 'create_main_cluster = false' > /etc/postgresql-common/createcluster.conf \
    && apt-get -q update \
    && DEBIAN_FRONTEND=noninteractive apt-get -q -y --no-install-recommends install postgresql \
    && rm -rf /var/lib/apt/lists/* \
    && ln -s /usr/lib/postgresql/*/bin/* /usr/local/bin/ \
    && install -d -o postgres -g postgres -m 1777 "$VOLUME" \
    && install -d -o postgres -g postgres -m 3775 /var/run/postgresql
ENV LANG=C.UTF-8
COPY docker-entrypoint.sh /usr/local/bin/
VOLUME ${VOLUME}
ENTRYPOINT ["docker-entrypoint.sh"]
CMD ["postgres"]
