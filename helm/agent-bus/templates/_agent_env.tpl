{{/* What `agent-bus serve` is told; {root, name, service}. Every setting has a value in values.yaml or is computed here. */}}
{{- define "agent-bus.agentEnv" -}}
{{- $v := .root.Values -}}
{{- $dapr := eq $v.bus "dapr" -}}
- {name: AGENT_BUS_HOST, value: 0.0.0.0}
- {name: AGENT_BUS_PORT, value: "8080"}
# Beside a sidecar nobody else may come in there.
- {name: AGENT_BUS_INTERNAL_HOST, value: {{ $dapr | ternary "127.0.0.1" "0.0.0.0" }}}
- {name: AGENT_BUS_INTERNAL_PORT, value: "8081"}
- {name: AGENT_BUS_BUS, value: {{ $v.bus }}}
{{- include "agent-bus.prefixEnv" .root }}
{{ include "agent-bus.databaseEnv" .root }}
- {name: AGENT_BUS_JWKS, value: {{ $v.auth.jwks.url | default "/etc/agent-bus/keys/jwks.json" | quote }}}
- {name: AGENT_BUS_ISSUER, value: {{ $v.auth.issuer | quote }}}
- {name: AGENT_BUS_AUDIENCE, value: {{ $v.auth.audience | quote }}}
- name: APP_API_TOKEN
  valueFrom: {secretKeyRef: {name: {{ include "agent-bus.appTokenSecret" .root }}, key: token}}
{{- if $dapr }}
{{- with include "agent-bus.apiTokenSecret" .root }}
- name: DAPR_API_TOKEN
  valueFrom: {secretKeyRef: {name: {{ . }}, key: token}}
{{- end }}
{{- with include "agent-bus.prefix" .root }}
# Dapr finds components by their names in the namespace, so that another release's are called otherwise.
- {name: AGENT_BUS_DAPR_PUBSUB, value: {{ . }}kafka-pubsub}
- {name: AGENT_BUS_DAPR_STATESTORE, value: {{ . }}statestore}
{{- end }}
{{- else }}
{{- $peers := list }}
{{- range $asked, $_ := .service.asks }}
{{- $peers = append $peers (printf "%s=http://%s-%s:8081" $asked $.root.Release.Name $asked) }}
{{- end }}
{{- with $peers }}
- {name: AGENT_BUS_PEERS, value: {{ join "," . | quote }}}
{{- end }}
{{- end }}
{{- if $v.kafka.direct }}
# Beside a sidecar it is for the metric of how far an agent is behind, and for whoever comes in: `agent-bus dead-letters`.
{{ include "agent-bus.kafkaEnv" .root }}
{{- end }}
{{- if or $v.redis.enabled $v.bundled.redis.enabled }}
{{- $address := include "agent-bus.redisAddress" .root }}
{{- with include "agent-bus.redisSecret" .root }}
- name: REDIS_PASSWORD
  valueFrom: {secretKeyRef: {name: {{ . }}, key: {{ $v.redis.key }}}}
- {name: AGENT_BUS_REDIS, value: "redis://:$(REDIS_PASSWORD)@{{ $address }}"}
{{- else }}
- {name: AGENT_BUS_REDIS, value: "redis://{{ $address }}"}
{{- end }}
{{- end }}
{{- with $v.schemaRegistry }}
- {name: SCHEMA_REGISTRY_URL, value: {{ . | quote }}}
{{- end }}
{{- with $v.traces.otlpEndpoint }}
- {name: OTEL_EXPORTER_OTLP_ENDPOINT, value: {{ . | quote }}}
- {name: AGENT_BUS_TRACE_SHARE, value: {{ int64 $v.traces.share | quote }}}
{{- end }}
{{- with $v.settings }}
- {name: AGENT_BUS_STUDENT_REQUESTS_PER_MINUTE, value: {{ int64 .studentRequestsPerMinute | quote }}}
- {name: AGENT_BUS_OTHER_REQUESTS_PER_MINUTE, value: {{ int64 .otherRequestsPerMinute | quote }}}
- {name: AGENT_BUS_BASELINE_TOKENS, value: {{ int64 .baselineTokens | quote }}}
- {name: AGENT_BUS_OUTBOX_MAX, value: {{ int64 .outboxMax | quote }}}
- {name: AGENT_BUS_LIMITER_ON_FAILURE, value: {{ .limiterOnFailure }}}
- {name: AGENT_BUS_LOG_FORMAT, value: {{ .logFormat }}}
{{- end }}
- {name: AGENT_BUS_DRAIN_MS, value: {{ mul $v.shutdown.drainSeconds 1000 | quote }}}
{{- with .service.sandboxRunning }}
- {name: AGENT_BUS_SANDBOX_RUNNING, value: {{ int . | quote }}}
- {name: AGENT_BUS_SANDBOX_LOCKDOWN, value: {{ $v.settings.sandboxLockdown }}}
{{- end }}
{{- range $key, $value := .service.env }}
- {name: {{ $key }}, value: {{ $value | toString | quote }}}
{{- end }}
{{- end -}}
