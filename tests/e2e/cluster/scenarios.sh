#!/bin/bash
# scenarios.sh [NAME…]: runs scenarios, all if none is named, inside the cluster of run.sh.
#
# A scenario is a folder of scenarios/, or of scenarios-real/ for a real node, and has a namespace of
# its name. Its steps are run in the order of their names: NN-what.yaml is applied, NN-what.sh is
# sourced by a shell that has what lib/ has. NN-what.out is what the step must print, and its exit code
# when that is not 0; a step without one must end with 0. values.yaml are values of the chart besides
# those of lib/values.yaml. EXPECT=write writes down what the steps print; the diff is the review.
#
# A scenario knows nothing of the machine's pace and of the others. It waits for what is to happen,
# with `eventually`, and neither sleeps nor measures; a command that has a time-out of its own gets
# "${PATIENCE}s". What it makes outside of its namespace it removes in its last step; the gate, its
# account, its Secrets and Leases, the CRDs and all in the namespace are taken away for it. What is
# left then fails it. ORDER=tac or ORDER=shuf runs them in another order. TRIES=2 runs once more what
# failed, for machines that do other things at times; what fails twice has failed.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/kinds.sh
. "$here/lib/kinds.sh"
# shellcheck source=lib/crds.sh
. "$here/lib/crds.sh"
# shellcheck source=lib/left.sh
. "$here/lib/left.sh"

# What differs from run to run.
plain() {
	sed -E 's#127\.0\.0\.1:[0-9]+#ADDRESS#g; s#(failed to call webhook: Post "[^"]+").*#\1#'
}

run_step() {
	case $1 in
	*.yaml) kubectl apply -f "$1" ;;
	*.sh) E2E_STEP=$1 timeout $((4 * PATIENCE)) bash "$here/lib/step.sh" ;;
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

# clear_up NAME: what the scenario had of the harness, and its namespace but for what only time removes.
clear_up() {
	local timeout=--timeout=${PATIENCE}s
	crds_kuberay
	gate_end
	kubectl delete namespace "$1" --wait=false
	kubectl --namespace "$1" delete --all "$timeout" \
		rayclusters.ray.io,rayjobs,rayservices,raycronjobs,rayclusters.cluster.ray.io
	kubectl --namespace "$1" delete pods --all --grace-period 1 "$timeout"
}

# passes NAME: its steps do, and then there is nothing left of it; says so by $verdict. What runs a shell of
# its own is not part of a condition, under which that would run on after errors.
passes() {
	verdict=PASS
	scenario "$1" </dev/null &
	wait $! || { verdict=FAIL; gate_show 2>&1 || true; }
	gate_had_its_rights || verdict=FAIL
	clear_up "$1" >"$E2E_STATE/cleared" 2>&1 &
	wait $! || { verdict=FAIL; cat "$E2E_STATE/cleared"; }
	[ $verdict = PASS ] || left_remove >/dev/null 2>&1 || true
	eventually left_nothing && return
	verdict=FAIL
	echo "FAILED: $1 leaves"
	left_now
	left_remove >/dev/null 2>&1 || true
	left_begin
}

# each NAME…: runs them; those that did not pass are then in $failed.
each() {
	local name began
	failed=()
	for name in "$@"; do
		[ -d "$name" ] || { say "no scenario $name"; exit 2; }
		began=$(now_ms)
		passes "$name"
		[ $verdict = PASS ] || failed+=("$name")
		printf '  %s   %-36s %7d ms\n' "$verdict" "$name" $(($(now_ms) - began)) | tee -a "$E2E_STATE/times"
		[ ! -e "$E2E_STATE/crds-ours" ] || { say 'the CRDs of KubeRay do not come back'; exit 1; }
	done
}

cd "$here/$scenarios"
[ $# != 0 ] || set -- *
gate_prepare
left_begin
mapfile -t names < <(printf '%s\n' "$@" | ${ORDER:-cat})
each "${names[@]}"
for ((try = 2; try <= ${TRIES:-1} && ${#failed[@]} > 0; try++)); do
	echo "Once more: ${failed[*]}"
	for name in "${failed[@]}"; do
		kubectl wait --for delete "namespace/$name" --timeout "${PATIENCE}s" >/dev/null
	done
	each "${failed[@]}"
done
echo 'The slowest first:'
sort -k 3,3 -rn "$E2E_STATE/times"
echo "$(($# - ${#failed[@]})) passed, ${#failed[@]} failed"
[ ${#failed[@]} = 0 ]
