{{- /* Labels that a namespace must and must not have. */ -}}
{{- define "raygate.namespaceSelector" -}}
{{- $own := list "kube-system" "kube-public" "kube-node-lease" .Release.Namespace }}
{{- $selector := default dict .Values.webhook.namespaceSelector }}
{{- with $selector.matchLabels }}
matchLabels: {{- toYaml . | nindent 2 }}
{{- end }}
matchExpressions:
- key: kubernetes.io/metadata.name
  operator: NotIn
  values: {{- concat $own (default list .Values.webhook.excludedNamespaces) | uniq | toYaml | nindent 2 }}
{{- with $selector.matchExpressions }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- define "raygate.webhookRules" -}}
{{- $k := .Values.webhook.kinds }}
{{- $modern := list }}
{{- if $k.rayCluster }}{{ $modern = append $modern "rayclusters" }}{{ end }}
{{- if $k.rayJob }}{{ $modern = append $modern "rayjobs" }}{{ end }}
{{- if $k.rayService }}{{ $modern = append $modern "rayservices" }}{{ end }}
{{- if $k.rayCronJob }}{{ $modern = append $modern "raycronjobs" }}{{ end }}
{{- with $modern }}
- apiGroups: [ray.io]
  apiVersions: [v1]
  resources: [{{ join ", " . }}]
  operations: [CREATE, UPDATE]
  scope: Namespaced
{{- end }}
{{- if $k.legacyRayCluster }}
- apiGroups: [cluster.ray.io]
  apiVersions: [v1]
  resources: [rayclusters]
  operations: [CREATE, UPDATE]
  scope: Namespaced
{{- end }}
{{- end }}

{{- /*
  The first one keeps what is being deleted out, so that no finalizer is ever held up. Ray's autoscaler
  acts as the head's service account: the one that its pod names, or KubeRay's, of the cluster's name.
*/ -}}
{{- define "raygate.matchConditions" -}}
{{- $w := .root.Values.webhook }}
- name: not-being-deleted
  expression: "!has(object.metadata.deletionTimestamp)"
{{- if and $w.exemptAutoscaler (eq .hook.failurePolicy "Fail") }}
- name: not-the-autoscaler-of-the-cluster
  expression: >-
    request.operation != 'UPDATE' || request.resource.resource != 'rayclusters' ||
    request.userInfo.username != 'system:serviceaccount:' + request.namespace + ':' +
    (has(oldObject.spec) && has(oldObject.spec.headGroupSpec) &&
    has(oldObject.spec.headGroupSpec.template) && has(oldObject.spec.headGroupSpec.template.spec) &&
    has(oldObject.spec.headGroupSpec.template.spec.serviceAccountName) &&
    oldObject.spec.headGroupSpec.template.spec.serviceAccountName != '' ?
    oldObject.spec.headGroupSpec.template.spec.serviceAccountName : request.name)
{{- end }}
{{- with $w.matchConditions }}
{{ toYaml . }}
{{- end }}
{{- end }}

{{- /* One webhook: {root, hook (its values), verb, sideEffects}. */ -}}
{{- define "raygate.webhook" -}}
{{- $root := .root }}
name: {{ .verb }}.raygate.dev
admissionReviewVersions: [v1]
clientConfig:
  {{- if $root.Values.webhook.url }}
  url: {{ printf "%s/%s" (trimSuffix "/" $root.Values.webhook.url) .verb }}
  {{- else }}
  service:
    name: {{ include "raygate.fullname" $root }}
    namespace: {{ $root.Release.Namespace }}
    path: /{{ .verb }}
    port: {{ $root.Values.service.port }}
  {{- end }}
rules: {{- include "raygate.webhookRules" $root | trim | nindent 0 }}
matchPolicy: Equivalent
namespaceSelector: {{- include "raygate.namespaceSelector" $root | trim | nindent 2 }}
{{- with $root.Values.webhook.objectSelector }}
objectSelector: {{- toYaml . | nindent 2 }}
{{- end }}
matchConditions: {{- include "raygate.matchConditions" . | trim | nindent 0 }}
failurePolicy: {{ .hook.failurePolicy }}
timeoutSeconds: {{ .hook.timeoutSeconds }}
sideEffects: {{ .sideEffects }}
{{- end }}

{{- define "raygate.webhookMetadata" -}}
name: {{ include "raygate.fullname" . }}
labels: {{- include "raygate.labels" . | nindent 2 }}
{{- $notes := deepCopy (default dict .Values.webhook.annotations) }}
{{- if eq .Values.certificates.mode "cert-manager" }}
{{- $from := printf "%s/%s" .Release.Namespace (include "raygate.fullname" .) }}
{{- $notes = set $notes "cert-manager.io/inject-ca-from" $from }}
{{- end }}
{{- with $notes }}
annotations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- end }}
