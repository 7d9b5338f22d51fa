kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml" -f "$ROOT/manifests/samples/ray.io-head-only.yaml"
kubectl patch rayclusters.ray.io minimal --type merge -p '{"metadata":{"finalizers":["example.com/held"]}}'
