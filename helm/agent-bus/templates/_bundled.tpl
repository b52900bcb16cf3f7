{{/* The pieces of a bundled server: its Service and its one pod. */}}
{{- define "agent-bus.server" }}
---
apiVersion: v1
kind: Service
metadata:
  name: {{ .root.Release.Name }}-{{ .component }}
  labels:
    {{- include "agent-bus.labels" . | nindent 4 }}
spec:
  type: ClusterIP
  # Its own pod must find itself before it is ready.
  publishNotReadyAddresses: true
  selector:
    {{- include "agent-bus.selector" . | nindent 4 }}
  ports:
    {{- range .ports }}
    - {name: {{ $.component }}, port: {{ . }}, targetPort: {{ . }}, protocol: TCP}
    {{- end }}
---
apiVersion: apps/v1
kind: StatefulSet
metadata:
  name: {{ .root.Release.Name }}-{{ .component }}
  labels:
    {{- include "agent-bus.labels" . | nindent 4 }}
spec:
  serviceName: {{ .root.Release.Name }}-{{ .component }}
  replicas: 1
  selector:
    matchLabels:
      {{- include "agent-bus.selector" . | nindent 6 }}
  {{- if .storage }}
  persistentVolumeClaimRetentionPolicy: {whenDeleted: Delete, whenScaled: Retain}
  volumeClaimTemplates:
    - metadata: {name: data}
      spec:
        accessModes: [ReadWriteOnce]
        resources: {requests: {storage: {{ .storage }}}}
  {{- end }}
  template:
    metadata:
      labels:
        {{- include "agent-bus.labels" . | nindent 8 }}
    spec:
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: 20
      securityContext:
        runAsNonRoot: true
        runAsUser: {{ .uid }}
        runAsGroup: {{ .uid }}
        fsGroup: {{ .uid }}
        seccompProfile: {type: RuntimeDefault}
      containers:
        - name: {{ .component }}
          {{- .container | nindent 10 }}
          ports:
            {{- range .ports }}
            - {name: {{ $.component }}, containerPort: {{ . }}, protocol: TCP}
            {{- end }}
          resources:
            requests: {cpu: 100m, memory: {{ .memory }}, ephemeral-storage: 64Mi}
            limits: {cpu: "1", memory: {{ .memory }}, ephemeral-storage: 1Gi}
          securityContext:
            allowPrivilegeEscalation: false
            capabilities: {drop: [ALL]}
          volumeMounts:
            - {name: data, mountPath: {{ .mount }}}
      {{- if not .storage }}
      volumes:
        - name: data
          emptyDir: {sizeLimit: 512Mi}
      {{- end }}
{{- end }}

{{- define "agent-bus.kafkaContainer" -}}
image: {{ .Values.bundled.kafka.image }}
env:
  - {name: KAFKA_NODE_ID, value: "1"}
  - {name: KAFKA_PROCESS_ROLES, value: "broker,controller"}
  - {name: KAFKA_CONTROLLER_QUORUM_VOTERS, value: "1@localhost:9093"}
  - {name: KAFKA_LISTENERS, value: "PLAINTEXT://:9092,CONTROLLER://localhost:9093"}
  - {name: KAFKA_ADVERTISED_LISTENERS, value: "PLAINTEXT://{{ .Release.Name }}-kafka:9092"}
  - {name: KAFKA_CONTROLLER_LISTENER_NAMES, value: CONTROLLER}
  - {name: KAFKA_LISTENER_SECURITY_PROTOCOL_MAP, value: "PLAINTEXT:PLAINTEXT,CONTROLLER:PLAINTEXT"}
  - {name: KAFKA_INTER_BROKER_LISTENER_NAME, value: PLAINTEXT}
  - {name: KAFKA_LOG_DIRS, value: /var/lib/kafka/data}
  - {name: KAFKA_OFFSETS_TOPIC_REPLICATION_FACTOR, value: "1"}
  - {name: KAFKA_TRANSACTION_STATE_LOG_REPLICATION_FACTOR, value: "1"}
  - {name: KAFKA_TRANSACTION_STATE_LOG_MIN_ISR, value: "1"}
  - {name: KAFKA_SHARE_COORDINATOR_STATE_TOPIC_REPLICATION_FACTOR, value: "1"}
  - {name: KAFKA_SHARE_COORDINATOR_STATE_TOPIC_MIN_ISR, value: "1"}
  - {name: KAFKA_AUTO_CREATE_TOPICS_ENABLE, value: "false"}
  - {name: KAFKA_GROUP_INITIAL_REBALANCE_DELAY_MS, value: "0"}
  # One dead letter is up to 8 MiB.
  - {name: KAFKA_MESSAGE_MAX_BYTES, value: "8388608"}
  - {name: KAFKA_HEAP_OPTS, value: "-Xms256m -Xmx448m"}
readinessProbe:
  tcpSocket: {port: 9092}
  periodSeconds: 2
livenessProbe:
  tcpSocket: {port: 9092}
  initialDelaySeconds: 60
  periodSeconds: 10
{{- end -}}

{{- define "agent-bus.redisContainer" -}}
image: {{ .Values.bundled.redis.image }}
args: [redis-server, --save, "", --appendonly, "no", --maxmemory, 64mb, --maxmemory-policy, allkeys-lru]
readinessProbe:
  tcpSocket: {port: 6379}
  periodSeconds: 2
livenessProbe:
  tcpSocket: {port: 6379}
  periodSeconds: 10
{{- end -}}

{{- define "agent-bus.postgresContainer" -}}
image: {{ .Values.bundled.postgres.image }}
args: [postgres, -c, max_connections=200]
env:
  - {name: POSTGRES_USER, value: agent_bus}
  - {name: POSTGRES_DB, value: agent_bus}
  - name: POSTGRES_PASSWORD
    valueFrom: {secretKeyRef: {name: {{ .Release.Name }}-postgres, key: password}}
  # A volume's own folder may not be empty.
  - {name: PGDATA, value: /var/lib/postgresql/data/pgdata}
readinessProbe:
  exec: {command: [pg_isready, --username, agent_bus, --host, 127.0.0.1]}
  periodSeconds: 2
livenessProbe:
  tcpSocket: {port: 5432}
  initialDelaySeconds: 60
  periodSeconds: 10
{{- end -}}
