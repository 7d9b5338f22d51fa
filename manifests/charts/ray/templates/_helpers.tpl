{{- define "ray.operatorNamespace" -}}
{{ if .Values.namespacedOperator }}{{ .Release.Namespace }}{{ else }}{{ .Values.operatorNamespace }}{{ end }}
{{- end }}

{{- define "ray.image" -}}
{{ .Values.operatorImage | default (printf "raygate:%s" .Chart.AppVersion) }}
{{- end }}

{{- define "ray.labels" -}}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{- /* Keys of podTypes, the head's first, the others in the order of the alphabet. */ -}}
{{- define "ray.workers" -}}
{{ without (keys .Values.podTypes | sortAlpha) .Values.headPodType | toJson }}
{{- end }}

{{- define "ray.checked" -}}
{{- if and .Values.operatorOnly .Values.clusterOnly }}
{{- fail "operatorOnly and clusterOnly together leave nothing to install" }}
{{- end }}
{{- if regexMatch "(^|/)rayproject/(ray|ray-ml|autoscaler)(:|@|$)" (.Values.operatorImage | default "") }}
{{- fail (printf "operatorImage: %s is Ray's, which had the operator of 2022 in it: leave it empty, or name an image of Raygate; pods take `image`" .Values.operatorImage) }}
{{- end }}
{{- if not (hasKey .Values.podTypes .Values.headPodType) }}
{{- fail (printf "headPodType: there is no podTypes.%s" .Values.headPodType) }}
{{- end }}
{{- end }}

{{- define "ray.resources" -}}
requests:
  cpu: {{ .CPU }}
  memory: {{ .memory }}
limits:
  cpu: {{ .CPU }}
  memory: {{ .memory }}
  {{- with .GPU }}
  nvidia.com/gpu: {{ . }}
  {{- end }}
{{- end }}

{{- /* What a pod of that type is placed by: {root, type}. */ -}}
{{- define "ray.placement" -}}
{{- with .root.Values.serviceAccountName }}
serviceAccountName: {{ . }}
{{- end }}
{{- with .root.Values.imagePullSecrets }}
imagePullSecrets: {{- toYaml . | nindent 0 }}
{{- end }}
{{- with .type.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .type.tolerations }}
tolerations: {{- toYaml . | nindent 0 }}
{{- end }}
{{- end }}

{{- define "ray.policy" -}}
apiVersion: raygate.dev/v1
kind: Policy
enforcement: deny
charge: maximum
target:
  controller: raygate
{{- with .Values.defaults }}
defaults: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.quota }}
quotas:
  {{ $.Release.Namespace }}: {{- include "ray.quota" $ | nindent 4 }}
{{- end }}
{{- end }}

{{- /* With ray.io the chart's own quota has room for the autoscaler, too. */ -}}
{{- define "ray.quota" -}}
{{- $quota := .Values.quota }}
{{- $own := eq (toJson $quota) `{"requests.cpu":"4","requests.memory":"2.5Gi"}` }}
{{- if and $own (eq .Values.api "ray.io") }}
{{- $quota = dict "requests.cpu" "4500m" "requests.memory" "3Gi" }}
{{- end }}
{{- toYaml $quota }}
{{- end }}
