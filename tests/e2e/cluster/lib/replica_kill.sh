# shellcheck shell=bash
# A replica on the real node that is killed as by the kernel, with no word to anybody.

# replica_kill_each: one after the other; the next when the last one is back. $killed are the spans of
# milliseconds in which one was away.
replica_kill_each() {
	local pod began
	killed=()
	for pod in $(gate_pods); do
		began=$(now_ms)
		replica_kill "$pod"
		eventually replica_restarted "$pod"
		killed+=("$began-$(now_ms)")
	done
}

replica_kill() {
	local id
	id=$(kubectl -n "$GATE_NAMESPACE" get "$1" -o 'jsonpath={.status.containerStatuses[0].containerID}')
	ctr task kill --signal KILL "${id#containerd://}"
}

replica_restarted() {
	[ "$(kubectl -n "$GATE_NAMESPACE" get "$1" -o 'jsonpath={.status.containerStatuses[0].restartCount}/{.status.containerStatuses[0].ready}')" = 1/true ]
}
