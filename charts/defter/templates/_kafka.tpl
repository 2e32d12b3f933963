{{/* How the pods that publish or consume log in to Kafka; nothing where nobody logs in and nothing is encrypted. Others never connect. */}}

{{- define "defter.kafka-environment" -}}
{{- with index .root.Values.kafka.users .service }}
KAFKA_USER: {{ .name | quote }}
KAFKA_PASSWORD_FILE: /etc/defter-kafka/user/password
{{- end }}
{{- if .root.Values.kafka.tls.enabled }}
KAFKA_TLS: 'true'
{{- if .root.Values.kafka.tls.ca }}
KAFKA_CA_FILE: /etc/defter-kafka/ca/ca.crt
{{- end }}
{{- end }}
{{- end }}

{{/* Files, because Kubernetes renews them: a new password needs no new pod. */}}
{{- define "defter.kafka-mounts" -}}
{{- if index .root.Values.kafka.users .service }}
- { name: kafka-user, mountPath: /etc/defter-kafka/user, readOnly: true }
{{- end }}
{{- if and .root.Values.kafka.tls.enabled .root.Values.kafka.tls.ca }}
- { name: kafka-ca, mountPath: /etc/defter-kafka/ca, readOnly: true }
{{- end }}
{{- end }}

{{- define "defter.kafka-volumes" -}}
{{- with index .root.Values.kafka.users .service }}
- name: kafka-user
  secret:
    secretName: {{ .secret.name }}
    defaultMode: 0440
    items: [{ key: {{ .secret.key }}, path: password }]
{{- end }}
{{- if .root.Values.kafka.tls.enabled }}
{{- with .root.Values.kafka.tls.ca }}
- name: kafka-ca
  secret:
    secretName: {{ .name }}
    defaultMode: 0440
    items: [{ key: {{ .key }}, path: ca.crt }]
{{- end }}
{{- end }}
{{- end }}
