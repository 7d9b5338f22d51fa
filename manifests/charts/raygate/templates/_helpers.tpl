{{- define "raygate.name" -}}
{{- default .Chart.Name .Values.nameOverride | trunc 63 | trimSuffix "-" }}
{{- end }}

{{- define "raygate.fullname" -}}
{{- if .Values.fullnameOverride }}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" }}
{{- else if contains (include "raygate.name" .) .Release.Name }}
{{- .Release.Name | trunc 52 | trimSuffix "-" }}
{{- else }}
{{- printf "%s-%s" .Release.Name (include "raygate.name" .) | trunc 52 | trimSuffix "-" }}
{{- end }}
{{- end }}

{{- define "raygate.selectorLabels" -}}
app.kubernetes.io/name: {{ include "raygate.name" . }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "raygate.labels" -}}
{{ include "raygate.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/component: admission
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- with .Values.commonLabels }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "raygate.image" -}}
{{- $i := .Values.image }}
{{- if $i.digest }}{{ $i.repository }}@{{ $i.digest }}{{ else }}{{ $i.repository }}:{{ $i.tag | default .Chart.AppVersion }}{{ end }}
{{- end }}

{{- define "raygate.serviceAccountName" -}}
{{- if .Values.serviceAccount.create }}{{ .Values.serviceAccount.name | default (include "raygate.fullname" .) }}{{ else }}{{ .Values.serviceAccount.name | default "default" }}{{ end }}
{{- end }}

{{- define "raygate.certSecret" -}}
{{ .Values.certificates.secretName | default (printf "%s-tls" (include "raygate.fullname" .)) }}
{{- end }}

{{- define "raygate.policyName" -}}
{{ .Values.existingPolicy | default (printf "%s-policy" (include "raygate.fullname" .)) }}
{{- end }}

{{- /* The host of webhook.url, without its port and brackets. */ -}}
{{- define "raygate.urlHost" -}}
{{- with .Values.webhook.url }}{{ get (urlParse .) "hostname" }}{{ end }}
{{- end }}

{{- /* Names that the certificate serves besides those of the Service, comma-separated. */ -}}
{{- define "raygate.hosts" -}}
{{- append (default list .Values.webhook.hosts) (include "raygate.urlHost" .) | compact | uniq | join "," }}
{{- end }}

{{- /* Whether Raygate itself writes the CA into the webhook configurations. */ -}}
{{- define "raygate.patchesWebhooks" -}}
{{- if ne .Values.certificates.mode "cert-manager" }}true{{ end }}
{{- end }}

{{- define "raygate.policy" -}}
apiVersion: raygate.dev/v1
kind: Policy
enforcement: {{ .Values.enforcement }}
charge: {{ .Values.charge }}
{{- range $part := list "target" "defaults" "limits" "quotas" "rules" "profiles" "nodes" "prices" }}
{{- $value := get $.Values $part }}
{{- if eq $part "target" }}
{{- $value = merge dict (default dict $value) (dict "controller" (ternary "raygate" "kuberay" $.Values.controller.enabled)) }}
{{- end }}
{{- with $value }}
{{ $part }}:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
{{- end }}

{{/* By which the replicas choose their leader; of controllers the same one everywhere, by which they
know of each other. */}}
{{- define "raygate.lease" -}}
{{ if .Values.controller.enabled }}raygate-controller{{ else }}{{ include "raygate.fullname" . }}-controller{{ end }}
{{- end }}
