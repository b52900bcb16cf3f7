# The image of Agent Bus: both binaries, what they load, and nothing else. No shell, no package manager, no root.
# Not here: how it is run (k8s/, helm/), how it is built without a container engine (scripts/image).
#
#   docker build -t agent-bus .                        compiles, dependencies in a layer of their own
#   docker build -t agent-bus --target prebuilt .      takes the binaries of dist/, built before; compiles nothing
#   docker run --read-only --tmpfs /data:uid=65532,gid=65532 -p 8080:8080 agent-bus
#
# Both come out of the same last layers. The base images are arguments: where no registry is reached, an image made by
# debootstrap serves as SYSTEM_IMAGE, as in scripts/image.
ARG SYSTEM_IMAGE=docker.io/library/debian:12-slim
ARG RUST_IMAGE=docker.io/library/rust:1.95.0-bookworm


# The files under which the binaries run, out of Debian: the C library, zlib, the roots of TLS, one user. Debian's notes on the
# packages come along, so that a scanner finds their versions, and their licences.
FROM ${SYSTEM_IMAGE} AS system
RUN set -eu; \
    [ -e /etc/ssl/certs/ca-certificates.crt ] || { apt-get update -qq; apt-get install -y -qq --no-install-recommends ca-certificates; }; \
    root=/system; \
    mkdir -p "$root/etc/ssl/certs" "$root/var/lib/dpkg/status.d" "$root/usr/bin" "$root/tmp" "$root/data"; \
    echo 'nonroot:x:65532:65532:nonroot:/data:/none' >"$root/etc/passwd"; \
    echo 'nonroot:x:65532:' >"$root/etc/group"; \
    echo 'hosts: files dns' >"$root/etc/nsswitch.conf"; \
    cp /etc/ssl/certs/ca-certificates.crt "$root/etc/ssl/certs/"; \
    for package in libc6 libgcc-s1 zlib1g; do \
        for file in $(dpkg -L "$package" | grep -E '/(ld-linux[^/]*|libc|libm|libgcc_s|libz)\.so\.[0-9]+$'); do \
            mkdir -p "$root$(dirname "$file")"; cp -L "$file" "$root$file"; \
        done; \
    done; \
    for package in libc6 libgcc-s1 gcc-12-base zlib1g ca-certificates; do \
        dpkg -s "$package" >"$root/var/lib/dpkg/status.d/$package"; \
        doc="/usr/share/doc/$package/copyright"; \
        if [ -e "$doc" ]; then mkdir -p "$root$(dirname "$doc")"; cp -L "$doc" "$root$doc"; fi; \
    done; \
    chown 65532:65532 "$root/data"; chmod 700 "$root/data"; chmod 1777 "$root/tmp"


# Binaries built before, checked against the files above: a library that the image lacks, or that is nowhere, is found here, not at
# the first start.
FROM ${SYSTEM_IMAGE} AS given
COPY --from=system /system /system
COPY dist/ /dist/
RUN set -eu; for binary in /dist/agent-bus /dist/agent-bus-sandbox; do \
        needs="$(ldd "$binary" 2>&1)" || { echo "$binary: $needs" >&2; exit 1; }; \
        case "$needs" in *'not found'*) echo "$binary: $needs" >&2; exit 1 ;; esac; \
        for library in $(echo "$needs" | grep -o '/[^ ]*'); do \
            [ -e "/system$library" ] || { echo "$binary needs $library, which the image has not" >&2; exit 1; }; \
        done; \
    done


# All but the binaries. Everything in the image can be read and nothing written, but for /data, which is a volume.
FROM scratch AS furnished
COPY --from=system /system/ /
ENV SSL_CERT_FILE=/etc/ssl/certs/ca-certificates.crt \
    AGENT_BUS_HOST=0.0.0.0 \
    AGENT_BUS_DATA_DIR=/data
USER 65532:65532
WORKDIR /data
EXPOSE 8080 8081
ENTRYPOINT ["/usr/bin/agent-bus"]
CMD ["up"]
HEALTHCHECK --interval=10s --timeout=3s --start-period=30s --retries=3 CMD ["/usr/bin/agent-bus", "health"]
# From the commit, not from the clock: the same commit gives the same labels.
ARG VERSION=0.0.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
LABEL org.opencontainers.image.title="agent-bus" \
      org.opencontainers.image.description="The agents of Agent Bus, and the sandbox for learners' programs" \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}"


FROM furnished AS prebuilt
COPY --from=given /dist/*.cdx.json /usr/share/sbom/
COPY --from=given /dist/agent-bus /dist/agent-bus-sandbox /usr/bin/


# Only what decides which dependencies are built: manifests, the lock file, and the names of the crates' roots. Its copy
# below is the same until one of these changes, whatever else does.
FROM ${SYSTEM_IMAGE} AS manifests
COPY . /workspace
RUN set -eu; cd /workspace; \
    find . -type f ! -name Cargo.toml ! -name Cargo.lock ! -name rust-toolchain.toml \
        ! -path '*/src/lib.rs' ! -path '*/src/main.rs' -delete; \
    find . -path '*/src/lib.rs' -exec cp /dev/null {} \; ; \
    find . -path '*/src/main.rs' -exec sh -c 'echo "fn main() {}" >"$1"' - {} \; ; \
    find . -type d -empty -delete


# The list of dependencies goes into the binaries (cargo-auditable) and beside them (cargo-cyclonedx).
FROM ${RUST_IMAGE} AS dependencies
# The toolchain of the image, which is that of rust-toolchain.toml: else clippy and rustfmt would be fetched with it.
ENV RUSTUP_TOOLCHAIN=1.95.0
# C libraries among the dependencies are compiled too; on some machines with cmake.
RUN apt-get update -qq && apt-get install -y -qq --no-install-recommends cmake && rm -rf /var/lib/apt/lists/*
RUN cargo install --locked cargo-auditable@0.7.7 cargo-cyclonedx@0.5.9
WORKDIR /workspace
COPY --from=manifests /workspace ./
RUN cargo auditable build --release --locked --package agent-bus --package sandbox-child


FROM dependencies AS compiled
COPY . ./
# The empty crates of the layer before are younger than the sources, so cargo would take them for up to date.
RUN find crates services -name '*.rs' -exec touch {} + && \
    cargo auditable build --release --locked --package agent-bus --package sandbox-child
RUN scripts/dist target/release dist


FROM compiled AS checked
COPY --from=system /system /system
RUN set -eu; for binary in dist/agent-bus dist/agent-bus-sandbox; do \
        needs="$(ldd "$binary" 2>&1)" || { echo "$binary: $needs" >&2; exit 1; }; \
        case "$needs" in *'not found'*) echo "$binary: $needs" >&2; exit 1 ;; esac; \
        for library in $(echo "$needs" | grep -o '/[^ ]*'); do \
            [ -e "/system$library" ] || { echo "$binary needs $library, which the image has not" >&2; exit 1; }; \
        done; \
    done


FROM furnished AS image
COPY --from=checked /workspace/dist/*.cdx.json /usr/share/sbom/
COPY --from=checked /workspace/dist/agent-bus /workspace/dist/agent-bus-sandbox /usr/bin/
