#!/bin/bash
# check_ray.sh RAYGATE: the chart of manifests/charts/ray, after check.sh has made the tools: every
# example of its values is rendered, known to Kubernetes' schemas, and judged by its own policy.
set -euo pipefail
cd "$(dirname "$0")/../.."

raygate=$1
tools=build/manifests/tools
chart=manifests/charts/ray
out=build/manifests/ray
bad=0

complain() {
	echo "manifests: $*" >&2
	bad=1
}

render() {
	$tools/helm template example-cluster "$chart" -n ray --kube-version 1.28 "$@"
}

# kinds FILE: how often each kind is there.
kinds() {
	sed -n 's/^kind: //p' "$1" | sort | uniq -c | sed 's/^ *//' | tr '\n' ' '
}

has() {
	[ "$(kinds "$out/$1.yaml")" = "$2" ] || complain "$1 renders $(kinds "$out/$1.yaml")and not $2"
}

check_crd() {
	local crd=rayclusters.cluster.ray.io.yaml

	cmp -s "manifests/crds/$crd" "$chart/crds/$crd" && return
	if [ -n "${FIX:-}" ]; then
		cp "manifests/crds/$crd" "$chart/crds/$crd"
	else
		complain "$chart/crds/$crd is another one than in manifests/crds: make manifests FIX=1"
	fi
}

# What no value may do away with: a deletion is never asked about, and nobody else's upgrade is.
check_promises() {
	local file=$1 webhooks pattern

	webhooks=$(grep -c '^- name: .*\.raygate\.dev$' "$file" || true)
	for pattern in 'expression: "!has(object.metadata.deletionTimestamp)"' 'failurePolicy: Ignore$' \
		'values: \[kube-system, kube-public, kube-node-lease\]$' '^  sideEffects: None'; do
		[ "$(grep -c -- "$pattern" "$file")" = "$webhooks" ] ||
			complain "$file: not every webhook has: $pattern"
	done
	! grep -n -e caBundle -e 'operations:.*DELETE' -e 'finalizers:' "$file" ||
		complain "$file has what it must not"
}

# The cluster of an example is within the example's policy: what the user installs is admitted.
check_verdict() {
	local name=$1

	sed -n '/^  policy.yaml: |$/,/^---$/s/^    //p' "$out/$name.yaml" >"$out/$name.policy"
	sed -n '/^# Source: ray\/templates\/raycluster/,/^---$/p' "$out/$name.yaml" >"$out/$name.cluster"
	[ -s "$out/$name.policy" ] || cp manifests/policies/ray.yaml "$out/$name.policy"
	grep -q '^kind: RayCluster$' "$out/$name.cluster" || cp "$out/null.cluster" "$out/$name.cluster"
	"$raygate" check -q -n ray --policy "$out/$name.policy" - <"$out/$name.cluster" ||
		complain "the cluster of $name is not admitted"
}

check_examples() {
	local values name

	for values in /dev/null "$chart"/ci/*-values.yaml; do
		name=$(basename "$values" .yaml)
		$tools/helm lint --quiet --strict "$chart" -f "$values" >"$out/lint" 2>&1 ||
			{ cat "$out/lint"; complain "helm lint with $values"; }
		render -f "$values" >"$out/$name.yaml" || { complain "$values is not rendered"; continue; }
		check_promises "$out/$name.yaml"
		check_verdict "$name"
	done
	for values in "$chart"/ci/refused/*.yaml; do
		! render -f "$values" >/dev/null 2>&1 || complain "the chart takes $values"
	done
}

# The names of 2022, by which everybody finds the objects.
check_names() {
	local name

	for name in 'ray-operator-serviceaccount' 'ray-operator-clusterrole' 'ray-operator-clusterrolebinding' \
		'ray-operator' 'example-cluster'; do
		grep -q "^  name: $name$" "$out/null.yaml" || complain "there is no $name"
	done
	grep -q '^  namespace: default$' "$out/null.yaml" || complain 'the operator is not in "default"'
	grep -q 'generateName: ray-head-type-$' "$out/null.yaml" || complain 'the head has another name'
	has null '1 ClusterRole 1 ClusterRoleBinding 1 ConfigMap 1 Deployment 1 MutatingWebhookConfiguration 1 RayCluster 1 Role 1 RoleBinding 1 Service 1 ServiceAccount 1 ValidatingWebhookConfiguration '
	has cluster-only-values '1 RayCluster '
	has namespaced-values '1 ConfigMap 1 Deployment 1 RayCluster 1 Role 1 RoleBinding 1 ServiceAccount '
	! grep -q '^kind: RayCluster$' "$out/operator-only-values.yaml" || complain 'operatorOnly has a cluster'
}

# With ray.io there is room for the autoscaler.
check_quota() {
	grep -q 'requests.cpu: "4"$' "$out/null.policy" || complain 'the quota is not 4 CPUs'
	grep -q 'requests.memory: 2.5Gi$' "$out/null.policy" || complain 'the quota is not 2.5Gi'
	grep -q 'requests.cpu: 4500m$' "$out/ray.io-values.policy" || complain 'ray.io has no more room'
	! grep -q '^quotas:' "$out/gpu-values.policy" || complain 'a quota that nobody asked for'
}

check_arguments() {
	local flag

	"$raygate" serve --help >"$out/serve.help"
	while read -r flag; do
		grep -q -- " $flag " "$out/serve.help" || complain "raygate serve has no option $flag"
	done < <(grep -ho '^        - --[a-z-]*' "$out"/*.yaml | sed 's/.* //' | sort -u)
}

mkdir -p "$out"
rm -f "$out"/*
[ -x $tools/helm ] || exit 0
check_crd
check_examples
$tools/kubeconform -strict -schema-location "$tools/schemas/{{ .ResourceKind }}{{ .KindSuffix }}.json" \
	-skip RayCluster "$out"/*.yaml || complain 'Kubernetes does not know what is rendered'
check_names
check_quota
check_arguments
version=$("$raygate" version | sed 's/^raygate //')
grep -qx "appVersion: $version" "$chart/Chart.yaml" || complain "Chart.yaml's appVersion is not $version"
exit $bad
