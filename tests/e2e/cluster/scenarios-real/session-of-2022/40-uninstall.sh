. ./lib.sh
kubectl -n ray delete raycluster example-cluster
helm -n ray uninstall example-cluster
kubectl delete namespace ray --timeout "${PATIENCE}s"
operator_end
