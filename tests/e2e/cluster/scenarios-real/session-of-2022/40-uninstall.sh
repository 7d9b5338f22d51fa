. "$HERE/lib/legacy.sh"
kubectl -n ray delete raycluster example-cluster
helm -n ray uninstall example-cluster
timeout 100 kubectl delete namespace ray
kubectl -n default delete secret/ray-operator-tls lease/raygate-controller >/dev/null
