#!/bin/bash
# check.sh RAYGATE: what is in manifests/ can be installed. Every example of the chart's values is
# rendered, judged by Kubernetes' own schemas, and its policy by the program. FIX=1 writes what is
# derived: the chart's copies of the CRDs and manifests/kustomize/raygate.yaml.
set -euo pipefail
cd "$(dirname "$0")/../.."

raygate=$1
tools=build/manifests/tools
chart=manifests/charts/raygate
out=build/manifests
. tests/manifests/lib.sh

skip() {
	echo "manifests: not checked: $*"
	[ "${CI:-}" != true ]
	exit
}

render() {
	$tools/helm template raygate "$chart" -n raygate-system --kube-version 1.28 "$@"
}

check_copies() {
	local crd

	for crd in manifests/crds/*.yaml; do
		# shellcheck disable=SC2094 # it is the copy that is written
		derived "$chart/files/crds/$(basename "$crd")" <"$crd"
	done
	{
		echo "# Rendered from manifests/charts/raygate by \`make manifests FIX=1\`."
		render --no-hooks --set existingPolicy=raygate-policy |
			grep -v -e '^# Source: ' -e 'app.kubernetes.io/managed-by: ' -e 'helm.sh/chart: '
	} | derived manifests/kustomize/raygate.yaml
}

# `kubectl apply -k` works, and starts with the chart's policy.
check_kustomization() {
	render -s templates/policy.yaml | sed -n '/^  policy.yaml: |$/,$s/^    //p' >"$out/policy"
	grep -v '^#' manifests/kustomize/policy.yaml | cmp -s - "$out/policy" ||
		complain 'manifests/kustomize/policy.yaml is another policy than the chart renders'
	! command -v kubectl >/dev/null || kubectl kustomize manifests/kustomize >"$out/kustomized" ||
		complain 'manifests/kustomize cannot be built'
}

# What no value may do away with.
check_promises() {
	local file=$1

	each_webhook "$file" 'expression: "!has(object.metadata.deletionTimestamp)"' '^      - kube-system$' \
		'^      - raygate-system$' '^  sideEffects: None' '/\(mutate\|validate\)$'
	! grep -n -e caBundle -e DELETE "$file" || complain "$file registers or renders what it must not"
}

check_policy() {
	local name=$1 policy=$out/$1.policy.yaml

	embedded_policy "$name" >"$policy"
	[ -s "$policy" ] || return 0
	"$raygate" check -q --policy "$policy" "$chart/files/test.yaml" ||
		complain "the policy of $name is not taken"
}

# `helm test` succeeds under a policy that refuses everything, too.
check_helm_test() {
	local arguments

	printf 'apiVersion: raygate.dev/v1\nkind: Policy\nquotas: {"*": {requests.cpu: "0"}}\n' >"$out/closed.policy.yaml"
	arguments=$(sed -n "s#^    args: \[\(plan, .*\)\]#\1#p" "$out/null.yaml" | sed "s#/etc/raygate/policy.yaml#$out/closed.policy.yaml#
		s#/test/raycluster.yaml#$chart/files/test.yaml#; s#, # #g")
	# shellcheck disable=SC2086
	"$raygate" $arguments >"$out/helm-test" || complain "helm test fails where a policy is strict"
}

# Whatever a policy can say, the values can say in the same words.
policies_as_values() {
	local policy

	mkdir -p "$out/values"
	for policy in manifests/policies/*.yaml; do
		grep -v -e '^apiVersion:' -e '^kind:' "$policy" \
			>"$out/values/policy-$(basename "$policy" .yaml)-values.yaml"
	done
}

look() {
	check_promises "$out/$1.yaml"
	check_policy "$1"
}

check_dashboard() {
	local metric

	while read -r metric; do
		grep -q "\"$metric\"" server/serve/telemetry.c ||
			complain "no such metric as the dashboard's $metric"
	done < <(grep -o 'raygate_[a-z_]*' "$chart/files/dashboard.json" | sed 's/_bucket$//' | sort -u)
}

check_metrics() {
	local metric

	while read -r metric; do
		grep -q "\`$metric\`" README.md || complain "README.md does not tell of $metric"
	done < <(grep -o '"raygate_[a-z_]*"' server/serve/telemetry.c | tr -d '"')
}

# Each difference that README.md says is shown is: by a scenario, a test's file or a target of make.
# shellcheck disable=SC2016 # backquotes of Markdown
check_shown() {
	local name

	while read -r name; do
		case $name in
		make\ *) grep -q "^${name#make }:" Makefile ;;
		*.c) [ -n "$(find tests/server tests/e2e -maxdepth 3 -name "$name")" ] ;;
		*) compgen -G "tests/e2e/cluster/scenarios*/$name" >/dev/null ;;
		esac || complain "README.md: nothing is shown by $name"
	done < <(sed -n '/| shown by |$/,/^$/s/.* | \(.*\) |$/\1/p' README.md | grep -o '`[^`]*`' | tr -d '`' | sort -u)
}

mkdir -p "$out"
rm -f "$out"/*.yaml
command -v go >/dev/null || skip 'there is no Go to make helm and kubeconform with'
tests/e2e/cluster/build.sh "$tools" helm kubeconform schemas || skip 'helm and kubeconform could not be made'
check_copies
check_kustomization
policies_as_values
check_examples look "$chart"/ci/*-values.yaml "$out"/values/*.yaml
check_helm_test
check_schemas Kustomization \
	"$out"/null.yaml "$out"/*-values.yaml manifests/crds manifests/kustomize/[!p]*.yaml
check_dashboard
check_metrics
check_shown
check_arguments
check_version
exit $bad
