# What a running cluster is asked for by and by: more workers, fewer, named ones, none.
. "$HERE/lib/keeper.sh"
keeper_prepare
keeper_start 1

# by_index OP PATH VALUE: as Ray's autoscaler patches.
by_index() {
	kubectl patch rayclusters.ray.io minimal --type json \
		-p "[{\"op\":\"$1\",\"path\":\"/spec/workerGroupSpecs/0/$2\",\"value\":$3}]"
}
workers_ready() {
	[ "$(kubectl get rayclusters.ray.io minimal -o 'jsonpath={.status.readyWorkerReplicas}')" = "$1" ]
}

kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
eventually keeper_is minimal ready
by_index replace replicas 3
eventually workers_ready 3
keeper_is minimal ready
by_index replace replicas 1
eventually keeper_has minimal 2
eventually workers_ready 1

# Ray's autoscaler names the pod, and lowers what is asked for in the same patch.
by_index replace replicas 2
eventually workers_ready 2
victim=$(kubectl get pods -l ray.io/group=workers -o 'jsonpath={.items[0].metadata.name}')
kubectl patch rayclusters.ray.io minimal --type json -p "[
	{\"op\":\"replace\",\"path\":\"/spec/workerGroupSpecs/0/replicas\",\"value\":1},
	{\"op\":\"add\",\"path\":\"/spec/workerGroupSpecs/0/scaleStrategy\",\"value\":{\"workersToDelete\":[\"$victim\"]}}]"
eventually workers_ready 1
[ "$(kubectl get pods --field-selector "metadata.name=$victim" -o name | wc -l)" = 0 ]

# A worker and the head that somebody deletes come again.
kubectl delete pods -l ray.io/cluster=minimal --wait=false
eventually keeper_is minimal ready
eventually workers_ready 1
keeper_has minimal 2

# Looked at again, nothing is written.
rounds() {
	curl -fsS "http://$(gate_ops 1)/metrics" |
		awk '/^raygate_controller_reconcile_duration_seconds_count/ { sum += $2 } END { print sum }'
}
looked_again() {
	[ "$(rounds)" -gt "$before" ]
}
writes=$(keeper_writes) before=$(rounds)
kubectl annotate rayclusters.ray.io minimal example.com/looked-at=yes
eventually looked_again
[ "$(keeper_writes)" = "$writes" ]
