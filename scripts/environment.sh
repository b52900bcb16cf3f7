# Sourced by the other scripts: where the caches and the tools live, and how a script says what it does.
# Everything is outside the clone, so that a second clone starts warm and a clone stays clean.
# shellcheck shell=bash

set -euo pipefail

ROOT="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)"
export AGENT_BUS_CACHE="${AGENT_BUS_CACHE:-$HOME/.cache/agent-bus}"
export CARGO_TARGET_DIR="${CARGO_TARGET_DIR:-$AGENT_BUS_CACHE/target}"
export PATH="$AGENT_BUS_CACHE/tools/bin:$PATH:$HOME/.cargo/bin"
mkdir -p "$AGENT_BUS_CACHE"
cd "$ROOT"

# For whoever builds, before it does. Clones share the target folder, and cargo tells their files apart by time alone: what
# another clone built from younger files would count as built from ours, with that clone's paths in it.
own_builds() {
    scripts/need rust
    if [ "$(cat "$CARGO_TARGET_DIR/clone" 2>/dev/null)" != "$ROOT" ]; then
        find crates services bench -name '*.rs' -exec touch {} +
        mkdir -p "$CARGO_TARGET_DIR"
        printf '%s' "$ROOT" >"$CARGO_TARGET_DIR/clone"
    fi
}

# What tests and lints look at: the whole workspace, with the features that `make run` leaves out. One set of flags for all of
# them, so that they share one build.
# shellcheck disable=SC2034 # used by those who source this
WHOLE=(--workspace --features agent-core/gpu,agent-bus/failpoints)
# shellcheck disable=SC2034
AGENT_BUS="$CARGO_TARGET_DIR/debug/agent-bus"
# The child that runs learners' programs: beside it, where it looks.
# shellcheck disable=SC2034
AGENT_BUS_CHILD="$CARGO_TARGET_DIR/debug/agent-bus-sandbox"

# Says what is missing and the line that mends it, and ends the run.
missing() {
    printf '\n%s is missing. Paste this, then try again:\n\n    %s\n\n' "$1" "$2" >&2
    exit 1
}

# Runs one step under a title, and says how long it took.
step() {
    local title="$1" start=$SECONDS
    shift
    printf '\n==> %s\n' "$title"
    "$@"
    printf '<== %s: %d s\n' "$title" "$((SECONDS - start))"
}

# Waits until no other script is at the thing of that name, and keeps others waiting until this one ends: what one has made the
# next one finds.
alone() {
    local lock
    command -v flock >/dev/null || return 0
    mkdir -p "$AGENT_BUS_CACHE/locks"
    exec {lock}>"$AGENT_BUS_CACHE/locks/${1// /-}"
    flock "$lock"
}

# Go keeps its modules read-only.
remove_go_cache() {
    if [ -e "$1" ]; then chmod -R u+w "$1"; fi
    rm -rf "$1"
}

# Runs a command during which what Go builds shares modules and compiled packages, unless a caller shares them already.
with_shared_go_cache() (
    if [ -z "${AGENT_BUS_GO_CACHE:-}" ]; then
        mkdir -p "$AGENT_BUS_CACHE/servers"
        AGENT_BUS_GO_CACHE="$(mktemp -d "$AGENT_BUS_CACHE/servers/build-go.XXXXXX")"
        export AGENT_BUS_GO_CACHE
        trap 'remove_go_cache "$AGENT_BUS_GO_CACHE"' EXIT
    fi
    "$@"
)

# Has each of these, as scripts/need knows them, built or installed: several are built faster together.
need_all() {
    local tool
    for tool in "$@"; do scripts/need "$tool" >/dev/null; done
}
