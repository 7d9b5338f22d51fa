#!/bin/bash
# check_ray.sh RAYGATE: the chart of manifests/charts/ray, after check.sh has made the tools: every
# example of its values is rendered, known to Kubernetes' schemas, and judged by its own policy.
set -euo pipefail
cd "$(dirname "$0")/../.."

raygate=$1
tools=build/manifests/tools
chart=manifests/charts/ray
out=build/manifests/ray
. tests/manifests/lib.sh

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

# What no value may do away with: a deletion is never asked about, and nobody else's upgrade is.
check_promises() {
	local file=$1

	each_webhook "$file" 'expression: "!has(object.metadata.deletionTimestamp)"' 'failurePolicy: Ignore$' \
		'values: \[kube-system, kube-public, kube-node-lease\]$' '^  sideEffects: None'
	! grep -n -e caBundle -e 'operations:.*DELETE' -e 'finalizers:' "$file" ||
		complain "$file has what it must not"
}

# The cluster of an example is within the example's policy: what the user installs is admitted.
check_verdict() {
	local name=$1

	embedded_policy "$name" >"$out/$name.policy"
	sed -n '/^# Source: ray\/templates\/raycluster/,/^---$/p' "$out/$name.yaml" >"$out/$name.cluster"
	[ -s "$out/$name.policy" ] || cp manifests/policies/ray.yaml "$out/$name.policy"
	grep -q '^kind: RayCluster$' "$out/$name.cluster" || cp "$out/null.cluster" "$out/$name.cluster"
	"$raygate" check -q -n ray --policy "$out/$name.policy" - <"$out/$name.cluster" ||
		complain "the cluster of $name is not admitted"
}

look() {
	check_promises "$out/$1.yaml"
	check_verdict "$1"
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

# The chart brings every CRD, of which helm leaves alone those that are there.
check_crds() {
	local crd

	for crd in manifests/crds/*.yaml; do
		# shellcheck disable=SC2094 # it is the copy that is written
		derived "$chart/crds/$(basename "$crd")" <"$crd"
	done
}

mkdir -p "$out"
rm -f "$out"/*
[ -x $tools/helm ] || exit 0
check_crds
check_examples look "$chart"/ci/*-values.yaml
check_schemas RayCluster "$out"/*.yaml
check_names
check_quota
check_arguments
check_version
exit $bad
