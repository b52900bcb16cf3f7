{{/* Names, labels, addresses and pieces of pods that several templates have in common. No object is made here. */}}

{{/* What app ids, topics, components and keys begin with: nothing in the release `agent-bus`. */}}
{{- define "agent-bus.prefix" -}}
{{- if ne .Release.Name "agent-bus" }}{{ .Release.Name }}-{{ end -}}
{{- end -}}

{{- define "agent-bus.selector" -}}
app.kubernetes.io/name: agent-bus
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Labels of an object of the release; {root, component}. */}}
{{- define "agent-bus.labels" -}}
{{ include "agent-bus.selector" . }}
app.kubernetes.io/part-of: agent-bus
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ .root.Chart.Name }}-{{ .root.Chart.Version }}
{{- end -}}

{{/* One agent's values, with what it leaves out; {root, service}. Read it with fromYaml. */}}
{{- define "agent-bus.service" -}}
{{- mergeOverwrite (deepCopy .root.Values.defaults) (.service | default dict) | toYaml -}}
{{- end -}}

{{/* The port on which one sidecar asks another: the same for all of them. */}}
{{- define "agent-bus.daprBetween" -}}3503{{- end -}}

{{- define "agent-bus.image" -}}
{{- with .Values.image -}}
{{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}
{{- end -}}
{{- end -}}

{{- define "agent-bus.pullSecrets" -}}
{{- with .Values.image.pullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{- define "agent-bus.kafkaBrokers" -}}
{{- if .Values.bundled.kafka.enabled }}{{ .Release.Name }}-kafka:9092{{ else }}{{ .Values.kafka.brokers }}{{ end -}}
{{- end -}}

{{- define "agent-bus.redisAddress" -}}
{{- if .Values.bundled.redis.enabled }}{{ .Release.Name }}-redis:6379{{ else }}{{ .Values.redis.address }}{{ end -}}
{{- end -}}

{{- define "agent-bus.redisSecret" -}}
{{- if not .Values.bundled.redis.enabled }}{{ .Values.redis.secret }}{{ end -}}
{{- end -}}

{{- define "agent-bus.databaseSecret" -}}
{{- if .Values.bundled.postgres.enabled }}{{ .Release.Name }}-postgres{{ else }}{{ .Values.database.secret | default (printf "%s-database" .Release.Name) }}{{ end -}}
{{- end -}}

{{- define "agent-bus.databaseKey" -}}
{{- if .Values.bundled.postgres.enabled }}url{{ else }}{{ .Values.database.key }}{{ end -}}
{{- end -}}

{{- define "agent-bus.appTokenSecret" -}}
{{- if .Values.bundled.tokens.enabled }}{{ .Release.Name }}-app{{ else }}{{ .Values.appTokenSecret }}{{ end -}}
{{- end -}}

{{- define "agent-bus.apiTokenSecret" -}}
{{- if .Values.bundled.tokens.enabled }}{{ .Release.Name }}-dapr-api{{ else }}{{ .Values.dapr.apiTokenSecret }}{{ end -}}
{{- end -}}

{{/* Changes with what sidecars read once, at their start: a pod that carries it is made anew. */}}
{{- define "agent-bus.daprSum" -}}
{{- $v := .Values -}}
{{- $read := list (include "agent-bus.kafkaBrokers" .) $v.kafka.daprMetadata (include "agent-bus.redisAddress" .) $v.redis $v.dapr -}}
{{- range $name, $service := $v.services -}}
{{- $service = $service | default dict -}}
{{- $read = append $read (list $name $service.asks $service.hears) -}}
{{- end -}}
{{- $read | toJson | sha256sum | trunc 16 -}}
{{- end -}}

{{/* The ports in host:port,host:port, each once, as a list of YAML. */}}
{{- define "agent-bus.portsOf" -}}
{{- $ports := list -}}
{{- range splitList "," . }}{{ $ports = append $ports (regexFind "[0-9]+$" (trim .) | int) }}{{ end -}}
{{- range uniq $ports }}
- {port: {{ . }}, protocol: TCP}
{{- end }}
{{- end -}}

{{/* Restricted pod security: of the pod, and of a container. */}}
{{- define "agent-bus.podSecurity" -}}
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
fsGroup: 65532
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "agent-bus.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
runAsNonRoot: true
runAsUser: 65532
runAsGroup: 65532
capabilities: {drop: [ALL]}
seccompProfile: {type: RuntimeDefault}
{{- end -}}

{{- define "agent-bus.databaseEnv" -}}
- name: AGENT_BUS_DATABASE
  valueFrom: {secretKeyRef: {name: {{ include "agent-bus.databaseSecret" . }}, key: {{ include "agent-bus.databaseKey" . }}}}
{{- end -}}

{{- define "agent-bus.kafkaEnv" -}}
- name: AGENT_BUS_KAFKA_BROKERS
  value: {{ include "agent-bus.kafkaBrokers" . | quote }}
{{- with .Values.kafka.options.secret }}
- name: AGENT_BUS_KAFKA_OPTIONS
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $.Values.kafka.options.key }}}}
{{- end }}
{{- end -}}

