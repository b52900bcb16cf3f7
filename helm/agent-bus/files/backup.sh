#!/usr/bin/env bash
# Dumps of the fleet's Postgres database: taken every day by the chart's CronJob, and put back by hand.
#
#   backup.sh take               writes agent-bus-<UTC time>.dump into the folder, then removes what is too old
#   backup.sh restore [NAME]     puts a dump back, the newest where none is named: into an empty database alone, and whole or
#                                not at all
#   backup.sh list               the dumps that are there, the newest last
#
#   AGENT_BUS_DATABASE    postgres://user:password@host:port/name
#   BACKUP_FOLDER         where dumps lie
#   BACKUP_KEEP_DAYS      a dump that is older goes, but never one of
#   BACKUP_KEEP_NEWEST    the so many newest
#   RESTORE_FILE          the dump's name, where `restore` is given none
#   RESTORE_REPLACE       `yes`: what the database holds is dropped, in the transaction that puts the dump in
#
# Needs bash, flock, and Postgres' own programs, not older than the server. Not here: what came after the dump (`agent-bus
# replay`), the file of `agent-bus up` (`agent-bus backup`).
set -euo pipefail
umask 077

fail() {
    printf 'backup: %s\n' "$1" >&2
    exit 1
}

# A whole number that is at least so large: number NAME LEAST
number() {
    if ! [[ "${!1:-}" =~ ^[0-9]{1,5}$ ]] || [ "${!1}" -lt "$2" ]; then
        fail "$1 must be a whole number of at least $2, not '${!1:-}'"
    fi
}

