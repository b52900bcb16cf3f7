{{/* The arrows out of a pod, of those in `to` that the values make; {root, to}. */}}
{{- define "agent-bus.egress" -}}
{{- $root := .root -}}
{{- $v := .root.Values -}}
{{- $np := $v.networkPolicy -}}
{{- range .to }}
{{- if eq . "dns" }}
- to:
    {{- toYaml $np.dns | nindent 4 }}
  ports:
    {{- range $np.dnsPorts }}
    - {port: {{ . }}, protocol: UDP}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- else if eq . "postgres" }}
{{- $ports := list (dict "port" ($v.bundled.postgres.enabled | ternary 5432 (int $v.database.port)) "protocol" "TCP") }}
{{- include "agent-bus.arrow" (dict "root" $root "bundled" $v.bundled.postgres.enabled "name" "postgres" "peers" $np.postgres "ports" (toYaml $ports)) }}
{{- else if eq . "kafka" }}
{{- $ports := include "agent-bus.portsOf" (include "agent-bus.kafkaBrokers" $root) }}
{{- include "agent-bus.arrow" (dict "root" $root "bundled" $v.bundled.kafka.enabled "name" "kafka" "peers" $np.kafka "ports" $ports) }}
{{- else if and (eq . "redis") (or $v.redis.enabled $v.bundled.redis.enabled) }}
{{- $ports := include "agent-bus.portsOf" (include "agent-bus.redisAddress" $root) }}
{{- include "agent-bus.arrow" (dict "root" $root "bundled" $v.bundled.redis.enabled "name" "redis" "peers" $np.redis "ports" $ports) }}
{{- else if and (eq . "dapr") (eq $v.bus "dapr") }}
# Dapr's control plane: identities (sentry), components (operator), and what each sidecar greets (placement, scheduler).
- to:
    - namespaceSelector: {matchLabels: {kubernetes.io/metadata.name: {{ $v.dapr.namespace }}}}
  ports:
    {{- range list 50001 6500 50005 50006 }}
    - {port: {{ . }}, protocol: TCP}
    {{- end }}
{{- else if and (eq . "jwks") $v.auth.jwks.url }}
{{- $port := regexFind ":[0-9]+" (regexReplaceAll "^https?://" $v.auth.jwks.url "") | trimPrefix ":" }}
{{- $port = $port | default (hasPrefix "https:" $v.auth.jwks.url | ternary "443" "80") }}
{{- include "agent-bus.arrow" (dict "root" $root "peers" $np.jwks "ports" (toYaml (list (dict "port" (int $port) "protocol" "TCP")))) }}
{{- else if and (eq . "schemaRegistry") $v.schemaRegistry }}
{{- $port := regexFind ":[0-9]+" (regexReplaceAll "^https?://" $v.schemaRegistry "") | trimPrefix ":" }}
{{- $port = $port | default (hasPrefix "https:" $v.schemaRegistry | ternary "443" "80") }}
{{- include "agent-bus.arrow" (dict "root" $root "peers" $np.schemaRegistry "ports" (toYaml (list (dict "port" (int $port) "protocol" "TCP")))) }}
{{- else if eq . "otlp" }}
{{- range compact (list $v.dapr.otlpEndpoint (regexReplaceAll "^http://" $v.traces.otlpEndpoint "")) }}
{{- include "agent-bus.arrow" (dict "root" $root "peers" $np.otlp "ports" (include "agent-bus.portsOf" .)) }}
{{- end }}
{{- end }}
{{- end }}
{{- end -}}

{{/* One arrow: to the bundled server, to the peers that are named, or to anywhere on its ports. */}}
{{- define "agent-bus.arrow" }}
{{- if .bundled }}
- to:
    - podSelector:
        matchLabels:
          {{- include "agent-bus.selector" (dict "root" .root "component" .name) | nindent 10 }}
  ports:
    {{- .ports | trim | nindent 4 }}
{{- else if .peers }}
- to:
    {{- toYaml .peers | nindent 4 }}
  ports:
    {{- .ports | trim | nindent 4 }}
{{- else }}
- ports:
    {{- .ports | trim | nindent 4 }}
{{- end }}
{{- end }}
