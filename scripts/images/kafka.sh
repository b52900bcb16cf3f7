#!/usr/bin/env bash
# Starts a Kafka broker; formats its folder first where it is empty. Told as docker.io/apache/kafka is: KAFKA_NODE_ID is the
# setting node.id.
set -euo pipefail

SETTINGS="$(mktemp)"
for name in "${!KAFKA_@}"; do
    case "$name" in
    KAFKA_HEAP_OPTS) ;;
    *) printf '%s=%s\n' "$(tr '[:upper:]_' '[:lower:].' <<<"${name#KAFKA_}")" "${!name}" ;;
    esac
done >"$SETTINGS"
read -ra HEAP <<<"${KAFKA_HEAP_OPTS:--Xmx512m}"
# The first of Java's compilers alone has a small broker started sooner.
JAVA=(java -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:-UsePerfData -cp "/opt/kafka/libs/*")
"${JAVA[@]}" -Xmx64m kafka.tools.StorageTool format --ignore-formatted --config "$SETTINGS" \
    --cluster-id "${CLUSTER_ID:-5L6g3nShT-eMCtK--X86sw}"
exec "${JAVA[@]}" "${HEAP[@]}" kafka.Kafka "$SETTINGS"
