stored_is() {
	local stored
	stored=$(curl -fsS "http://$(gate_ops 1)/metrics" | sed -n 's/^raygate_stored_clusters{group="ray.io",rules="broken"} //p')
	[ "$stored" = "$1" ]
}
kubectl apply -f good.yaml
eventually stored_is 1
kubectl delete rayclusters.ray.io wrong
eventually stored_is 0
