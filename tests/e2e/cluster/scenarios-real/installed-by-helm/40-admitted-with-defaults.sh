kubectl apply -f "$ROOT/manifests/samples/ray.io-defaulted.yaml"
kubectl get rayclusters.ray.io defaulted -o 'custom-columns=NAME:.metadata.name,HEAD:.spec.headGroupSpec.template.spec.containers[*].resources.limits.cpu,WORKERS:.spec.workerGroupSpecs[*].template.spec.containers[*].resources.limits.cpu'
