kubectl apply --dry-run=server -f "$ROOT/manifests/samples/ray.io-defaulted.yaml"
kubectl create --dry-run=server -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
kubectl get rayclusters.ray.io
