. "$HERE/lib/operator.sh"
kubectl -n ray delete raycluster example-cluster
helm -n ray uninstall example-cluster
kubectl delete namespace ray --timeout "${PATIENCE}s"
kubectl get rayclusters.cluster.ray.io,pods -A | grep -c example-cluster || true
operator_end
