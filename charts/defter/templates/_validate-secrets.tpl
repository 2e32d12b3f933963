{{/* Contradictions of Kafka's users and of where Secrets come from. */}}

{{- define "defter.check-kafka" -}}
{{- $said := list }}
{{- $users := .Values.kafka.users }}
{{- $names := dict }}
{{- range $service, $user := $users }}
{{- $where := printf "kafka.users.%s" $service }}
{{- $spec := index $.Values.services $service | default dict }}
{{- if and (ne $service "keda") (not $spec.kafka) }}
{{- $said = append $said (printf "%s is for nobody: there is no service of that name that talks to Kafka." $where) }}
{{- end }}
{{- if not $user.name }}
{{- $said = append $said (printf "%s has no name: say as whom it logs in." $where) }}
{{- else if hasKey $names $user.name }}
{{- $said = append $said (printf "%s and %s are both the user %s: each would have the other's rights. Give each its own." (index $names $user.name) $where $user.name) }}
{{- else }}
{{- $_ := set $names $user.name $where }}
{{- end }}
{{- if not $user.secret }}
{{- $said = append $said (printf "%s has no secret: say which Secret, and which key of it, has the password (Strimzi makes one of the user's name with the key password)." $where) }}
{{- end }}
{{- if and $spec.enabled $spec.kafka }}
{{- $holders := list }}
{{- range $role, $own := $spec.roles }}{{- if $own.kafka }}{{- $holders = append $holders $role }}{{- end }}{{- end }}
{{- if not $holders }}
{{- $said = append $said (printf "%s is for nobody: no role of %s has kafka: true." $where $service) }}
{{- end }}
{{- end }}
{{- end }}
{{- range $service, $spec := .Values.services }}
{{- if $spec.enabled }}
{{- if and $users $spec.kafka (not (hasKey $users $service)) }}
{{- $said = append $said (printf "services.%s talks to Kafka, but kafka.users has no %s: brokers that ask for users refuse it. Give it one, or nobody." $service $service) }}
{{- end }}
{{- range $role, $own := $spec.roles }}
{{- if and $own.kafka (not $spec.kafka) }}
{{- $said = append $said (printf "services.%s.roles.%s has kafka, but services.%s.kafka is false: it could not reach the brokers." $service $role $service) }}
{{- end }}
{{- if hasKey (merge (dict) ($own.secretEnv | default dict) ($spec.secretEnv | default dict)) "KAFKA_PASSWORD" }}
{{- $said = append $said (printf "services.%s takes KAFKA_PASSWORD from a Secret: name that Secret in kafka.users.%s, which gives it to the roles that need it, as a file that may change." $service $service) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- if and $users .Values.keda.enabled (not (hasKey $users "keda")) }}
{{- $said = append $said "keda.enabled is true, but kafka.users has no keda: the scaler could not read how much waits. Give it a user, or switch keda off." }}
{{- end }}
{{- if and .Values.kafka.tls.ca (not .Values.kafka.tls.enabled) }}
{{- $said = append $said "kafka.tls.ca says what to check certificates against, but kafka.tls.enabled is false: nothing would be encrypted. Switch it on, or leave ca out." }}
{{- end }}
{{- if and $users (not .Values.kafka.tls.enabled) }}
{{- $said = append $said "kafka.users log in with passwords, but kafka.tls.enabled is false: passwords' proofs and all messages would go in clear. Switch it on." }}
{{- end }}
{{- $network := .Values.network.kafka }}
{{- if $network.to }}
{{- $open := list (toString $network.port) }}
{{- range $network.alsoPorts }}{{- $open = append $open (toString .) }}{{- end }}
{{- range .Values.kafka.brokers }}
{{- $port := splitList ":" . | last }}
{{- if not (has $port $open) }}
{{- $said = append $said (printf "kafka.brokers has %s, but network.kafka.port is %v: pods could not open a connection to it. Make them the same." . $network.port) }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson ($said | uniq) }}
{{- end }}

{{- define "defter.check-external-secrets" -}}
{{- $said := list }}
{{- $external := .Values.externalSecrets }}
{{- $readers := include "defter.read-secrets" . | fromJsonArray }}
{{- if and $external.secrets (not $external.enabled) }}
{{- $said = append $said "externalSecrets.secrets lists Secrets, but externalSecrets.enabled is false: nobody would make them." }}
{{- end }}
{{- if $external.enabled }}
{{- if not $external.store.name }}
{{- $said = append $said "externalSecrets.store.name is empty: say which store the Secrets come from." }}
{{- end }}
{{- if not $external.secrets }}
{{- $said = append $said "externalSecrets.enabled is true, but externalSecrets.secrets lists none." }}
{{- end }}
{{- range $name, $keys := $external.secrets }}
{{- $where := printf "externalSecrets.secrets.%s" $name }}
{{- $read := has $name $.Values.image.pullSecrets }}
{{- range $reader := $readers }}
{{- if eq $reader.name $name }}
{{- $read = true }}
{{- if not (hasKey $keys $reader.key) }}
{{- $said = append $said (printf "%s makes no key %s, which %s reads: a Secret has one source, so all its keys come from there." $where $reader.key $reader.where) }}
{{- end }}
{{- end }}
{{- end }}
{{- if not $read }}
{{- $said = append $said (printf "%s is a Secret that nothing here reads: is its name right?" $where) }}
{{- end }}
{{- range $service, $user := $.Values.kafka.users }}
{{- if eq $name ($user.name | default "") }}
{{- $said = append $said (printf "%s is what Strimzi makes for the user of kafka.users.%s: a Secret may have one source only. Leave it out here, or call it otherwise." $where $service) }}
{{- end }}
{{- end }}
{{- end }}
{{- end }}
{{- toJson $said }}
{{- end }}

{{/* Every key of a Secret that an object of this release reads: [{name, key, where}]. */}}
{{- define "defter.read-secrets" -}}
{{- $read := list (merge (dict "where" "settings.secret") .Values.settings.secret) }}
{{- range $service, $user := .Values.kafka.users }}
{{- with $user.secret }}{{- $read = append $read (merge (dict "where" (printf "kafka.users.%s" $service)) .) }}{{- end }}
{{- end }}
{{- with .Values.kafka.tls.ca }}{{- $read = append $read (merge (dict "where" "kafka.tls.ca") .) }}{{- end }}
{{- $maps := dict }}
{{- range $service, $spec := .Values.services }}
{{- if $spec.enabled }}
{{- $_ := set $maps (printf "services.%s.secretEnv" $service) $spec.secretEnv }}
{{- $_ := set $maps (printf "services.%s.migratorEnv" $service) $spec.migratorEnv }}
{{- range $role, $own := $spec.roles }}
{{- $_ := set $maps (printf "services.%s.roles.%s.secretEnv" $service $role) $own.secretEnv }}
{{- end }}
{{- end }}
{{- end }}
{{- range $job, $own := .Values.jobs }}
{{- $_ := set $maps (printf "jobs.%s.secretEnv" $job) $own.secretEnv }}
{{- end }}
{{- range $where, $map := $maps }}
{{- range $variable, $secret := $map }}
{{- $read = append $read (merge (dict "where" (printf "%s.%s" $where $variable)) $secret) }}
{{- end }}
{{- end }}
{{- toJson $read }}
{{- end }}
