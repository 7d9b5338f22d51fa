# From a file to Ray's pods, with a Service, and away again; the writes are counted.
. "$HERE/lib/keeper.sh"
keeper_prepare
keeper_start 1
kubectl apply -f "$ROOT/manifests/samples/ray.io-minimal.yaml"
eventually keeper_is minimal ready
keeper_has minimal 2
[ "$(kubectl get service minimal-head-svc -o 'jsonpath={.spec.ports[*].port}')" = '10001 8265 6379 8080 8000' ]
writes=$(keeper_writes)
tell "writes for a head and a worker: $writes"
[ "$writes" -le 7 ]
kubectl delete rayclusters.ray.io minimal --wait=false
eventually keeper_has minimal 0
