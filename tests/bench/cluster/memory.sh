#!/bin/bash
# memory.sh: `make bench-cluster API=memory`. CLUSTERS RayClusters of one head and three workers are
# created against an API server of objects in memory, in which pods soon run (tool/memory.go): what
# is measured is our program alone, so it bears as many as there are to be. Then another process of
# ours finds all of them ready, as after a restart.
#
# PACE=3ms is what each write then takes, one after the other, as with a real one on a small machine.
# Ends with 1 when a gate is missed.
# shellcheck disable=SC2317 # what stands behind `eventually` is called
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
cluster=$here/../../e2e/cluster
E2E_STATE=$(mktemp -d)
# shellcheck source=../../e2e/cluster/lib/common.sh
. "$cluster/lib/common.sh"
# shellcheck source=report.sh
. "$here/report.sh"

CLUSTERS=${CLUSTERS:-10000}
PACE=${PACE:-0s}
PODS=4 # of a cluster
RAYGATE=${RAYGATE:-$ROOT/build/release/raygate}
export KUBECONFIG=$E2E_STATE/pki/admin.kubeconfig

clean_up() {
	stop raygate
	stop memory
	rm -rf "$E2E_STATE"
}

prepare() {
	local api
	"$cluster/build.sh" "$E2E_STATE/bin" tool
	{ read -r api && read -r ops; } < <(tool ports 2)
	URL=https://127.0.0.1:$api OPS=127.0.0.1:$ops
	tool pki "$E2E_STATE/pki" "$URL" 127.0.0.1
	start memory tool memory "$E2E_STATE/pki" "127.0.0.1:$api" "$PACE"
	sed 's/fleet-name/NAME/g' "$here/clusters.json" >"$E2E_STATE/clusters.json"
}

start_raygate() {
	start raygate "$RAYGATE" serve --namespace raygate --policy "$here/policy.yaml" \
		--webhook-configuration= --no-preflight --webhook-bind-address 127.0.0.1:0 \
		--ops-bind-address "$OPS" --grace-period 0s
	eventually leads
}

# metric AWK-PATTERN: the sum of what the lines that match it say.
metric() {
	curl -fsS "http://$OPS/metrics" | awk "$1"' { n += $2 } END { print n + 0 }'
}

leads() {
	[ "$(metric '/^raygate_leader /')" = 1 ]
}

writes() {
	metric '/^raygate_kube_requests_total/ && /method="(POST|PUT|PATCH|DELETE)"/'
}

looks() {
	metric '/^raygate_controller_reconcile_duration_seconds_count/'
}

knows_all() {
	[ "$(metric '/^raygate_controller_pods/')" = $((CLUSTERS * PODS)) ] && [ "$(looks)" -ge "$CLUSTERS" ]
}

# Of our program: CPU in ms, MB of memory (10^6 bytes).
cpu() {
	awk -v hz="$(getconf CLK_TCK)" '{ sub(/.*\) /, ""); print ($12 + $13) * 1000 / hz }' \
		"/proc/$(<"$E2E_STATE/pid/raygate")/stat"
}

memory() {
	awk '/^VmRSS/ { print $2 * 1024 / 1e6 }' "/proc/$(<"$E2E_STATE/pid/raygate")/status"
}

# When hardly anything is written any more, all is.
quiet() {
	local before after=0
	while before=$after && after=$(writes) && [ $((after - before)) -gt 2 ]; do
		sleep 2
	done
}

trap clean_up EXIT
prepare
start_raygate
cpu=$(cpu) writes=$(writes)
seconds=$(tool fleet "$E2E_STATE/pki" "$URL" bench "$E2E_STATE/clusters.json" "$CLUSTERS" 8 \
	$((CLUSTERS * PODS)))
quiet
echo "$CLUSTERS RayClusters of 1 + 3 pods, ready after $seconds s: $(per_cluster "$(looks)") looks a cluster"
row 'our CPU a cluster' "$(per_cluster "$(cpu) - $cpu")" ms 4 2
row 'API writes a cluster' "$(per_cluster "$(writes) - $writes")" '' 9 8
row 'our memory at the end' "$(memory)" MB 45 25
stop raygate
start_raygate
PATIENCE=600 eventually knows_all
quiet
row 'our memory after a restart' "$(memory)" MB 45 25
echo "  $(per_cluster "$(cpu)") ms of CPU a cluster to know all of it again"
exit "$missed"
