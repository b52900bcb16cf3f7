# Sourced by scripts that start a server for tests: how a command is run beside one. The script defines
#   start FOLDER         starts the server of the folder, makes it first where there is none; prints its address
#   stop FOLDER MODE     stops it; MODE `immediate` as a crash would
# shellcheck shell=bash

# run_beside NAME VARIABLE COMMAND...
#
# Runs the command with a new server's address in the variable, then stops the server and removes it. With an address there
# already, that server is taken.
run_beside() {
    local name="$1" variable="$2"
    shift 2
    if [ -n "${!variable:-}" ]; then
        exec "$@"
    fi
    # A socket's path may not be long: not in a TMPDIR of somebody's own.
    FOLDER="$(mktemp -d "/tmp/agent-bus-$name.XXXXXX")"
    CHILD=""
    # shellcheck disable=SC2154 # assigned in the trap
    trap 'code=$?; [ -z "$CHILD" ] || kill "$CHILD" 2>/dev/null; stop "$FOLDER" immediate || true; rm -rf "$FOLDER"; exit $code' EXIT
    trap 'exit 130' INT
    trap 'exit 143' TERM
    local address
    address="$(start "$FOLDER")" || exit 1
    export "$variable=$address"
    "$@" <&0 &
    CHILD=$!
    local code=0
    wait "$CHILD" || code=$?
    CHILD=""
    exit "$code"
}

# The lines of the script's own head that say how it is called.
usage() {
    sed -n '2,/^source/s/^# \{0,1\}//p' "$0" >&2
    exit 2
}

# Ports that nobody listens on now, one a line. They lie below those that the kernel gives to clients: else, while a server is
# down, some client (be it one that tries to reach that very server) gets its port, and the server cannot come back.
free_ports() {
    "$(scripts/need python)" - "$1" <<'PYTHON'
import random, socket, sys
sockets = []
while len(sockets) < int(sys.argv[1]):
    try:
        sockets.append(socket.create_server(("127.0.0.1", random.SystemRandom().randrange(12_000, 32_000))))
    except OSError:
        continue
print("\n".join(str(one.getsockname()[1]) for one in sockets))
PYTHON
}

# Ends the process whose id is in the file, and waits until it is gone: stop_process PID_FILE SIGNAL
stop_process() {
    local file="$1" signal="$2" process
    process="$(cat "$file" 2>/dev/null || true)"
    [ -n "$process" ] || return 0
    kill "-$signal" "$process" 2>/dev/null || true
    await_end "$process"
    rm -f "$file"
}

# Waits until the process has ended. One that is not our child cannot be waited for, only seen; one that nobody buries has
# ended too.
await_end() {
    while kill -0 "$1" 2>/dev/null && [[ "$(ps -o stat= -p "$1")" != Z* ]]; do sleep 0.05; done
}

# Waits until a line of the log holds the text, as long as the process lives: await_line PID_FILE LOG TEXT FROM_BYTE
await_line() {
    local file="$1" log="$2" text="$3" from="$4" until=$((SECONDS + 120))
    until tail -c "+$((from + 1))" "$log" | grep -q "$text"; do
        if ! kill -0 "$(cat "$file")" 2>/dev/null || [ $SECONDS -ge $until ]; then
            tail -n 40 "$log" >&2
            return 1
        fi
        sleep 0.05
    done
}
