# A head that is gone is replaced, and its workers with it.
. "$HERE/lib/operator.sh"
lost=$(head_of example-cluster)
kubectl -n ray delete pod "$lost" >/dev/null
new_head() {
	local now
	now=$(head_of example-cluster)
	[ -n "$now" ] && [ "$now" != "$lost" ]
}
eventually new_head
eventually legacy_is example-cluster Running 1
eventually legacy_runs example-cluster 2
ip=$(kubectl -n ray get pod "$(head_of example-cluster)" -o 'jsonpath={.status.podIP}')
kubectl -n ray get pods -l ray-node-type=worker -o 'jsonpath={range .items[*]}{.metadata.deletionTimestamp} {.spec.containers[0].env[?(@.name=="RAY_HEAD_IP")].value}{"\n"}{end}' |
	sed "s/^ $ip\$/the new head/"
kubectl -n ray get rayclusters | shown
