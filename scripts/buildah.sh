# Sourced by scripts that build images: buildah without a container engine and without a registry.
# shellcheck shell=bash

SUITE=bookworm

# In the cache, not among the images of the system: everything of ours goes with one folder.
builder() { buildah --storage-driver vfs --root "$AGENT_BUS_CACHE/images" "$@"; }

# A Debian of the suite that the binaries are built on.
system_image() {
    local name="localhost/agent-bus-system:$SUITE" folder mirror
    if [ -n "${AGENT_BUS_SYSTEM_IMAGE:-}" ]; then printf '%s\n' "$AGENT_BUS_SYSTEM_IMAGE" && return; fi
    alone system-image
    if ! builder inspect --type image "$name" >/dev/null 2>&1; then
        # shellcheck disable=SC2016 # apt's own variables
        mirror="${AGENT_BUS_DEBIAN_MIRROR:-$(apt-get indextargets --format '$(SITE) $(RELEASE)' | sed -n "s/ $SUITE\$//p" | head -n 1)}"
        [ -n "$mirror" ] || missing "the address of a Debian mirror with $SUITE" "export AGENT_BUS_DEBIAN_MIRROR=http://deb.debian.org/debian"
        printf 'making a base image with debootstrap (once)\n' >&2
        folder="$(mktemp -d "$AGENT_BUS_CACHE/debootstrap.XXXXXX")"
        debootstrap --variant=minbase --include=ca-certificates "$SUITE" "$folder" "$mirror" >"$folder.log" 2>&1 ||
            { tail -n 20 "$folder.log" >&2 && rm -rf "$folder" && return 1; }
        printf 'FROM scratch\nCOPY . /\n' | builder bud --quiet --tag "$name" --file - "$folder" >/dev/null
        rm -rf "$folder" "$folder.log"
    fi
    printf '%s\n' "$name"
}

# Writes an image into a file, whole or not at all: write_archive NAME ARCHIVE
write_archive() {
    mkdir -p "$(dirname "$2")"
    rm -f "$2.new"
    builder push --quiet "$1" "docker-archive:$2.new:$1"
    mv "$2.new" "$2"
}

# The same, and forgets the image.
archive_of() {
    write_archive "$1" "$2"
    builder rmi "$1" >/dev/null
}
