{{/* Contradictions that a schema can't see or can't explain: each one a sentence, all of them at once. */}}

{{- define "defter.validate" -}}
{{- $problems := concat
  (include "defter.check-whole" . | fromJsonArray)
  (include "defter.check-services" . | fromJsonArray)
  (include "defter.check-roles" . | fromJsonArray)
  (include "defter.check-jobs" . | fromJsonArray)
  (include "defter.check-kafka" . | fromJsonArray)
  (include "defter.check-external-secrets" . | fromJsonArray) }}
{{- if $problems }}
{{- fail (printf "\n\nThese values can not be installed:\n  - %s\n" (join "\n  - " $problems)) }}
{{- end }}
{{- end }}

{{- define "defter.check-whole" -}}
{{- $said := list }}
{{- range $key := list "runAsUser" "runAsGroup" }}
{{- if lt (int (index $.Values.podSecurity $key)) 1 }}
{{- $said = append $said (printf "podSecurity.%s is 0, and nothing of Defter may run as root: choose another number." $key) }}
{{- end }}
{{- end }}
{{- with .Values.shutdown }}
{{- $needed := add .preStopSeconds .drainSeconds }}
{{- if le (int .graceSeconds) (int $needed) }}
{{- $said = append $said (printf "shutdown.graceSeconds is %d, but waiting and draining may take %d: Kubernetes would kill pods in the middle of it." (int .graceSeconds) (int $needed)) }}
{{- end }}
{{- end }}
{{- if not .Values.network.dns }}
{{- $said = append $said "network.dns is empty: without it no pod finds any other by name." }}
{{- end }}
{{- $known := include "defter.known-settings" . | fromJson }}
{{- range $variable, $text := .Values.env }}
{{- $said = concat $said (include "defter.check-variable" (dict "where" "env" "variable" $variable "text" $text "known" $known "who" "Defter") | fromJsonArray) }}
{{- end }}
{{- toJson $said }}
{{- end }}

{{/* What all services together read: {plain: […], secret: […]}. */}}
{{- define "defter.known-settings" -}}
{{- $plain := list }}
{{- $secret := list }}
{{- range $service, $known := .Files.Get "settings.json" | fromJson }}
{{- $plain = concat $plain $known.plain }}
{{- $secret = concat $secret $known.secret }}
{{- end }}
{{- dict "plain" $plain "secret" $secret | toJson }}
{{- end }}

{{/* One variable that stands in plain text. */}}
{{- define "defter.check-variable" -}}
{{- $own := list "HTTP_HOST" "HTTP_PORT" "GRPC_PORT" "MANAGEMENT_PORT" "SHUTDOWN_TIMEOUT" "TENANTS_FILE" "KAFKA_BROKERS" "KAFKA_USER" "KAFKA_PASSWORD_FILE" "KAFKA_TLS" "KAFKA_CA_FILE" "STATE_DIR" "DEFTER_CRASH_POINT" }}
{{- $name := printf "%s.%s" .where .variable }}
{{- if has .variable .known.secret }}
{{- list (printf "%s is a secret, and values are readable by many: put it into a Secret and name that in secretEnv." $name) | toJson }}
{{- else if regexMatch "://[^/@\\s]*:[^/@\\s]+@|-----BEGIN|^(sk|rk|whsec|dk)_" (toString .text) }}
{{- list (printf "%s holds what looks like a password or a key, and values are readable by many: put it into a Secret." $name) | toJson }}
{{- else if has .variable $own }}
{{- list (printf "%s is set by the chart itself: leave it out." $name) | toJson }}
{{- else if not (has .variable .known.plain) }}
{{- list (printf "%s is no setting of %s: a variable that nobody reads looks as if it worked." $name .who) | toJson }}
{{- else }}[]
{{- end }}
{{- end }}

