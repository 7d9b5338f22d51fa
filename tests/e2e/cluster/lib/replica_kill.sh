# shellcheck shell=bash
# A replica on the real node that is killed as by the kernel, with no word to anybody.

# replica_kill_each: one after the other; the next when the last one is back.
replica_kill_each() {
	local pod
	for pod in $(gate_pods); do
		replica_kill "$pod"
		eventually replica_restarted "$pod"
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
