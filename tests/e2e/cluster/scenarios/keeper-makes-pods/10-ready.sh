# From a file to Ray's pods, and away again.
. "$HERE/lib/keeper.sh"
keeper_prepare
keeper_start 1
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
name=$(kubectl get rayclusters.ray.io -o 'jsonpath={.items[0].metadata.name}')
within 60 keeper_is "$name" ready
kubectl get rayclusters.ray.io,pods,services,events >&3 2>&1
kubectl get rayclusters.ray.io "$name" -o yaml >&3
kubectl delete rayclusters.ray.io "$name"
within 60 keeper_has "$name" 0
curl -fsS "http://$(gate_ops 1)/metrics" | grep raygate_controller >&3
