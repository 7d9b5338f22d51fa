stored_is() {
	local stored
	stored=$(curl -fsS "http://$(gate_ops 1)/metrics" | sed -n 's/^raygate_stored_clusters{group="ray.io",rules="broken"} //p')
	[ "$stored" = "$1" ]
}
kubectl patch rayclusters.ray.io good --type merge -p '{"spec":{"headGroupSpec":{"rayStartParams":{"num-cpus":null}}}}'
eventually stored_is 1
kubectl delete rayclusters.ray.io wrong
eventually stored_is 0
