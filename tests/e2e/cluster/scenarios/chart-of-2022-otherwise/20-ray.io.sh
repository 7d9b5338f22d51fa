# The same values as a cluster of ray.io, with Ray's autoscaler beside the head.
. "$HERE/lib/operator.sh"
operator_prepare
crds_ours
cd "$ROOT/manifests/charts"
helm -n ray install example-cluster --create-namespace ./ray --set api=ray.io \
	--set webhook.url="$(operator_url)" >/dev/null
operator_start
within 60 kubectl -n ray wait --for condition=RayClusterProvisioned rayclusters.ray.io/example-cluster --timeout 5s
kubectl -n ray get rayclusters.ray.io | shown
helm -n ray uninstall example-cluster
timeout 60 kubectl delete namespace ray
stop operator KILL
