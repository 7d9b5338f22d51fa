# shellcheck shell=bash disable=SC2016
# RayClusters of ray.io with Ray in their pods, as a scenario on the real node looks at them.

# Those that are not on their way out: ray_pods NAME [head|worker].
ray_pods() {
	kubectl get pods -l "ray.io/cluster=$1${2:+,ray.io/node-type=$2}" -o 'jsonpath={range .items[*]}{.metadata.deletionTimestamp}x{.metadata.name}{"\n"}{end}' |
		sed -n 's/^x//p'
}

# ray_ready NAME WORKERS: its status says so, of the pods that are there.
ray_ready() {
	[ "$(ray_pods "$1" | wc -l)" = $(($2 + 1)) ] &&
		[ "$(kubectl get rayclusters.ray.io "$1" -o 'jsonpath={.status.state} {.status.head.podName} {.status.readyWorkerReplicas}')" = \
			"ready $(ray_pods "$1" head) $2" ]
}

# ray_complete NAME WORKERS: and shows what there is when it does not become so. Most of the wait is one
# kubectl's, which takes nothing of the machine on which Ray is to start.
ray_complete() {
	kubectl wait --for "jsonpath={.status.readyWorkerReplicas}=$2" "rayclusters.ray.io/$1" --timeout "${PATIENCE}s" >/dev/null || true
	kubectl wait --for 'jsonpath={.status.state}=ready' "rayclusters.ray.io/$1" --timeout "${PATIENCE}s" >/dev/null || true
	eventually ray_ready "$@" && return
	kubectl get rayclusters.ray.io "$1" -o 'jsonpath={.status}{"\n"}'
	kubectl get pods -l "ray.io/cluster=$1" -o wide
	return 1
}

ray_state_is() {
	[ "$(kubectl get rayclusters.ray.io "$1" -o 'jsonpath={.status.state}')" = "$2" ]
}

# in_head NAME COMMAND…
in_head() {
	kubectl exec "$(ray_pods "$1" head)" -c ray-head -- "${@:2}"
}

# ray_knows NAME NODES: so many are alive, says Ray itself; the head is one of them.
ray_knows() {
	[ "$(in_head "$1" wget -T 5 -q -O- http://localhost:8265/api/v0/nodes |
		grep -o '"state": *"ALIVE"' | wc -l)" = "$2" ]
}

# kill_in POD CONTAINER PROGRAM [SIGNAL]: without a word, but for the signal. Where the container ends of
# it, so may what we do in it.
kill_in() {
	kubectl exec "$1" -c "$2" -- bash -c 'for p in /proc/[0-9]*; do
		name=; read -r -d "" name <$p/cmdline || continue
		[ "${name##*/}" != '"$3"' ] || kill -'"${4:-KILL}"' ${p#/proc/}
	done' 2>/dev/null || true
}

# How often the container of a pod was started again.
restarts_of() {
	kubectl get pod "$1" -o 'jsonpath={.status.containerStatuses[0].restartCount}'
}

# restarted POD BEFORE: once more than that.
restarted() {
	[ "$(restarts_of "$1")" -gt "$2" ]
}

# condition_is NAME TYPE FIELD VALUE, of a RayCluster.
condition_is() {
	[ "$(condition "$1" "$2" "$3")" = "$4" ]
}

condition() {
	kubectl get rayclusters.ray.io "$1" -o "jsonpath={.status.conditions[?(@.type==\"$2\")].$3}"
}

# nothing_left NAME: no pod of it, not even one that ends, no Service, no account.
nothing_left() {
	[ -z "$(kubectl get pods,services,serviceaccounts,roles,rolebindings -l "ray.io/cluster=$1" -o name)" ]
}

# What kubectl prints, without what differs each time.
shown() {
	sed -E 's/-[bcdfghjklmnpqrstvwxz2456789]{5} /-xxxxx /; s/ [0-9]+(s|m[0-9]*s?)$/ AGE/; s/ 10\.[0-9.]+ / ADDRESS /g; s/ +/ /g'
}