{{- define "agent-bus.prefixEnv" -}}
{{- with include "agent-bus.prefix" . }}
- name: AGENT_BUS_RELEASE_PREFIX
  value: {{ . | quote }}
{{- end }}
{{- end -}}

{{/* A Job that runs one command of the binary and has no token; {root, component, args, env, hook}. A hook runs before the
release goes on. Where the server is bundled it comes with the release, and the Job is a part of it. */}}
{{- define "agent-bus.job" -}}
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .root.Release.Name }}-{{ .component }}{{ if not .hook }}-{{ .root.Release.Revision }}{{ end }}
  labels:
    {{- include "agent-bus.labels" . | nindent 4 }}
  {{- if .hook }}
  annotations:
    helm.sh/hook: {{ .hook }}
    helm.sh/hook-weight: {{ .weight | default 0 | quote }}
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
  {{- end }}
spec:
  backoffLimit: {{ .retries }}
  activeDeadlineSeconds: {{ .withinSeconds }}
  {{- if .hook }}
  # One that failed stays for its log, and goes by itself: Helm does not take hooks away with the release.
  ttlSecondsAfterFinished: 3600
  {{- end }}
  template:
    metadata:
      labels:
        {{- include "agent-bus.labels" . | nindent 8 }}
    spec:
      {{- include "agent-bus.jobPod" . | nindent 6 }}
{{- end -}}

{{/* The pod of such a Job; {root, component, args, env}. */}}
{{- define "agent-bus.jobPod" -}}
restartPolicy: Never
automountServiceAccountToken: false
enableServiceLinks: false
{{- include "agent-bus.pullSecrets" .root | nindent 0 }}
securityContext:
  {{- include "agent-bus.podSecurity" .root | nindent 2 }}
containers:
  - name: {{ .component }}
    image: {{ include "agent-bus.image" .root | quote }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: {{ .args | toJson }}
    env:
      {{- .env | nindent 6 }}
    resources:
      requests: {cpu: 50m, memory: 64Mi, ephemeral-storage: 16Mi}
      limits: {cpu: 500m, memory: 256Mi, ephemeral-storage: 64Mi}
    securityContext:
      {{- include "agent-bus.containerSecurity" .root | nindent 6 }}
    volumeMounts:
      - {name: tmp, mountPath: /tmp}
volumes:
  - name: tmp
    emptyDir: {sizeLimit: 16Mi}
{{- end -}}

{{/* When a CronJob runs, and what is kept of it; {root, suspend}. One that is suspended runs when somebody makes a Job of it. */}}
{{- define "agent-bus.backupSchedule" -}}
schedule: {{ .root.Values.backup.schedule | quote }}
timeZone: Etc/UTC
suspend: {{ .suspend }}
concurrencyPolicy: Forbid
# One that could not begin in time, as nothing could be started, is still taken.
startingDeadlineSeconds: 14400
successfulJobsHistoryLimit: 1
failedJobsHistoryLimit: 3
{{- end -}}
