{{- define "bellwether.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 40 | trimSuffix "-" -}}
{{- end -}}

{{/* At most 40 characters: names of pods, volumes and jobs are longer, and 63 is the limit. */}}
{{- define "bellwether.fullname" -}}
{{- $name := include "bellwether.name" . -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- else if contains $name .Release.Name -}}
{{- .Release.Name | trunc 40 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 40 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}

{{- define "bellwether.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/name: {{ include "bellwether.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "bellwether.selector" -}}
app.kubernetes.io/name: {{ include "bellwether.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: daemon
{{- end -}}

{{- define "bellwether.notifySelector" -}}
app.kubernetes.io/name: {{ include "bellwether.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: notify
{{- end -}}

{{- define "bellwether.serviceAccount" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "bellwether.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{- define "bellwether.image" -}}
{{- with .Values.image -}}
{{- if .digest -}}
{{ .repository }}@{{ .digest }}
{{- else -}}
{{ .repository }}:{{ default $.Chart.AppVersion .tag }}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* What the schema cannot say. */}}
{{- define "bellwether.check" -}}
{{- $kafka := .Values.kafka -}}
{{- if not $kafka.brokers -}}
{{- fail "kafka.brokers: name the brokers, for example --set kafka.brokers=kafka:9092" -}}
{{- end -}}
{{- if and (hasPrefix "SASL_" $kafka.protocol) (not $kafka.sasl.existingSecret)
    (not (and $kafka.sasl.username $kafka.sasl.password)) -}}
{{- printf "kafka.sasl: kafka.protocol is %s, so give existingSecret, or username and password"
    $kafka.protocol | fail -}}
{{- end -}}
{{- if and .Values.kafka.sasl.existingSecret (or $kafka.sasl.username $kafka.sasl.password) -}}
{{- fail "kafka.sasl: give either existingSecret or username and password, not both" -}}
{{- end -}}
{{- if and $kafka.tls.existingSecret (or $kafka.tls.ca $kafka.tls.certificate) -}}
{{- fail "kafka.tls: give either existingSecret or the PEM texts, not both" -}}
{{- end -}}
{{- if ne (empty (include "bellwether.tlsCertificate" .)) (empty (include "bellwether.tlsKey" .)) -}}
{{- fail "kafka.tls: give both certificate and private key, or none of them" -}}
{{- end -}}
{{- if and (not .Values.reference) (not (dig "reference" "areas" "" .Values.config)) -}}
{{- fail "config.reference: reference is \"\", so name the files: areas, sectors" -}}
{{- end -}}
{{- if and .Values.ingress.enabled (not .Values.ingress.host) -}}
{{- fail "ingress.host: name the host that the ingress answers for" -}}
{{- end -}}
{{- $webhook := .Values.notify.webhook -}}
{{- if and .Values.notify.enabled (not .Values.notify.alertmanager) (not $webhook.url)
    (not $webhook.urlKey) -}}
{{- fail "notify: name alertmanager, webhook.url or webhook.urlKey, or set enabled to false" -}}
{{- end -}}
{{- if and $webhook.url $webhook.urlKey -}}
{{- fail "notify.webhook: give either url or urlKey, not both" -}}
{{- end -}}
{{- if and $webhook.urlKey (not $webhook.existingSecret) -}}
{{- fail "notify.webhook: urlKey needs existingSecret" -}}
{{- end -}}
{{- end -}}

{{/* File names in the Secret for TLS to the brokers; "" = there is no such file. */}}
{{- define "bellwether.tlsCa" -}}
{{- with .Values.kafka.tls -}}
{{- if .existingSecret -}}{{ .caKey }}{{- else if .ca -}}ca.crt{{- end -}}
{{- end -}}
{{- end -}}
{{- define "bellwether.tlsCertificate" -}}
{{- with .Values.kafka.tls -}}
{{- if .existingSecret -}}{{ .certificateKey }}{{- else if .certificate -}}tls.crt{{- end -}}
{{- end -}}
{{- end -}}
{{- define "bellwether.tlsKey" -}}
{{- with .Values.kafka.tls -}}
{{- if .existingSecret -}}{{ .privateKeyKey }}{{- else if .privateKey -}}tls.key{{- end -}}
{{- end -}}
{{- end -}}

{{- define "bellwether.usesSasl" -}}
{{- if hasPrefix "SASL_" .Values.kafka.protocol }}true{{ end -}}
{{- end -}}
{{- define "bellwether.usesTls" -}}
{{- if and (hasSuffix "SSL" .Values.kafka.protocol)
    (or .Values.kafka.tls.existingSecret .Values.kafka.tls.ca .Values.kafka.tls.certificate)
    }}true{{ end -}}
{{- end -}}
{{- define "bellwether.saslSecret" -}}
{{- default (printf "%s-kafka-sasl" (include "bellwether.fullname" .))
    .Values.kafka.sasl.existingSecret -}}
{{- end -}}
{{- define "bellwether.tlsSecret" -}}
{{- default (printf "%s-kafka-tls" (include "bellwether.fullname" .))
    .Values.kafka.tls.existingSecret -}}
{{- end -}}

{{/* librdkafka's properties except secrets, as YAML. */}}
{{- define "bellwether.kafkaProperties" -}}
{{- if ne .Values.kafka.protocol "PLAINTEXT" }}
security.protocol: {{ .Values.kafka.protocol }}
{{- end }}
{{- if include "bellwether.usesSasl" . }}
sasl.mechanism: {{ .Values.kafka.sasl.mechanism }}
{{- end }}
{{- if include "bellwether.usesTls" . }}
{{- with include "bellwether.tlsCa" . }}
ssl.ca.location: /run/secrets/bellwether/kafka-tls/{{ . }}
{{- end }}
{{- with include "bellwether.tlsCertificate" . }}
ssl.certificate.location: /run/secrets/bellwether/kafka-tls/{{ . }}
{{- end }}
{{- with include "bellwether.tlsKey" . }}
ssl.key.location: /run/secrets/bellwether/kafka-tls/{{ . }}
{{- end }}
{{- end }}
{{- end -}}

{{/* bellwetherd.yaml: what the chart knows, overridden by .Values.config. */}}
{{- define "bellwether.config" -}}
{{- $own := dict
    "kafka" (dict "bootstrap_servers" .Values.kafka.brokers)
    "serve" (dict "grpc_address" "0.0.0.0:7443" "metrics_address" "0.0.0.0:9464")
    "runtime" (dict "log_format" "json" "drain_delay" (printf "%ds" (int .Values.drainSeconds)))
    "snapshots" (dict "folder" "/var/lib/bellwether") -}}
{{- with include "bellwether.kafkaProperties" . -}}
{{- $_ := set $own.kafka "properties" (fromYaml .) -}}
{{- end -}}
{{- if include "bellwether.usesSasl" . -}}
{{- $folder := "/run/secrets/bellwether/kafka-sasl" -}}
{{- $_ := set $own.kafka "secret_files" (dict
    "sasl.username" (printf "%s/%s" $folder .Values.kafka.sasl.usernameKey)
    "sasl.password" (printf "%s/%s" $folder .Values.kafka.sasl.passwordKey)) -}}
{{- end -}}
{{- if .Values.snapshots.exchange -}}
{{- $_ := set $own.snapshots "peers" (list (printf "%s-replicas.%s.svc.%s:7443"
    (include "bellwether.fullname" .) .Release.Namespace .Values.clusterDomain)) -}}
{{- end -}}
{{- with .Values.reference -}}
{{- $folder := printf "/usr/share/bellwether/reference/%s" . -}}
{{- $files := dict "areas" (printf "%s/areas.csv" $folder)
    "sectors" (printf "%s/sectors.csv" $folder) -}}
{{- if eq . "uk" -}}
{{- $_ := set $files "area_sets" (printf "%s/area_sets.csv" $folder) -}}
{{- $_ := set $files "postcodes" (printf "%s/postcodes.csv" $folder) -}}
{{- end -}}
{{- $_ := set $own "reference" $files -}}
{{- $_ := set $own "time" (dict "holidays" (printf "%s/holidays.csv" $folder)) -}}
{{- end -}}
{{- mergeOverwrite $own (deepCopy .Values.config) | toYaml -}}
{{- end -}}

{{/* Mounted into the daemon and into the job of the topics. */}}
{{- define "bellwether.kafkaVolumes" -}}
{{- if include "bellwether.usesSasl" . }}
- name: kafka-sasl
  secret: {secretName: {{ include "bellwether.saslSecret" . }}, defaultMode: 0440}
{{- end }}
{{- if include "bellwether.usesTls" . }}
- name: kafka-tls
  secret: {secretName: {{ include "bellwether.tlsSecret" . }}, defaultMode: 0440}
{{- end }}
{{- end -}}
{{- define "bellwether.kafkaMounts" -}}
{{- if include "bellwether.usesSasl" . }}
- {name: kafka-sasl, mountPath: /run/secrets/bellwether/kafka-sasl, readOnly: true}
{{- end }}
{{- if include "bellwether.usesTls" . }}
- {name: kafka-tls, mountPath: /run/secrets/bellwether/kafka-tls, readOnly: true}
{{- end }}
{{- end -}}

{{- define "bellwether.container" -}}
name: bellwetherd
image: {{ include "bellwether.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
args: [--config, /etc/bellwether/bellwetherd.yaml]
env:
  - name: BELLWETHER_CLIENT_ID
    valueFrom: {fieldRef: {fieldPath: metadata.name}}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  - {name: grpc, containerPort: 7443}
  - {name: metrics, containerPort: 9464}
resources: {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - {name: config, mountPath: /etc/bellwether, readOnly: true}
  - {name: snapshots, mountPath: /var/lib/bellwether}
  - {name: tmp, mountPath: /tmp}
  {{- include "bellwether.kafkaMounts" . | nindent 2 }}
  {{- if .Values.serverTls.existingSecret }}
  - {name: server-tls, mountPath: /run/secrets/bellwether/server, readOnly: true}
  {{- end }}
  {{- with .Values.extraVolumeMounts }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{- define "bellwether.pod" -}}
serviceAccountName: {{ include "bellwether.serviceAccount" . }}
automountServiceAccountToken: false
# The drain delay, the drain's timeout (10 s), and what the kubelet needs.
terminationGracePeriodSeconds: {{ add .Values.drainSeconds 15 }}
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
topologySpreadConstraints:
  {{- range list "kubernetes.io/hostname" "topology.kubernetes.io/zone" }}
  - maxSkew: 1
    topologyKey: {{ . }}
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels: {{- include "bellwether.selector" $ | nindent 8 }}
  {{- end }}
volumes:
  - name: config
    configMap: {name: {{ include "bellwether.fullname" . }}}
  - name: tmp
    emptyDir: {sizeLimit: 64Mi}
  {{- if not .Values.snapshots.persistent }}
  - name: snapshots
    emptyDir: {sizeLimit: {{ .Values.snapshots.size }}}
  {{- end }}
  {{- include "bellwether.kafkaVolumes" . | nindent 2 }}
  {{- if .Values.serverTls.existingSecret }}
  - name: server-tls
    secret: {secretName: {{ .Values.serverTls.existingSecret }}, defaultMode: 0440}
  {{- end }}
  {{- with .Values.extraVolumes }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
{{- end -}}

{{/* Of bellwether, in the job of the topics. */}}
{{- define "bellwether.topicsArgs" }}
{{- $config := include "bellwether.config" . | fromYaml }}
- topics
- create
- --brokers={{ $config.kafka.bootstrap_servers }}
- --partitions={{ .Values.kafka.topics.partitions }}
- --replication={{ .Values.kafka.topics.replication }}
{{- include "bellwether.kafkaArgs" . }}
{{- end -}}

{{/* Of the commands that write to the brokers, after --brokers. */}}
{{- define "bellwether.kafkaArgs" }}
{{- $config := include "bellwether.config" . | fromYaml }}
{{- range list "registrations_topic" "support_topic" "observations_topic" "journal_topic" "dead_letters_topic" }}
{{- if hasKey $config.kafka . }}
- --{{ . | replace "_" "-" }}={{ get $config.kafka . }}
{{- end }}
{{- end }}
{{- range $name, $value := $config.kafka.properties }}
- --property={{ $name }}={{ $value }}
{{- end }}
{{- if include "bellwether.usesSasl" . }}
- --property=sasl.username=$(KAFKA_USERNAME)
- --property=sasl.password=$(KAFKA_PASSWORD)
{{- end }}
{{- end -}}

{{/* The environment to which these arguments refer. */}}
{{- define "bellwether.kafkaEnv" }}
{{- if include "bellwether.usesSasl" . }}
env:
  - name: KAFKA_USERNAME
    valueFrom:
      secretKeyRef:
        name: {{ include "bellwether.saslSecret" . }}
        key: {{ .Values.kafka.sasl.usernameKey }}
  - name: KAFKA_PASSWORD
    valueFrom:
      secretKeyRef:
        name: {{ include "bellwether.saslSecret" . }}
        key: {{ .Values.kafka.sasl.passwordKey }}
{{- end }}
{{- end -}}

{{/* Of the pods beside the replicas. */}}
{{- define "bellwether.smallPod" }}
serviceAccountName: {{ include "bellwether.serviceAccount" . }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with .Values.image.pullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.pod.securityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Of their containers. */}}
{{- define "bellwether.smallContainer" }}
image: {{ include "bellwether.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command: [/usr/bin/bellwether]
{{- with .Values.container.securityContext }}
securityContext: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Of bellwether, in the deployment that tells Alertmanager and a webhook. */}}
{{- define "bellwether.notifyArgs" }}
{{- with .Values.notify }}
- --server={{ include "bellwether.fullname" $ }}:{{ $.Values.service.port }}
- notify
- --state-dir=/var/lib/bellwether
- --log-format=json
- --instance={{ default $.Release.Name .instance }}
- --resend={{ .resendSeconds }}
- --metrics=0.0.0.0:{{ .metricsPort }}
{{- if .caSecret }}
- --ca-file=/run/secrets/bellwether/ca/ca.crt
{{- end }}
{{- with .alertmanager }}
- --alertmanager={{ . }}
{{- end }}
{{- with .webhook.url }}
- --webhook={{ . }}
{{- end }}
{{- if and .webhook.existingSecret .webhook.secretKey }}
- --webhook-secret-file=/run/secrets/bellwether/webhook/{{ .webhook.secretKey }}
{{- end }}
{{- with .filter }}
- {{ printf "--filter=%s" . | quote }}
{{- end }}
{{- if .parts }}
- --parts
{{- end }}
{{- if .historical }}
- --historical
{{- end }}
{{- if .skipSilenced }}
- --skip-silenced
{{- end }}
{{- end }}
{{- end -}}

{{- define "bellwether.statefulSetSpec" }}
serviceName: {{ include "bellwether.fullname" . }}-replicas
replicas: {{ .Values.replicas }}
podManagementPolicy: Parallel
selector:
  matchLabels: {{- include "bellwether.selector" . | nindent 4 }}
{{- if .Values.snapshots.persistent }}
{{- if semverCompare ">=1.27-0" .Capabilities.KubeVersion.Version }}
persistentVolumeClaimRetentionPolicy: {{- toYaml .Values.snapshots.retention | nindent 2 }}
{{- end }}
volumeClaimTemplates:
  - metadata:
      name: snapshots
    spec:
      accessModes: {{- toYaml .Values.snapshots.accessModes | nindent 8 }}
      {{- with .Values.snapshots.storageClass }}
      storageClassName: {{ . }}
      {{- end }}
      resources: {requests: {storage: {{ .Values.snapshots.size }}}}
{{- end }}
template:
  metadata:
    labels:
      {{- include "bellwether.selector" . | nindent 6 }}
      {{- with .Values.podLabels }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
    annotations:
      checksum/config: {{ include "bellwether.config" . | sha256sum }}
      {{- with include "bellwether.secrets" . }}
      checksum/secrets: {{ sha256sum . }}
      {{- end }}
      {{- with .Values.podAnnotations }}
      {{- toYaml . | nindent 6 }}
      {{- end }}
{{- end }}

{{/* The Secrets that the chart makes itself. */}}
{{- define "bellwether.secrets" -}}
{{- if and (include "bellwether.usesSasl" .) (not .Values.kafka.sasl.existingSecret) }}
---
apiVersion: v1
kind: Secret
type: Opaque
metadata:
  name: {{ include "bellwether.saslSecret" . }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "bellwether.labels" . | nindent 4 }}
stringData:
  {{ .Values.kafka.sasl.usernameKey }}: {{ .Values.kafka.sasl.username | quote }}
  {{ .Values.kafka.sasl.passwordKey }}: {{ .Values.kafka.sasl.password | quote }}
{{- end }}
{{- if and (include "bellwether.usesTls" .) (not .Values.kafka.tls.existingSecret) }}
---
apiVersion: v1
kind: Secret
type: Opaque
metadata:
  name: {{ include "bellwether.tlsSecret" . }}
  namespace: {{ .Release.Namespace }}
  labels: {{- include "bellwether.labels" . | nindent 4 }}
stringData:
  {{- with .Values.kafka.tls.ca }}
  ca.crt: {{ quote . }}
  {{- end }}
  {{- with .Values.kafka.tls.certificate }}
  tls.crt: {{ quote . }}
  {{- end }}
  {{- with .Values.kafka.tls.privateKey }}
  tls.key: {{ quote . }}
  {{- end }}
{{- end }}
{{- end -}}