# Sets ADDRESS. The password goes another way than through the arguments, which everybody on the machine may read.
address() {
    ADDRESS="${AGENT_BUS_DATABASE:-}"
    [[ "$ADDRESS" =~ ^postgres(ql)?://. ]] || fail "AGENT_BUS_DATABASE must be postgres://user:password@host:port/name"
    if [[ "$ADDRESS" =~ ^([a-z]+://[^:@/]*):([^@/]*)@(.*)$ ]]; then
        local password="${BASH_REMATCH[2]//\\/\\\\}"
        ADDRESS="${BASH_REMATCH[1]}@${BASH_REMATCH[3]}"
        printf -v PGPASSWORD '%b' "${password//%/\\x}"
        export PGPASSWORD
    fi
    export PGCONNECT_TIMEOUT="${PGCONNECT_TIMEOUT:-15}" PGAPPNAME=agent-bus-backup
}

folder() {
    FOLDER="${BACKUP_FOLDER:-}"
    [ -n "$FOLDER" ] || fail "BACKUP_FOLDER is not set: where do dumps lie?"
    [ -d "$FOLDER" ] || fail "BACKUP_FOLDER: $FOLDER is no folder"
}

alone() {
    # Two at once would take each other's unfinished files for leftovers.
    exec 9>"$FOLDER/.lock" || fail "BACKUP_FOLDER: $FOLDER cannot be written"
    flock -n 9 || fail "another backup or restore works in $FOLDER"
}

# Dumps by their names, which are their times: the newest last.
dumps() {
    local dump
    for dump in "$FOLDER"/agent-bus-[0-9]*T[0-9]*Z.dump; do
        [ ! -f "$dump" ] || printf '%s\n' "${dump##*/}"
    done | LC_ALL=C sort
}

# Reads all of a dump. One of another database, or of ours before its first migration, is none of ours.
is_whole() {
    pg_restore --file=/dev/null "$1" && pg_restore --list "$1" | grep ' TABLE DATA .* ledger_meta ' >/dev/null
}

sql() {
    psql --no-psqlrc --quiet --tuples-only --no-align --set=ON_ERROR_STOP=1 --dbname="$ADDRESS" "$@"
}

take() {
    number BACKUP_KEEP_DAYS 1
    number BACKUP_KEEP_NEWEST 1
    address
    folder
    alone
    local name unfinished
    # The time before it begins: everything answered by then is in it.
    TZ=UTC0 printf -v name 'agent-bus-%(%Y%m%dT%H%M%SZ)T.dump' -1
    [ ! -e "$FOLDER/$name" ] || fail "$FOLDER/$name is there already"
    rm -f "$FOLDER"/.agent-bus-*.unfinished
    unfinished="$FOLDER/.$name.unfinished"
    # shellcheck disable=SC2064 # the name as it is now
    trap "rm -f '$unfinished'" EXIT
    # One snapshot of all tables. It waits until the file is on the disk.
    pg_dump --format=custom --no-owner --no-privileges --lock-wait-timeout=60s --file="$unfinished" --dbname="$ADDRESS" ||
        fail "no dump was made; those that are there stay"
    is_whole "$unfinished" || fail "the dump is not whole, or holds no state of agent-bus; those that are there stay"
    mv "$unfinished" "$FOLDER/$name"
    sync "$FOLDER"
    printf 'backup: %s, %s bytes\n' "$name" "$(wc -c <"$FOLDER/$name" | tr -d ' ')"
    forget
}

# Only now: until the new one is whole, the old ones are all there is.
forget() {
    local oldest left name
    TZ=UTC0 printf -v oldest 'agent-bus-%(%Y%m%dT%H%M%SZ)T.dump' "$(($(printf '%(%s)T' -1) - BACKUP_KEEP_DAYS * 86400))"
    left="$(dumps | wc -l)"
    for name in $(dumps); do
        if [ "$left" -le "$BACKUP_KEEP_NEWEST" ] || ! [[ "$name" < "$oldest" ]]; then break; fi
        rm -f "$FOLDER/$name"
        printf 'backup: %s is older than %s days and is removed\n' "$name" "$BACKUP_KEEP_DAYS"
        left=$((left - 1))
    done
}

# What is in the database and not Postgres' own, nor an extension's.
OURS="FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
  WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
  AND NOT EXISTS (SELECT FROM pg_depend d WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')"
KIND="CASE c.relkind WHEN 'v' THEN 'VIEW' WHEN 'm' THEN 'MATERIALIZED VIEW' WHEN 'f' THEN 'FOREIGN TABLE' ELSE 'TABLE' END"
CLEAR="DO \$\$ DECLARE command text; BEGIN
  FOR command IN SELECT format('DROP %s IF EXISTS %I.%I CASCADE', $KIND, n.nspname, c.relname) $OURS LOOP EXECUTE command; END LOOP;
END \$\$;"

restore() {
    local name="${1:-${RESTORE_FILE:-}}" others there
    address
    folder
    alone
    [ -n "$name" ] || name="$(dumps | tail -n 1)"
    [ -n "$name" ] || fail "there is no dump in $FOLDER"
    [[ "$name" != */* ]] || fail "a dump is named without its folder, which is BACKUP_FOLDER: $name"
    [ -f "$FOLDER/$name" ] || fail "there is no $name in $FOLDER; there are: $(dumps | tr '\n' ' ')"
    is_whole "$FOLDER/$name" || fail "$name is not whole, or holds no state of agent-bus; nothing was done"
    # Postgres' own workers have no user.
    others="$(sql --command "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()
        AND usename IS NOT NULL AND pid <> pg_backend_pid()")"
    [ "$others" = 0 ] || fail "$others others are connected to the database: scale the agents to 0 first; nothing was done"
    there="$(sql --command "SELECT count(*) $OURS")"
    if [ "$there" != 0 ] && [ "${RESTORE_REPLACE:-no}" != yes ]; then
        fail "the database is not empty, it has $there tables: give an empty one, or RESTORE_REPLACE=yes (--replace); nothing was done"
    fi
    # Without its last line nothing is kept: a dump that breaks off leaves the database as it was.
    {
        printf 'BEGIN;\n%s\n' "$CLEAR"
        pg_restore --no-owner --no-privileges --file=- "$FOLDER/$name" && printf 'COMMIT;\n'
    } | sql --output=/dev/null || fail "$name could not be put back; the database is as it was"
    # Plans are made from figures that no dump holds. Postgres' own tables are not ours to count, and it would say so of each.
    sql --command 'SET client_min_messages = error; ANALYZE'
    printf 'restored %s, schema %s, %s entries\n' "$name" \
        "$(sql --command "SELECT value FROM ledger_meta WHERE name = 'schema_version'")" \
        "$(sql --command 'SELECT count(*) FROM ledger_entry')"
}

case "${1:-}" in
take) take ;;
restore) restore "${2:-}" ;;
list) folder && dumps ;;
*) fail "what is to be done: take, restore [NAME], or list?" ;;
esac
