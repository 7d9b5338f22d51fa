# An operator with rights in its own namespace alone, and no webhooks: what is too much is told by
# the status. The CRD that KubeRay has brought is left as it is.
. "$HERE/lib/operator.sh"
crd_of_kuberay() {
	kubectl get crd rayclusters.ray.io -o 'jsonpath={.metadata.uid} {.metadata.resourceVersion} {.spec}'
}
operator_prepare
crd_of_kuberay >"$E2E_STATE/crd-before"
cd "$ROOT/manifests/charts"
helm -n ray install example-cluster --create-namespace ./ray --set namespacedOperator=true >/dev/null
operator_start ray
eventually legacy_runs example-cluster 2
eventually legacy_is example-cluster Running 0
helm -n ray install second ./ray --set clusterOnly=true >/dev/null
eventually legacy_is second Error 0
kubectl -n ray get rayclusters | shown
kubectl -n ray get rayclusters second -o 'jsonpath={range .status.conditions[*]}{.type} {.status} {.reason}{"\n"}{end}'
crd_of_kuberay | cmp - "$E2E_STATE/crd-before"
operator_end
kubectl delete namespace ray --timeout "${PATIENCE}s"
