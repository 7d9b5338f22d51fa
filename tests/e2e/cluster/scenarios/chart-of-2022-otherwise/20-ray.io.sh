# The same values as a cluster of ray.io, with Ray's autoscaler beside the head, where there was no CRD.
. "$HERE/lib/operator.sh"
operator_prepare
crds_none
cd "$ROOT/manifests/charts"
helm -n ray install example-cluster --create-namespace ./ray --set api=ray.io \
	--set webhook.url="$(operator_url)" >/dev/null
operator_start
kubectl -n ray wait --for condition=RayClusterProvisioned rayclusters.ray.io/example-cluster --timeout "${PATIENCE}s" >/dev/null
kubectl -n ray get rayclusters.ray.io | shown
helm -n ray uninstall example-cluster
kubectl delete namespace ray --timeout "${PATIENCE}s"
operator_end
