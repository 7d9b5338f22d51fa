#!/bin/bash
# inside.sh CMD…: for run.sh alone. Brings the cluster up, then runs CMD in it.
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=lib/common.sh
. "$here/lib/common.sh"
# shellcheck source=lib/control_plane.sh
. "$here/lib/control_plane.sh"

started=$(now_ms)
if [ -n "$E2E_APART" ]; then
	ip link set lo up
fi
up=
trap '[ -n "$up" ] || show_logs $(ls "$E2E_STATE/log")' EXIT
control_plane_start
simulated_nodes_start
up=yes
say "a cluster of $KUBERNETES_VERSION after $(($(now_ms) - started)) ms"
"$@"
