. "$HERE/lib/legacy.sh"
kubectl -n ray delete raycluster example-cluster
helm -n ray uninstall example-cluster
kubectl delete namespace ray --timeout "${PATIENCE}s"
kubectl -n default delete secret/ray-operator-tls lease/raygate-controller >/dev/null
