#!/bin/bash
# scenarios.sh [NAME…]: runs scenarios, all if none is named, inside the cluster of run.sh.
#
# A scenario is a folder of scenarios/, or of scenarios-real/ for a real node, and has a namespace of
# its name. Its steps are run in the order of their names: NN-what.yaml is applied, NN-what.sh is sourced by a shell that has what lib/
# has. NN-what.out is what the step must print, and its exit code when that is not 0; a step without
# one must end with 0. values.yaml are values of the chart besides those of lib/values.yaml.
# EXPECT=write writes down what the steps print; the diff is the review.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/kinds.sh
. "$here/lib/kinds.sh"
# shellcheck source=lib/crds.sh
. "$here/lib/crds.sh"

# What differs from run to run.
plain() {
	sed -E 's#127\.0\.0\.1:[0-9]+#ADDRESS#g; s#(failed to call webhook: Post "[^"]+").*#\1#'
}

run_step() {
	case $1 in
	*.yaml) kubectl apply -f "$1" ;;
	*.sh) E2E_STEP=$1 timeout 300 bash "$here/lib/step.sh" ;;
	esac
}

# step FILE: tells on failure what it printed.
step() {
	local expected=${1%.*}.out code=0
	run_step "$1" >"$printed.raw" 2>&1 || code=$?
	plain <"$printed.raw" >"$printed"
	[ $code = 0 ] || echo "exit code $code" >>"$printed"
	if [ "${EXPECT:-}" = write ] && [ -e "$expected" ]; then
		cp "$printed" "$expected"
	elif [ -e "$expected" ]; then
		diff -u "$expected" "$printed" >"$printed.diff" || { cat "$printed.diff"; return 1; }
	elif [ $code != 0 ]; then
		cat "$printed"
		return 1
	fi
}

# In a shell of its own, so that nothing of it is left but what it did to the cluster.
scenario() (
	name=$1
	cd "$name"
	printed=$E2E_STATE/printed
	values=("${base_values[@]}")
	[ ! -e values.yaml ] || values+=("$PWD/values.yaml")
	kubectl create namespace "$name" >/dev/null
	crds_kuberay
	gate_configure "${values[@]}"
	export NAMESPACE=$name E2E_KUBECONFIG=$E2E_STATE/kubeconfig
	sed "s/namespace: default/namespace: $name/" "$KUBECONFIG" >"$E2E_KUBECONFIG"
	export KUBECONFIG=$E2E_KUBECONFIG
	for file in [0-9]*.yaml [0-9]*.sh; do
		[ -e "$file" ] && echo "$file"
	done | sort >"$E2E_STATE/steps"
	while read -r file; do
		step "$file" 3>&1 || { echo "FAILED: $name/$file"; exit 1; }
	done <"$E2E_STATE/steps"
)

# What a scenario that failed had installed would stand in the way of the others.
clear_up() {
	helm list --all-namespaces --all --no-headers 2>/dev/null |
		while read -r release in _; do
			[ -z "$in" ] || [ "$release" = raygate ] || helm uninstall "$release" --namespace "$in"
		done
}

gate_prepare
cd "$here/$scenarios"
[ $# != 0 ] || set -- *
passed=0 failed=0
for name; do
	[ -d "$name" ] || { say "no scenario $name"; exit 2; }
	began=$(now_ms)
	# Not as a condition, under which a shell runs on after errors.
	scenario "$name" </dev/null &
	if wait $!; then
		passed=$((passed + 1))
		printf '  PASS   %-28s %5d ms\n' "$name" $(($(now_ms) - began))
	else
		failed=$((failed + 1))
		gate_show 2>&1 || true
		clear_up >/dev/null 2>&1 || true
		printf '  FAIL   %s\n' "$name"
	fi
	kubectl delete namespace "$name" --wait=false >/dev/null
done
echo "$passed passed, $failed failed"
[ $failed = 0 ]
