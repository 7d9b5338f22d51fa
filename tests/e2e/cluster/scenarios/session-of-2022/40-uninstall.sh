. "$HERE/lib/operator.sh"
kubectl -n ray delete raycluster example-cluster
helm -n ray uninstall example-cluster
timeout 60 kubectl delete namespace ray
kubectl get rayclusters.cluster.ray.io,pods -A | grep -c example-cluster || true
stop operator KILL
