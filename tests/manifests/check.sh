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
bad=0

complain() {
	echo "manifests: $*" >&2
	bad=1
}

skip() {
	echo "manifests: not checked: $*"
	[ "${CI:-}" != true ]
	exit
}

render() {
	$tools/helm template raygate "$chart" -n raygate-system --kube-version 1.28 "$@"
}

# derived FILE: compares standard input with a file of the tree, or writes it.
derived() {
	cat >"$out/derived"
	cmp -s "$out/derived" "$1" && return
	if [ -n "${FIX:-}" ]; then
		cp "$out/derived" "$1"
	else
		complain "$1 is not what it is made from: make manifests FIX=1"
	fi
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

# A pattern is there as often as a webhook is.
check_each_webhook() {
	local webhooks=$1 file=$2 pattern=$3

	[ "$(grep -c -- "$pattern" "$file")" = "$webhooks" ] ||
		complain "$file: not every webhook has: $pattern"
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
	local file=$1 webhooks

	webhooks=$(grep -c '^- name: .*\.raygate\.dev$' "$file")
	check_each_webhook "$webhooks" "$file" 'expression: "!has(object.metadata.deletionTimestamp)"'
	check_each_webhook "$webhooks" "$file" '^      - kube-system$'
	check_each_webhook "$webhooks" "$file" '^      - raygate-system$'
	check_each_webhook "$webhooks" "$file" '^  sideEffects: None'
	check_each_webhook "$webhooks" "$file" '/\(mutate\|validate\)$'
	! grep -n -e caBundle -e DELETE "$file" || complain "$file registers or renders what it must not"
}

check_policy() {
	local name=$1 policy=$out/$1.policy.yaml

	sed -n '/^  policy.yaml: |$/,/^---$/s/^    //p' "$out/$name.yaml" >"$policy"
	[ -s "$policy" ] || return 0
	"$raygate" check -q --policy "$policy" "$chart/files/test.yaml" ||
		complain "the policy of $name is not taken"
}

# `helm test` succeeds under a policy that refuses everything, too.
check_helm_test() {
	local arguments

	printf 'apiVersion: raygate.dev/v1\nkind: Policy\nquotas: {"*": {requests.cpu: "0"}}\n' >"$out/closed.policy.yaml"
	arguments=$(sed -n "s#^    args: \[\(.*\)\]#\1#p" "$out/null.yaml" | sed "s#/etc/raygate/policy.yaml#$out/closed.policy.yaml#
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

check_examples() {
	local values name

	policies_as_values
	for values in /dev/null "$chart"/ci/*-values.yaml "$out"/values/*.yaml; do
		name=$(basename "$values" .yaml)
		$tools/helm lint --quiet --strict "$chart" -f "$values" >"$out/lint" 2>&1 ||
			{ cat "$out/lint"; complain "helm lint with $values"; }
		render -f "$values" >"$out/$name.yaml" || { complain "$values is not rendered"; continue; }
		check_promises "$out/$name.yaml"
		check_policy "$name"
	done
	for values in "$chart"/ci/refused/*.yaml; do
		! render -f "$values" >/dev/null 2>&1 || complain "the chart takes $values"
	done
}

# Kinds of others have no schema here.
check_schemas() {
	$tools/kubeconform -strict -skip ServiceMonitor,Certificate,Issuer,Kustomization \
		-schema-location "$tools/schemas/{{ .ResourceKind }}{{ .KindSuffix }}.json" \
		"$out"/null.yaml "$out"/*-values.yaml manifests/crds manifests/kustomize/[!p]*.yaml ||
		complain 'Kubernetes does not know what is rendered'
}

check_dashboard() {
	local metric

	while read -r metric; do
		grep -q "\"$metric\"" server/telemetry.c ||
			complain "no such metric as the dashboard's $metric"
	done < <(grep -o 'raygate_[a-z_]*' "$chart/files/dashboard.json" | sed 's/_bucket$//' | sort -u)
}

# What the container is started with, the program takes.
check_arguments() {
	local flag

	"$raygate" serve --help >"$out/serve.help"
	while read -r flag; do
		grep -q -- " $flag " "$out/serve.help" || complain "raygate serve has no option $flag"
	done < <(grep -ho '^        - --[a-z-]*' "$out"/*.yaml | sed 's/.* //' | sort -u)
}

check_versions() {
	local version

	version=$("$raygate" version | sed 's/^raygate //')
	grep -qx "appVersion: $version" "$chart/Chart.yaml" ||
		complain "Chart.yaml's appVersion is not $version"
}

mkdir -p "$out"
rm -f "$out"/*.yaml
command -v go >/dev/null || skip 'there is no Go to make helm and kubeconform with'
tests/manifests/tools.sh "$tools" || skip 'helm and kubeconform could not be made'
check_copies
check_kustomization
check_examples
check_helm_test
check_schemas
check_dashboard
check_arguments
check_versions
exit $bad
