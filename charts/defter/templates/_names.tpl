{{/* Names and labels of one role of one service. Argument of all: (dict "root" $ "service" … "role" …). */}}

{{- define "defter.fullname" -}}
{{ printf "%s-%s-%s" .root.Release.Name .service .role }}
{{- end }}

{{- define "defter.selector" -}}
app.kubernetes.io/name: {{ .service }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .role }}
{{- end }}

{{- define "defter.labels" -}}
{{ include "defter.selector" . }}
app.kubernetes.io/part-of: defter
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end }}

{{- define "defter.image" -}}
{{ printf "%s/%s@%s" .root.Values.image.registry .service .spec.digest }}
{{- end }}

{{/* A called port as its caller writes it; nothing when the called service is off. Argument: (dict "root" $ "call" …). */}}
{{- define "defter.address" -}}
{{- $called := index .root.Values.services .call.service }}
{{- if $called.enabled -}}
{{- $port := index (index $called.roles .call.role).ports .call.port -}}
{{ eq .call.form "url" | ternary "http://" "" }}{{ .root.Release.Name }}-{{ .call.service }}-{{ .call.role }}:{{ $port }}
{{- end }}
{{- end }}

{{/* A role with what it inherits from the defaults. Argument: (dict "root" $ "own" …). */}}
{{- define "defter.role" -}}
{{ mustMergeOverwrite (deepCopy .root.Values.defaults) (deepCopy .own) | toYaml }}
{{- end }}
