#!/usr/bin/env bash
# Starts Postgres; makes the database first where the volume is empty. Told as docker.io/library/postgres is.
set -euo pipefail

if [ "${1:-}" = postgres ] && [ ! -s "$PGDATA/PG_VERSION" ]; then
    # A folder that is whole, or none: whoever is ended in between begins again.
    rm -rf "$PGDATA" "$PGDATA.new"
    initdb --pgdata="$PGDATA.new" --username="$POSTGRES_USER" --pwfile=<(printf '%s\n' "$POSTGRES_PASSWORD") \
        --auth-local=trust --auth-host=scram-sha-256 --encoding=UTF8 --no-instructions
    printf "listen_addresses = '*'\n" >>"$PGDATA.new/postgresql.conf"
    printf 'host all all all scram-sha-256\n' >>"$PGDATA.new/pg_hba.conf"
    printf 'CREATE DATABASE "%s";\n' "$POSTGRES_DB" | postgres --single -D "$PGDATA.new" -j postgres
    mv "$PGDATA.new" "$PGDATA"
fi
exec "$@"
