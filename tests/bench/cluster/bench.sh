#!/bin/bash
# bench.sh: `make bench-cluster`. In the cluster of tests/e2e/cluster/run.sh, RayClusters of one head
# and three workers are created at once, and it is measured what that costs: by our controller, and
# by the floor, a plain client that creates the same pods and Services itself. They take turns.
#
# CLUSTERS=N how many, ROUNDS=N how often; KUBERAY=PATH of KubeRay's operator, built, adds it;
# WHERE=yes tells what else the time went to. Ends with 1 when a gate is missed.
# shellcheck disable=SC2317 # what stands behind `eventually`, or is named by a variable, is called
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=../../e2e/cluster/lib/common.sh
. "$here/../../e2e/cluster/lib/common.sh"
# shellcheck source=report.sh
. "$here/report.sh"
# shellcheck source=where.sh
. "$here/where.sh"

CLUSTERS=${CLUSTERS:-200}
ROUNDS=${ROUNDS:-3}
KUBERAY=${KUBERAY:-}
CONNECTIONS=8
NODES=4
PODS=4 # of a cluster
RAYGATE=${RAYGATE:-$ROOT/build/release/raygate}
WORK=$E2E_STATE/bench
OPS=

prepare() {
	local n
	mkdir -p "$WORK"
	for ((n = 0; n < NODES; n++)); do
		sed "s/NAME/bench-$n/" "$here/node.yaml"
		echo ---
	done | kubectl create --validate=false -f - >/dev/null
	kubectl wait --for condition=Ready node --all --timeout 60s >/dev/null
	kubectl create namespace bench >/dev/null
	kubectl create namespace raygate >/dev/null
	eventually kubectl -n bench get serviceaccount default
	"$RAYGATE" plan -n bench --policy "$here/policy.yaml" -o json "$here/clusters.json" |
		sed 's/fleet-name/NAME/g' >"$WORK/floor.json"
	sed 's/fleet-name/NAME/g' "$here/clusters.json" >"$WORK/clusters.json"
	OPS=127.0.0.1:$(tool ports 1)
}

# fleet LIST: the seconds until all is ready.
fleet() {
	tool fleet "$E2E_STATE/pki" "$(<"$E2E_STATE/api-url")" bench "$1" "$CLUSTERS" "$CONNECTIONS" \
		"$((CLUSTERS * PODS))"
}

# Of thousands the API server has not deleted all when it ends the request, after a minute.
none_left() {
	local what
	for what in pods services events; do
		api DELETE "/api/v1/namespaces/bench/$what" || return 1
	done
	[ "$(api GET "/api/v1/namespaces/bench/pods?limit=1" | grep -c '"uid"')" = 0 ]
}

clean_up() {
	eventually api DELETE \
		"/apis/ray.io/v1/namespaces/bench/rayclusters?propagationPolicy=Background"
	PATIENCE=600 eventually none_left
}

# Who runs a controller: start, what it has written, stop.

start_raygate() {
	start raygate "$RAYGATE" serve --namespace raygate --policy "$here/policy.yaml" \
		--webhook-configuration= --no-preflight --webhook-bind-address 127.0.0.1:0 \
		--ops-bind-address "$OPS" --grace-period 0s
	eventually leads
}

leads() {
	curl -fsS "http://$OPS/metrics" | grep -q '^raygate_leader 1'
}

writes_of_raygate() {
	curl -fsS "http://$OPS/metrics" |
		awk '/^raygate_kube_requests_total/ && /method="(POST|PUT|PATCH|DELETE)"/ { n += $2 } END { print n + 0 }'
}

start_kuberay() {
	start kuberay "$KUBERAY" --kubeconfig "$KUBECONFIG" --metrics-addr "$OPS" \
		--health-probe-bind-address 127.0.0.1:0 --enable-leader-election=false \
		--reconcile-concurrency 10 --qps 1000 --burst 2000
	eventually curl -fsS "http://$OPS/metrics"
}

writes_of_kuberay() {
	curl -fsS "http://$OPS/metrics" |
		awk '/^rest_client_requests_total/ && /method="(POST|PUT|PATCH|DELETE)"/ { n += $2 } END { print n + 0 }'
}

# Of a program: CPU in ms, and KiB of memory.
cpu_of() {
	awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) * 1000 / hz }' \
		"/proc/$(<"$E2E_STATE/pid/$1")/stat"
}

memory_of() {
	sed -n 's/^VmRSS:[^0-9]*\([0-9]*\).*/\1/p' "/proc/$(<"$E2E_STATE/pid/$1")/status"
}

# Events come after what they tell of: when hardly anything was written for two seconds, all is. A
# Lease is renewed all the time.
quiet() {
	local before after=0
	while before=$after && after=$("writes_of_$1") && [ $((after - before)) -gt 2 ]; do
		sleep 2
	done
	echo "$after"
}

# add FILE NUMBER…: a line for each round.
add() {
	echo "${@:2}" >>"$WORK/$1"
}

run_floor() {
	local seconds
	where_begin
	seconds=$(fleet "$WORK/floor.json")
	say "the floor: $seconds s"
	where_end
	add floor "$seconds"
	clean_up
}

# run_controller NAME
run_controller() {
	local seconds cpu writes memory
	"start_$1"
	cpu=$(cpu_of "$1") writes=$("writes_of_$1")
	where_begin
	seconds=$(fleet "$WORK/clusters.json")
	writes=$(($(quiet "$1") - writes))
	cpu=$(awk "BEGIN { print $(cpu_of "$1") - $cpu }")
	memory=$(memory_of "$1")
	say "$1: $seconds s, $cpu ms of CPU, $writes writes, $memory KiB"
	where_end
	add "$1" "$seconds" "$cpu" "$writes" "$memory"
	clean_up
	stop "$1"
}

# The median of a column of a file.
median() {
	sort -n -k "$2,$2" "$WORK/$1" | awk -v k="$2" '{ v[NR] = $k } END { print (v[int((NR + 1) / 2)] + v[int((NR + 2) / 2)]) / 2 }'
}

report() {
	local floor
	floor=$(median floor 1)
	echo "$CLUSTERS RayClusters of 1 + 3 pods, medians of $ROUNDS rounds; the floor takes $floor s"
	row 'all ready, against the floor' "$(awk "BEGIN { print $(median raygate 1) / $floor }")" x 1.2 1.05
	row 'our CPU a cluster' "$(per_cluster "$(median raygate 2)")" ms 4 2
	row 'our memory at the end' "$(awk "BEGIN { print $(median raygate 4) * 1024 / 1e6 }")" MB 40 20
	row 'API writes a cluster' "$(per_cluster "$(median raygate 3)")" '' 9 8
	[ -n "$KUBERAY" ] || return 0
	printf '  KubeRay: %.2fx the floor, %.1f ms of CPU and %.2f writes a cluster, %.0f MB\n' \
		"$(awk "BEGIN { print $(median kuberay 1) / $floor }")" \
		"$(per_cluster "$(median kuberay 2)")" "$(per_cluster "$(median kuberay 3)")" \
		"$(awk "BEGIN { print $(median kuberay 4) * 1024 / 1e6 }")"
}

prepare
for ((round = 1; round <= ROUNDS; round++)); do
	run_floor
	run_controller raygate
	[ -z "$KUBERAY" ] || run_controller kuberay
done
report
exit "$missed"
