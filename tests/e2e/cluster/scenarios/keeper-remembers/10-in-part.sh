# What was accepted in part stays so when another replica leads, and goes on growing; the metrics tell.
. "$HERE/lib/keeper.sh"
keeper_prepare values.yaml
keeper_start 1 2

accepted() {
	kubectl get rayclusters.ray.io "$1" -o "jsonpath={.status.conditions[?(@.type==\"Accepted\")].$2}"
}
accepted_is() {
	[ "$(accepted "$1" "$2")" = "$3" ]
}
metric_is() {
	[ "$(live_metric "$(live_leader)" "raygate_controller_$1")" = "$2" ]
}
clusters_are() {
	metric_is "clusters{group=\"ray.io\",state=\"ready\",accepted=\"$1\"}" "$2"
}

# A head with its autoscaler has 600m, every other pod 100m: of 1 CPU two workers are left to scales.
keeper_cluster other 1 | kubectl apply -f -
keeper_cluster scales 0 |
	sed 's/^  rayVersion/  enableInTreeAutoscaling: true\n  rayVersion/; s/minReplicas: 1/minReplicas: 0/' |
	kubectl apply -f -
eventually keeper_is other ready
eventually keeper_is scales ready
eventually clusters_are true 2
eventually metric_is 'time_to_ready_seconds_count{group="ray.io"}' 2
eventually metric_is queue_depth 0
metric_is queue_age_milliseconds 0
kubectl patch rayclusters.ray.io scales --type json \
	-p '[{"op":"replace","path":"/spec/workerGroupSpecs/0/replicas","value":30}]'
eventually accepted_is scales reason QuotaExceeded
eventually keeper_runs scales 3
eventually clusters_are false 1
accepted scales message | grep -o 'is kept: headgroup=1, workers=2; charged: requests.cpu=800m; made of: [0-9a-f]*$'

leader=$(live_leader)
told=$(accepted scales lastTransitionTime)
gate_stop KILL "$leader"
eventually keeper_works
eventually clusters_are false 1
keeper_runs scales 3
keeper_runs other 2
[ "$(accepted scales lastTransitionTime)" = "$told" ]

# Room that comes is used, and no more.
kubectl delete rayclusters.ray.io other
eventually keeper_runs scales 5
eventually accepted_is scales reason QuotaExceeded
accepted scales message | grep -o 'is kept: headgroup=1, workers=4; charged: requests.cpu=1; made of: [0-9a-f]*$'
kubectl patch rayclusters.ray.io scales --type json \
	-p '[{"op":"replace","path":"/spec/workerGroupSpecs/0/replicas","value":4}]'
eventually accepted_is scales status True
eventually clusters_are true 1
kubectl delete rayclusters.ray.io --all
