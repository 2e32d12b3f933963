{{/* What every pod has, whether it serves, migrates or is a job: restricted pod security, and no token of the API server. */}}

{{- define "defter.pod-security" -}}
automountServiceAccountToken: false
enableServiceLinks: false
securityContext:
  runAsNonRoot: true
  runAsUser: {{ .root.Values.podSecurity.runAsUser }}
  runAsGroup: {{ .root.Values.podSecurity.runAsGroup }}
  fsGroup: {{ .root.Values.podSecurity.runAsGroup }}
  seccompProfile: { type: RuntimeDefault }
{{- with .root.Values.image.pullSecrets }}
imagePullSecrets:
{{- range . }}
  - name: {{ . }}
{{- end }}
{{- end }}
{{- end }}

{{- define "defter.container-security" -}}
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities: { drop: [ALL] }
{{- end }}

{{/* Environment variables from Secrets. Argument: a map of variable to {name, key}. */}}
{{- define "defter.secret-env" -}}
{{- range $variable, $secret := . }}
- name: {{ $variable }}
  valueFrom: { secretKeyRef: { name: {{ $secret.name }}, key: {{ $secret.key }} } }
{{- end }}
{{- end }}

{{/* A pod that runs once. Argument: root, service, spec, name, args, resources, fromConfig (whether the ConfigMap is there already) and owner (whether it may change tables). */}}
{{- define "defter.run-once" -}}
{{ include "defter.pod-security" . }}
restartPolicy: Never
containers:
  - name: {{ .name }}
    image: {{ include "defter.image" . }}
    imagePullPolicy: {{ .root.Values.image.pullPolicy }}
    args: {{ .args | toJson }}
{{- if .fromConfig }}
    envFrom:
      - configMapRef: { name: {{ .root.Release.Name }}-{{ .service }} }
{{- end }}
    env:
{{- include "defter.secret-env" (merge (dict) (.secretEnv | default dict) (.spec.secretEnv | default dict) (ternary (.spec.migratorEnv | default dict) dict .owner)) | nindent 6 }}
    resources: {{ .resources | toJson }}
    {{- include "defter.container-security" . | nindent 4 }}
    volumeMounts:
      - { name: tmp, mountPath: /tmp }
{{- if .fromConfig }}
      - { name: settings, mountPath: /etc/defter, readOnly: true }
{{- if .spec.mailClaim }}
      - { name: mail, mountPath: /var/mail/defter }
{{- end }}
{{- end }}
{{- if .exemptions }}
      - { name: exemptions, mountPath: /etc/defter-exemptions, readOnly: true }
{{- end }}
volumes:
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
{{- if .fromConfig }}
{{ include "defter.settings-volume" . }}
{{- include "defter.mail-volume" . }}
{{- end }}
{{- if .exemptions }}
  - name: exemptions
    configMap: { name: {{ .root.Release.Name }}-exemptions }
{{- end }}
{{- end }}

{{- define "defter.settings-volume" -}}
{{- with .root.Values.settings.secret }}
  - name: settings
    secret:
      secretName: {{ .name }}
      defaultMode: 0440
      items: [{ key: {{ .key }}, path: settings.json }]
{{- end }}
{{- end }}

{{- define "defter.mail-volume" -}}
{{- with .spec.mailClaim }}
  - name: mail
    persistentVolumeClaim: { claimName: {{ . }} }
{{- end }}
{{- end }}
