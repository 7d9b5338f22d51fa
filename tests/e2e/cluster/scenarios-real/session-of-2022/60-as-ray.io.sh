# The same as a cluster of ray.io. Ray's autoscaler beside the head has 500m of the node's two CPUs.
. ./lib.sh
. "$HERE/lib/ray_clusters.sh"
values=$PWD/session.yaml
cd "$ROOT/manifests/charts"
helm -n ray install example-cluster --create-namespace ./ray -f "$values" --set api=ray.io \
	--set podTypes.rayHeadType.CPU=700m --set podTypes.rayWorkerType.CPU=350m >/dev/null
began=$(now_ms)
kubectl -n ray wait --for condition=RayClusterProvisioned rayclusters.ray.io/example-cluster --timeout "${PATIENCE}s" >/dev/null
tell "head and workers are ready after $(($(now_ms) - began)) ms"
kubectl -n ray get rayclusters.ray.io | shown
kubectl -n ray get pods | shown
kubectl -n ray get service | shown
program "$(kubectl -n ray get pods -l ray.io/node-type=head -o name)"
helm -n ray uninstall example-cluster
kubectl delete namespace ray --timeout "${PATIENCE}s"
operator_end