{{- define "defter.check-services" -}}
{{- $said := list }}
{{- $settings := .Files.Get "settings.json" | fromJson }}
{{- range $service, $spec := .Values.services }}
{{- if $spec.enabled }}
{{- $where := printf "services.%s" $service }}
{{- $known := index $settings $service | default (dict "plain" list "secret" list) }}
{{- if not (hasKey $settings $service) }}
{{- $said = append $said (printf "%s is no service of Defter." $where) }}
{{- end }}
{{- if not $spec.digest }}
{{- $said = append $said (printf "%s.digest is empty: say which image to run by its digest (sha256:…)." $where) }}
{{- end }}
{{- range $variable, $text := $spec.env }}
{{- $said = concat $said (include "defter.check-variable" (dict "where" (printf "%s.env" $where) "variable" $variable "text" $text "known" $known "who" $service) | fromJsonArray) }}
{{- if hasKey ($spec.secretEnv | default dict) $variable }}
{{- $said = append $said (printf "%s has %s in env and in secretEnv: keep one of them." $where $variable) }}
{{- end }}
{{- end }}
{{- range $variable, $secret := merge (dict) ($spec.secretEnv | default dict) ($spec.migratorEnv | default dict) }}
{{- if not (has $variable $known.secret) }}
{{- $said = append $said (printf "%s takes %s from a Secret, but %s has no such secret setting." $where $variable $service) }}
{{- end }}
{{- end }}
{{- if hasKey ($spec.secretEnv | default dict) "MIGRATOR_DATABASE_URL" }}
{{- $said = append $said (printf "%s.secretEnv has MIGRATOR_DATABASE_URL: a running service must not be able to change its tables; put it into migratorEnv." $where) }}
{{- end }}
{{- if and $spec.database (not (hasKey ($spec.secretEnv | default dict) "DATABASE_URL")) }}
{{- $said = append $said (printf "%s has a database, but no secretEnv.DATABASE_URL that says which." $where) }}
{{- end }}
{{- if and $spec.database (not (hasKey ($spec.migratorEnv | default dict) "MIGRATOR_DATABASE_URL")) }}
{{- $said = append $said (printf "%s has a database, but no migratorEnv.MIGRATOR_DATABASE_URL to migrate it with." $where) }}
{{- end }}
{{- range $key, $variable := dict "watches" "WATCHED_SERVICES" "mailClaim" "REPORT_MAIL_DIR" }}
{{- if index $spec $key }}
{{- if not (has $variable $known.plain) }}
{{- $said = append $said (printf "%s.%s sets %s, which %s doesn't read." $where $key $variable $service) }}
{{- else if hasKey ($spec.env | default dict) $variable }}
{{- $said = append $said (printf "%s.env.%s contradicts %s.%s: keep one of them." $where $variable $where $key) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $variable, $call := $spec.calls }}
{{- $called := index $.Values.services $call.service | default dict }}
{{- $role := index ($called.roles | default dict) $call.role | default dict }}
{{- if not (hasKey ($role.ports | default dict) $call.port) }}
{{- $said = append $said (printf "%s.calls.%s names the port %s of %s/%s, which isn't there." $where $variable $call.port $call.service $call.role) }}
{{- end }}
{{- if and $called.enabled (hasKey ($spec.env | default dict) $variable) }}
{{- $said = append $said (printf "%s.env.%s contradicts calls.%s: keep one of them." $where $variable $variable) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $said }}
{{- end }}

{{- define "defter.check-roles" -}}
{{- $said := list }}
{{- range $service, $spec := .Values.services }}
{{- range $role, $own := $spec.roles }}
{{- if $spec.enabled }}
{{- $its := include "defter.role" (dict "root" $ "own" $own) | fromYaml }}
{{- $where := printf "services.%s.roles.%s" $service $role }}
{{- range $probe := list "startup" "readiness" "liveness" }}
{{- if not (index ($its.probes | default dict) $probe).path }}
{{- $said = append $said (printf "%s has no %s probe: Kubernetes could not tell how its pods are." $where $probe) }}
{{- end }}
{{- end }}
{{- range $probe := list "startup" "liveness" }}
{{- if eq "/readyz" ((index ($its.probes | default dict) $probe).path | default "") }}
{{- $said = append $said (printf "%s asks /readyz for its %s probe: a database that is away would restart every pod that waits for it; ask /livez." $where $probe) }}
{{- end }}
{{- end }}
{{- $replicas := ternary $its.autoscaling.min $its.replicas $its.autoscaling.enabled | int }}
{{- if and $its.disruptionBudget.enabled (lt $replicas 2) }}
{{- $said = append $said (printf "%s may have %d replica and has a disruption budget: no node could be drained. Give it two, or switch disruptionBudget off." $where $replicas) }}
{{- else if and $its.disruptionBudget.enabled (ge (int $its.disruptionBudget.minAvailable) $replicas) }}
{{- $said = append $said (printf "%s must keep %d of %d replicas: no node could be drained. Lower disruptionBudget.minAvailable." $where (int $its.disruptionBudget.minAvailable) $replicas) }}
{{- end }}
{{- if and $its.autoscaling.enabled (gt (int $its.autoscaling.min) (int $its.autoscaling.max)) }}
{{- $said = append $said (printf "%s scales from %d to %d: min is above max." $where (int $its.autoscaling.min) (int $its.autoscaling.max)) }}
{{- end }}
{{- if and $its.stateDir (or $its.autoscaling.enabled (gt (int $its.replicas) 1)) }}
{{- $said = append $said (printf "%s keeps its state in a folder of its own, so it can have one replica only." $where) }}
{{- end }}
{{- if not (and $its.resources.limits.memory $its.resources.requests.memory $its.resources.requests.cpu) }}
{{- $said = append $said (printf "%s has no memory limit or no requests: one pod could take a whole node." $where) }}
{{- end }}
{{- if and $own.edge (not (hasKey ($own.ports | default dict) "http")) }}
{{- $said = append $said (printf "%s is open to the edge, but has no port http." $where) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $said }}
{{- end }}

{{- define "defter.check-jobs" -}}
{{- $said := list }}
{{- range $job, $own := .Values.jobs }}
{{- $where := printf "jobs.%s" $job }}
{{- $spec := index $.Values.services $own.service | default dict }}
{{- if not $spec.enabled }}
{{- $said = append $said (printf "%s runs in %s, which isn't installed." $where $own.service) }}
{{- end }}
{{- $name := include "defter.fullname" (dict "root" $ "service" $own.service "role" $job) }}
{{- if gt (len $name) 52 }}
{{- $said = append $said (printf "%s would be called %s, which is longer than the 52 characters of a CronJob." $where $name) }}
{{- end }}
{{- if hasKey ($spec.roles | default dict) $job }}
{{- $said = append $said (printf "%s has the name of a role of %s: call it otherwise." $where $own.service) }}
{{- end }}
{{- end }}
{{- toJson $said }}
{{- end }}
