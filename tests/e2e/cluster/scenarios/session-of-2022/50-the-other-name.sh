# The other name of the post; the release goes first, the operator with it, and nothing hangs. Not
# even an object that still has the finalizer of 2022, once an operator has seen it.
. "$HERE/lib/operator.sh"
operator_prepare
cd "$ROOT/manifests/charts"
helm -n ray install ray-cluster --create-namespace ./ray --set webhook.url="$(operator_url)" >/dev/null
operator_start
eventually legacy_runs ray-cluster 2
eventually legacy_is ray-cluster Running 0
kubectl -n ray get rayclusters,service | shown | tr -s " "
finalizer_is_gone() {
	[ -z "$(kubectl -n ray get rayclusters.cluster.ray.io ray-cluster -o jsonpath='{.metadata.finalizers}')" ]
}
stop operator
kubectl -n ray patch rayclusters.cluster.ray.io ray-cluster --type merge \
	-p '{"metadata":{"finalizers":["kopf.zalando.org/KopfFinalizerMarker"]}}' >/dev/null
operator_start
eventually finalizer_is_gone
legacy_runs ray-cluster 2
helm template --kube-version "$KUBERNETES_VERSION" old ./ray --set clusterOnly=true |
	sed 's|^  name: old|&\n  finalizers: [kopf.zalando.org/KopfFinalizerMarker]|; s/minWorkers: 2/minWorkers: 0/; s/axWorkers: 3/axWorkers: 0/' |
	kubectl -n default apply -f - >/dev/null
kubectl -n default delete rayclusters.cluster.ray.io old --timeout "${PATIENCE}s"
stop operator KILL
helm -n ray uninstall ray-cluster
kubectl delete namespace ray --timeout "${PATIENCE}s"
kubectl -n default get secret ray-operator-tls -o name
operator_end
