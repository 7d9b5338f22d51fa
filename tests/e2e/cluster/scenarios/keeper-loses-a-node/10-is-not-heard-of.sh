# Nobody hears of a node any more. Kubernetes' own node lifecycle controller, with shorter times than its
# defaults, gives it up: by what it says of the pods there ours knows. Those that do not tolerate that it
# evicts, and they are made anew while they end; those that do stay, but are ready no more.
. "$HERE/lib/keeper.sh"
LOST=simulated-1

# nodes_speak KWOK-FLAG…: those that they say, at once, whoever spoke for them before.
nodes_speak() {
	stop kwok
	kubectl -n kube-node-lease delete lease simulated-0 "$LOST" --ignore-not-found
	start kwok kwok --kubeconfig "$KUBECONFIG" --config "$E2E_STATE/bin/kwok-stages.yaml" "$@"
}

# condition KIND NAME TYPE FIELD
condition() {
	kubectl get "$1" "$2" -o "jsonpath={.status.conditions[?(@.type==\"$3\")].$4}"
}

condition_is() {
	[ "$(condition "$1" "$2" "$3" "$4")" = "$5" ]
}

node_is_given_up() {
	condition_is node "$LOST" Ready status Unknown && is_tainted
}

is_tainted() {
	kubectl get node "$LOST" -o 'jsonpath={.spec.taints[*].key}' | grep -F node.kubernetes.io/unreachable
}

node_is_back() {
	condition_is node "$LOST" Ready status True && ! is_tainted
}

# pod_of NAME TYPE
pod_of() {
	kubectl get pods -l "ray.io/cluster=$1,ray.io/node-type=$2" -o 'jsonpath={.items[0].metadata.name}'
}

ready_workers_are() {
	[ "$(kubectl get rayclusters.ray.io "$1" -o 'jsonpath={.status.readyWorkerReplicas}')" = "$2" ]
}

# cluster NAME HEAD WORKER [WORKER]: what the specs of their pods have besides.
cluster() {
	keeper_cluster "$1" 1 | awk -v head="$2" -v worker="$3" -v more="${4:-}" '
		/containers:/ {
			match($0, /^ */)
			indent = substr($0, 1, RLENGTH)
			print indent (n++ ? worker : head)
			if (n > 1 && more)
				print indent more
		}
		{ print }' | kubectl apply -f -
}

is_on_its_way_out() {
	[ -n "$(kubectl get pod "$1" -o 'jsonpath={.metadata.deletionTimestamp}')" ]
}

explained() {
	"$RAYGATE" explain "$1" -n "$NAMESPACE" >"$E2E_STATE/explained" || [ $? = 1 ]
	grep -F "node $LOST, where" "$E2E_STATE/explained" | grep -F 'does not answer'
}

keeper_prepare
keeper_start 1
home='nodeSelector: {kubernetes.io/hostname: simulated-0}'
away="nodeSelector: {kubernetes.io/hostname: $LOST}"
cluster head "$away" "$home"
cluster stays "$home" "$away" 'tolerations: [{operator: Exists}]'
cluster evicted "$home" "$away" \
	'tolerations: [{key: node.kubernetes.io/unreachable, operator: Exists, effect: NoExecute, tolerationSeconds: 1}]'
for name in head stays evicted; do
	eventually keeper_is "$name" ready
done
head=$(pod_of head head) stays=$(pod_of stays worker) evicted=$(pod_of evicted worker)

mapfile -d '' manager <"/proc/$(<"$E2E_STATE/pid/kube-controller-manager")/cmdline"
stop kube-controller-manager
start kube-controller-manager "${manager[@]}" --node-monitor-grace-period 20s --node-monitor-period 1s
from=$(now_ms)
nodes_speak --manage-all-nodes=false --manage-single-node simulated-0 --node-lease-duration-seconds 8
eventually node_is_given_up
tell "the node is given up after $(($(now_ms) - from)) ms"

# The sign that it leaves, of pods that were ready: no reason, and of the containers what was said last.
for pod in "$head" "$stays"; do
	eventually condition_is pod "$pod" Ready status False
	condition_is pod "$pod" Ready reason ''
	condition_is pod "$pod" ContainersReady status True
done
eventually condition_is rayclusters.ray.io head HeadPodReady reason NodeLost
eventually ready_workers_are stays 0
eventually explained stays
eventually is_on_its_way_out "$evicted"
eventually keeper_has evicted 2
[ "$(pod_of stays worker)" = "$stays" ]
keeper_has stays 2
keeper_has head 2

nodes_speak --manage-all-nodes=true
stop kube-controller-manager
start kube-controller-manager "${manager[@]}"
eventually node_is_back
eventually keeper_is evicted ready
eventually ready_workers_are evicted 1
kubectl delete rayclusters.ray.io --all
eventually keeper_gone "$stays"
