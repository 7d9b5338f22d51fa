# Under Ignore, the default, even what is wrong passes once nobody answers.
gate_stop KILL 1 2
kubectl apply -f ../refused-with-every-error/10-wrong.yaml
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
kubectl label rayclusters.ray.io minimal touched=yes
kubectl delete rayclusters.ray.io minimal wrong
