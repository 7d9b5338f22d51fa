# New ones are refused; what came before may be applied again, changed where it is not wrong, and deleted.
. "$HERE/lib/live_gate.sh"
exec 2> >(grep -v ^Warning >&2)
gate_policy "$HERE/lib/values.yaml" values.yaml deny.yaml
eventually wrong_object_is 422
kubectl apply -f ../refused-with-every-error/10-wrong.yaml | sed 's/configured/unchanged/'
kubectl patch rayclusters.ray.io wrong --type merge -p '{"spec":{"suspend":true}}'
sed 's/name: wrong/name: new/' ../refused-with-every-error/10-wrong.yaml | { kubectl create -f - 2>&1 || true; } |
	grep -o 'The RayCluster "new" is invalid'
kubectl delete rayclusters.ray.io wrong
