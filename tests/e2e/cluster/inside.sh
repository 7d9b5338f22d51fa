#!/bin/bash
# inside.sh CMD…: for run.sh alone. Brings the cluster up, then runs CMD in it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/control_plane.sh
. "$here/lib/control_plane.sh"
# shellcheck source=lib/real_node.sh
. "$here/lib/real_node.sh"

started=$(now_ms)
if [ -n "$E2E_APART" ]; then
	ip link set lo up
fi
up=
trap '[ -n "$up" ] || show_logs $(ls "$E2E_STATE/log")' EXIT
case $E2E_NODE in
simulated)
	control_plane_start 127.0.0.1 "${loopback_only[@]}"
	simulated_nodes_start
	;;
real)
	network_start
	containerd_start
	control_plane_start "$NODE_ADDRESS" "${reaches_nodes[@]}"
	real_node_start
	;;
esac
up=yes
say "a cluster of $KUBERNETES_VERSION, node: $E2E_NODE, after $(($(now_ms) - started)) ms"
"$@"
